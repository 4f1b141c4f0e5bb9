"""The conversation string is the published client's, byte for byte, and only what it could give back is read."""

import json
import time

import pytest

from harness.chat.messages import Message
from harness.disk.schemas import load_schema
from harness.errors import ConversationError, MessageError
from harness.upstreams.vitalentum import decode_conversation, encode_conversation


@pytest.mark.parametrize(
    ("messages", "text"),
    [
        ([], '{"history": []}'),
        (
            [{"role": "user", "content": "Hello"}],
            '{"history": [{"speaker": "human", "text": "Hello"}]}',
        ),
        (
            [{"content": "Be kind.", "role": "system"}, {"role": "user", "content": ""}],
            '{"history": [{"speaker": "bot", "text": "Be kind."}, {"speaker": "human", "text": ""}]}',
        ),
        (
            [{"role": "user", "content": 'é🙂"\\\n\x00\u2028\ud800'}],
            r'{"history": [{"speaker": "human", "text": "\u00e9\ud83d\ude42\"\\\n\u0000\u2028\ud800"}]}',
        ),
    ],
    ids=["nothing", "one", "two", "odd characters"],
)
def test_the_string_is_the_published_clients(messages: list[dict[str, object]], text: str) -> None:
    assert encode_conversation(messages) == text


def published_client(messages: list[dict[str, str]]) -> str:
    """The expression of the published client, as it stands in its source."""
    return json.dumps(
        {
            "history": [
                {"speaker": "human" if message["role"] == "user" else "bot", "text": message["content"]}
                for message in messages
            ]
        }
    )


@pytest.mark.parametrize("role", ["user", "assistant", "system", "tool", "USER", "user ", "", "human", "bot"])
def test_only_the_role_user_speaks_as_human(role: str) -> None:
    messages = [{"role": role, "content": "Hello"}]
    assert encode_conversation(messages) == published_client(messages)
    assert ("human" in encode_conversation(messages)) == (role == "user")


def test_a_message_that_cannot_be_written_is_named() -> None:
    with pytest.raises(MessageError, match="message 1 has None"):
        encode_conversation([{"role": "user", "content": "x"}, {"role": "assistant", "content": None}])


@pytest.mark.parametrize(
    "text",
    [
        '{"history":[{"speaker":"human","text":"Hello"},{"speaker":"bot","text":"Hi"}]}',
        '{"history": [{"text": "Hello", "speaker": "human"}, {"speaker": "bot", "text": "Hi"}]}',
        '\n{ "history" : [ {"speaker":"\\u0068uman","text":"Hello"}\n,{"speaker":"bot","text":"Hi"} ] }\n',
    ],
    ids=["compact", "another order", "odd spacing"],
)
def test_any_spacing_order_and_escape_is_read(text: str) -> None:
    assert decode_conversation(text) == [Message("user", "Hello"), Message("assistant", "Hi")]


BAD = [
    ("", "$", "no JSON"),
    ("Hello", "$", "no JSON"),
    ('{"history": [{"speaker": "human", "text": "a "quoted" word"}]}', "$", "no JSON"),
    ("[]", "$", "an object is missing"),
    ("null", "$", "an object is missing"),
    ("{}", "$.history", "history is missing"),
    ('{"history": null}', "$.history", "no array"),
    ('{"history": {}}', "$.history", "no array"),
    ('{"history": [], "model": "x"}', "$", "'model' is unknown"),
    ('{"history": [], "history": []}', "$", "repeats the key 'history'"),
    ('{"history": ["Hello"]}', "$.history[0]", "an object is missing"),
    ('{"history": [{"text": "Hello"}]}', "$.history[0].speaker", "speaker is missing"),
    ('{"history": [{"speaker": "human"}]}', "$.history[0].text", "text is missing"),
    ('{"history": [{"speaker": "user", "text": "Hello"}]}', "$.history[0].speaker", "speaker is unknown"),
    ('{"history": [{"speaker": null, "text": "Hello"}]}', "$.history[0].speaker", "speaker is unknown"),
    ('{"history": [{"speaker": "human", "text": null}]}', "$.history[0].text", "no string"),
    ('{"history": [{"speaker": "human", "text": ["Hello"]}]}', "$.history[0].text", "no string"),
    (
        '{"history": [{"speaker": "bot", "text": ""}, {"speaker": "bot", "text": 5}]}',
        "$.history[1].text",
        "no string",
    ),
    ('{"history": [{"speaker": "human", "text": "Hello", "id": 1}]}', "$.history[0]", "'id' is unknown"),
    ('{"history": ' + "[" * 100_000, "$", "nested too deeply"),
]


