"""A message reads like the mapping clients pass, and nothing gets past `parse_messages` that no encoder could write."""

import copy
import pickle
from collections import UserDict
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chat.messages import Message, Role, parse_messages
from harness.errors import MessageError, UsageError

HELLO = {"role": "user", "content": "Hello"}

texts = st.text()
pairs = st.builds(Message, texts, texts)


@given(pairs)
def test_a_message_reads_like_its_mapping(message: Message) -> None:
    plain = {"role": message.role, "content": message.content}
    assert dict(message) == {**message} == plain
    assert [*message] == [*message.keys()] == [*plain]
    assert [*message.values()] == [*plain.values()]
    assert [*message.items()] == [*plain.items()]
    assert len(message) == 2
    assert message == plain
    assert plain == message


@given(pairs, pairs)
def test_equal_messages_are_one_in_a_set(one: Message, other: Message) -> None:
    assert (one == other) == (dict(one) == dict(other)) == (len({one, other}) == 1)


def test_different_messages_have_different_hashes() -> None:
    messages = [Message(role, content) for role in ("user", "assistant") for content in ("a", "b", "user")]
    assert len({hash(message) for message in messages}) == len(messages)


def test_a_message_is_a_mapping_of_two_keys() -> None:
    message = Message("user", "Hello")
    assert isinstance(message, Mapping)
    assert "role" in message
    assert "name" not in message
    assert message.get("content") == "Hello"
    assert message.get("name", "nobody") == "nobody"
    assert message.get("name") is None
    with pytest.raises(KeyError, match="name"):
        message["name"]


@pytest.mark.parametrize("other", [None, 5, ("user", "Hello"), {"role": "user"}, HELLO | {"name": "x"}])
def test_a_message_equals_nothing_else(other: object) -> None:
    assert Message("user", "Hello") != other


def test_a_message_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Message("user", "Hello").role = "bot"  # type: ignore[misc]


def test_a_message_survives_copies_and_json() -> None:
    message = Message("user", "Hello")
    assert copy.deepcopy(message) == pickle.loads(pickle.dumps(message)) == message
    assert msgspec.json.decode(msgspec.json.encode(message)) == HELLO


@given(st.lists(pairs, max_size=5))
def test_parsing_is_the_identity_on_messages_and_on_their_mappings(messages: list[Message]) -> None:
    assert parse_messages(messages) == tuple(messages)
    assert parse_messages([dict(message) for message in messages]) == tuple(messages)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("", ""),
        ("\x00\ud800 ", "\x00\ud800 "),
        ([], ""),
        ([{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo", "more": 1}], "Hello"),
        (({"type": "text", "text": "Hello"},), "Hello"),
    ],
    ids=["empty", "odd characters", "no parts", "two parts", "a tuple of parts"],
)
def test_content_is_a_string_or_text_parts(given: object, text: str) -> None:
    assert parse_messages([{"role": "user", "content": given}]) == (Message("user", text),)


def test_any_mapping_any_sequence_and_any_further_keys_are_taken() -> None:
    odd = UserDict(HELLO | {"name": "Ann", "tool_calls": None})
    assert parse_messages((odd,)) == (Message("user", "Hello"),)
    assert parse_messages([{"role": Role.USER, "content": "Hello"}]) == (Message("user", "Hello"),)
    assert parse_messages([]) == ()


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ("Hello", "type str"),
        (None, "is None"),
        (("user", "Hello"), "type tuple"),
        ({"content": "Hello"}, 'no "role"'),
        ({"role": "user"}, 'no "content"'),
        ({"role": None, "content": "Hello"}, 'None as its "role"'),
        ({"role": 5, "content": "Hello"}, 'type int as its "role"'),
        ({"role": "user", "content": None}, 'None as its "content"'),
        ({"role": "user", "content": b"Hello"}, 'type bytes as its "content"'),
        ({"role": "user", "content": {"type": "text", "text": "Hello"}}, 'type dict as its "content"'),
        ({"role": "user", "content": ["Hello"]}, "content part 0"),
        (
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}]},
            "content part 1",
        ),
        ({"role": "user", "content": [{"type": "text", "text": None}]}, "content part 0"),
        (Message(None, "Hello"), 'None as its "role"'),  # type: ignore[arg-type]
    ],
)
def test_what_no_encoder_could_write_is_refused_with_its_index(bad: object, said: str) -> None:
    with pytest.raises(MessageError) as caught:
        parse_messages([HELLO, bad])  # type: ignore[list-item]
    assert caught.value.index == 1
    assert "message 1" in str(caught.value)
    assert "messages[1]" in str(caught.value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("bad", "said", "expected"),
    [
        (None, "is None, not a mapping", 'a mapping with "role" and "content"'),
        ({"role": "user"}, 'has no "content"', 'a mapping with "role" and "content"'),
        ({"role": 5, "content": ""}, 'has a value of type int as its "role"', 'a string, such as "user"'),
        (
            {"role": "user", "content": 5},
            'has a value of type int as its "content"',
            "a string, or a list of text parts",
        ),
        (
            {"role": "user", "content": [5]},
            "has a content part 0 that is no text part",
            '{"type": "text", "text": ...}: only text can be put on this wire',
        ),
    ],
)
def test_the_refusal_of_a_message_in_full(bad: object, said: str, expected: str) -> None:
    with pytest.raises(MessageError) as caught:
        parse_messages([bad])  # type: ignore[list-item]
    assert str(caught.value) == f"message 0 {said}\n  where: messages[0]\n  expected: {expected}"


def test_the_refusal_of_what_is_no_list_in_full() -> None:
    with pytest.raises(UsageError) as caught:
        parse_messages("Hello")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "messages is a value of type str, not a list of messages\n"
        '  expected: a list such as [{"role": "user", "content": "Hello"}]'
    )


@pytest.mark.parametrize(
    "bad", ["Hello", b"Hello", HELLO, Message("user", "Hello"), None, 5, {"a"}, iter([HELLO])]
)
def test_what_is_no_list_is_refused(bad: object) -> None:
    with pytest.raises(UsageError, match="not a list of messages"):
        parse_messages(bad)  # type: ignore[arg-type]


def test_a_refusal_never_shows_the_text() -> None:
    with pytest.raises(MessageError) as caught:
        parse_messages([{"role": "user", "content": {"secret": "hunter2"}}])
    assert "hunter2" not in str(caught.value)
