"""The laws of encoders: an encoder with one bug breaks the law of that bug."""

from __future__ import annotations

import json

import pytest

from harness.fuzz.encoding import ENCODER_LAWS, History, entries
from harness.fuzz.laws import law_named
from harness.fuzz.targets import Kind
from harness.upstreams.vitalentum import encode_conversation
from tests.fuzz.sides import an_encoder
from tests.laws.planted import encoders

TALK = History((("system", "s"), ("user", " a "), ("user", ""), ("assistant", "b")))


def checked(name: str, call, history: History = TALK):
    return law_named(Kind.ENCODER, name).check(an_encoder(call), history)


@pytest.mark.parametrize("law", ENCODER_LAWS, ids=lambda law: law.name)
def test_a_right_encoder_keeps_it(law):
    assert law.check(an_encoder(encode_conversation), TALK) is None


def written(*said: tuple[str, str]):
    text = json.dumps({"history": [{"speaker": speaker, "text": text} for speaker, text in said]})
    return lambda messages: text


WIRE = TALK.on_the_wire()


@pytest.mark.parametrize(
    ("law", "call"),
    [
        ("conversation", lambda messages: "no json"),
        ("conversation", lambda messages: "[]"),
        ("encodes", lambda messages: None),
        ("encodes", lambda messages: 1 / 0),
        ("count", written(*WIRE[1:])),
        ("order", written(*WIRE[::-1])),
        ("roles", written(("system", "s"), *WIRE[1:])),
        ("roles", written(("human", "s"), *WIRE[1:])),
        ("text", encoders.text_trimmed),
        ("text", lambda messages: '{"history": [}'),
        ("untouched", encoders.messages_eaten),
        ("injective", written(*WIRE)),
        ("decodes-back", encoders.text_trimmed),
        ("decodes-back", written(("system", "s"), *WIRE[1:])),
    ],
)
def test_a_wrong_encoder_breaks_it(law, call):
    breach = checked(law, call)
    assert breach is not None
    assert breach.expected != breach.got


@pytest.mark.parametrize("law", [law.name for law in ENCODER_LAWS if law.name != "encodes"])
def test_an_encoder_that_fails_is_one_law_s_matter(law):
    assert checked(law, lambda messages: 1 / 0) is None


def test_the_halves_of_a_pair_beside_each_other_are_one_character_on_the_wire():
    history = History((("user", "\ud83d\ude42"),))
    assert history.on_the_wire() == [("human", "🙂")]
    assert checked("decodes-back", encode_conversation, history) is None


def test_messages_are_new_each_time():
    def spoils(messages):
        text = encode_conversation(messages)
        messages.clear()
        return text

    assert checked("injective", spoils) is None


def test_what_cannot_be_read_has_no_entries():
    assert [entries(text) for text in ("", "[]", '{"history": [1]}', '{"history": 5}')] == [None] * 4
    assert entries('{"history": [{"speaker": "x", "text": "y"}]}') == [("x", "y")]


def test_a_pair_that_an_encoder_leaves_in_halves_is_the_same_on_the_wire():
    def as_it_is(messages):
        return encode_conversation(messages).replace("\\ud83d\\ude42", "\ud83d\ude42")

    history = History((("user", "\ud83d\ude42"),))
    assert entries(as_it_is(history.as_passed())) == [("human", "🙂")]
    assert (checked("text", as_it_is, history), checked("decodes-back", as_it_is, history)) == (None, None)


def test_a_class_of_its_own_for_text_is_text():
    class Text(str):
        __slots__ = ()

    assert checked("conversation", lambda messages: Text(encode_conversation(messages))) is None