@pytest.mark.parametrize(("text", "where", "said"), BAD)
def test_what_is_no_conversation_is_refused_with_its_path(text: str, where: str, said: str) -> None:
    with pytest.raises(ConversationError, match=said) as caught:
        decode_conversation(text)
    assert caught.value.where == where
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (None, ["the conversation is no string", "$", "the JSON text as a string", "NoneType"]),
        (5, ["the conversation is no string", "$", "the JSON text as a string", "int"]),
        ("Hello", ["the conversation is no JSON: ", "$", "a JSON document", "Hello"]),
        (
            '{"history": [], "history": []}',
            ["the conversation repeats the key 'history'", "$", "each key once", None],
        ),
        ("null", ["an object is missing", "$", "an object with history", "null"]),
        (
            '{"history": true}',
            ["the history is no array", "$.history", "an array of entries", "true or false"],
        ),
        (
            '{"history": [[]]}',
            ["an object is missing", "$.history[0]", "an object with speaker and text", "an array"],
        ),
        (
            '{"history": [{"speaker": "bot"}]}',
            ["text is missing", "$.history[0].text", "an object with speaker and text", None],
        ),
        (
            '{"history": [{"speaker": "bot", "text": "", "id": 1}]}',
            ["the key 'id' is unknown", "$.history[0]", "only speaker and text", None],
        ),
        (
            '{"history": [{"speaker": "me", "text": ""}]}',
            ["the speaker is unknown", "$.history[0].speaker", '"human" or "bot"', "me"],
        ),
        (
            '{"history": [{"speaker": 5, "text": ""}]}',
            ["the speaker is unknown", "$.history[0].speaker", '"human" or "bot"', "a number"],
        ),
        (
            '{"history": [{"speaker": "bot", "text": {}}]}',
            ["the text is no string", "$.history[0].text", "a string", "an object"],
        ),
        ('{"history": "bot"}', ["the history is no array", "$.history", "an array of entries", "a string"]),
    ],
)
def test_a_refusal_says_what_where_what_was_expected_and_what_was_found(text: str, told: list[str]) -> None:
    with pytest.raises(ConversationError) as caught:
        decode_conversation(text)
    refused = caught.value
    what, *rest = told
    assert str(refused).startswith(what)
    assert [refused.where, refused.expected, refused.found] == rest


@pytest.mark.parametrize("text", [None, 5, b'{"history": []}', {"history": []}])
def test_only_a_string_is_read(text: object) -> None:
    with pytest.raises(ConversationError, match="no string"):
        decode_conversation(text)  # type: ignore[arg-type]


def test_the_names_in_a_refusal_are_those_of_the_schema() -> None:
    schema = load_schema("vitalentum", "conversation")
    assert schema["required"] == ["history"]


def test_long_texts_and_long_histories_take_time_in_proportion() -> None:
    def seconds(count: int, size: int) -> float:
        messages = [{"role": "user", "content": "é" * size}] * count
        start = time.process_time()
        assert len(decode_conversation(encode_conversation(messages))) == count
        return time.process_time() - start

    assert seconds(1, 1_000_000) < 5
    small, large = min(seconds(2_500, 10) for _ in range(3)), min(seconds(10_000, 10) for _ in range(3))
    assert large < 12 * small + 0.05
