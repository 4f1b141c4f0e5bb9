"""A question is taken in or refused, with the very words that were seen on the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.upstreams.vitalentum.standin.intake import CRASH, Question, Refusal, take_in

HISTORY = '{"history":[{"speaker":"human","text":"hi"}]}'

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("text"), inner, max_size=3)
    ),
    max_leaves=6,
)

REFUSED = {
    "no history": ({"conversation": "{}", "temperature": 0.7}, "Invalid conversation"),
    "a conversation of null": ({"conversation": "null", "temperature": 0.7}, "Invalid conversation"),
    "a conversation that is a number": ({"conversation": 5, "temperature": 0.7}, "Invalid conversation"),
    "an empty text for a history": (
        {"conversation": '{"history":""}', "temperature": 0.7},
        "Invalid conversation",
    ),
    "no temperature": ({"conversation": HISTORY}, "Invalid temperature"),
    "a temperature in words": ({"conversation": HISTORY, "temperature": "hot"}, "Invalid temperature"),
    "a temperature above 1": ({"conversation": HISTORY, "temperature": 1.1}, "Invalid temperature"),
    "a temperature below 0": ({"conversation": HISTORY, "temperature": -0.1}, "Invalid temperature"),
    "no conversation": ({"temperature": 0.7}, '"undefined" is not valid JSON'),
    "a body that is a list": ([], '"undefined" is not valid JSON'),
    "a body of null": (None, "Cannot read properties of null (reading 'conversation')"),
    "a conversation that is an object": (
        {"conversation": {"history": []}, "temperature": 0.7},
        '"[object Object]" is not valid JSON',
    ),
    "a prompt pasted in with its quotes": (
        {"conversation": '{"history":[{"speaker":"human","text":"say "hi" now"}]}', "temperature": 0.7},
        "Expected ',' or '}' after property value in JSON at position 44",
    ),
}

ACCEPTED = {
    "a number for a temperature": {"conversation": HISTORY, "temperature": 0.7},
    "a text for a temperature": {"conversation": HISTORY, "temperature": "0.7"},
    "the lowest temperature": {"conversation": HISTORY, "temperature": 0},
    "the highest temperature": {"conversation": HISTORY, "temperature": 1},
    "keys that nobody asked for": {"conversation": HISTORY, "temperature": 1, "stream": True},
}


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
def test_a_bad_parameter_is_refused_with_400(body: object, message: str) -> None:
    refusal = take_in(json.dumps(body).encode())

    assert isinstance(refusal, Refusal)
    assert (refusal.status, refusal.content_type) == (400, "application/json")
    assert json.loads(refusal.body) == {"message": message}


@pytest.mark.parametrize("history", ["5", '"ab"', "[null]", "true", "{}"])
def test_a_history_that_cannot_be_walked_gives_an_empty_object(history: str) -> None:
    body = json.dumps({"conversation": f'{{"history":{history}}}', "temperature": 0.7})

    assert take_in(body.encode()) == Refusal(400, "application/json", b"{}")


@pytest.mark.parametrize("body", [b"", b"x", b"{", b"\xff", b'{"temperature": NaN}'])
def test_a_body_that_is_not_json_crashes_the_function(body: bytes) -> None:
    assert take_in(body) == CRASH


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_a_good_request_is_a_question(body: object) -> None:
    assert take_in(json.dumps(body).encode()) == Question((("human", "hi"),))


def test_the_spacing_of_the_inner_json_makes_no_difference() -> None:
    spaced = {"conversation": HISTORY.replace(":", ": "), "temperature": 0.7}

    assert take_in(json.dumps(spaced).encode()) == Question((("human", "hi"),))


def test_the_prompt_is_what_the_human_said_last() -> None:
    assert Question((("human", "one"), ("bot", "two"), ("human", "three"), ("bot", "four"))).prompt == "three"
    assert Question(()).prompt == ""


@given(st.binary(max_size=60) | st.text(alphabet='{}[]",:\\ historyconversation0').map(str.encode))
def test_any_body_is_taken_or_refused(body: bytes) -> None:
    assert isinstance(take_in(body), Question | Refusal)


@given(json_values, json_values, json_values)
def test_any_fields_are_taken_or_refused(history: object, temperature: object, conversation: object) -> None:
    for inner in (conversation, json.dumps(conversation), json.dumps({"history": history})):
        body = json.dumps({"conversation": inner, "temperature": temperature})

        assert isinstance(take_in(body.encode()), Question | Refusal)


@pytest.mark.parametrize(
    "body",
    [
        '{"conversation": ' + "[" * 400 + "]" * 400 + ', "temperature": 1}',
        '{"conversation": ' + "[" * 900 + "]" * 900 + ', "temperature": 1}',
        '{"conversation": ' + "9" * 10_000 + ', "temperature": 1}',
        '{"conversation": "{}", "temperature": ' + "9" * 10_000 + "}",
    ],
    ids=["deep", "deeper", "a long number", "a long temperature"],
)
def test_what_python_would_rather_not_read_is_refused_too(body: str) -> None:
    assert isinstance(take_in(body.encode()), Refusal)


def test_half_a_character_in_a_message_is_escaped_as_javascript_escapes_it() -> None:
    refusal = take_in(rb'{"conversation": "\ud800", "temperature": 0.7}')

    assert isinstance(refusal, Refusal)
    assert rb"'\ud800'" in refusal.body
