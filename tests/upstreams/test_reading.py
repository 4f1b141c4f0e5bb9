"""Reading forgives what a good client forgives, and refuses only what cannot be a chunk."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.errors import ChunkError
from harness.sse import Event
from harness.upstreams.reading import error_reply, is_terminal, machine_for, read
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import ChunkMap, ToolMap

VITALENTUM = get_upstream("vitalentum")
STAMP = Stamp("chatcmpl-1", 1693526400, "gpt-3.5-turbo-0613")
HEAD = {
    "id": "chatcmpl-1",
    "object": "chat.completion.chunk",
    "created": 1693526400,
    "model": "gpt-3.5-turbo-0613",
}


def chunk(*choices: object, **more: object) -> Event:
    return Event(json.dumps(HEAD | {"choices": list(choices)} | more))


def choice(delta: object = None, finish: object = None, index: int = 0) -> dict[str, object]:
    return {"index": index, "delta": {} if delta is None else delta, "finish_reason": finish}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (chunk(choice({"role": "assistant", "content": ""})), [Started("assistant")]),
        (chunk(choice({"role": "assistant", "content": "Hel"})), [Started("assistant"), Delta("Hel")]),
        (chunk(choice({"content": "lo"}, "stop")), [Delta("lo"), Finished("stop")]),
        (chunk(choice({"content": "lo"}, index=2)), [Delta("lo", 2)]),
        (chunk(choice({"content": "a"}), choice({"content": "b"}, index=1)), [Delta("a"), Delta("b", 1)]),
        (chunk(choice({}, "length")), [Finished("length")]),
        (chunk(choice({"content": None})), []),
        (chunk(choice({}, "")), []),
        (chunk({"delta": {"content": "no index"}}), [Delta("no index")]),
        (chunk({"index": 0, "finish_reason": "stop"}), [Finished("stop")]),
        (chunk({"index": 0, "delta": None}), []),
        (chunk(usage={"prompt_tokens": 9, "total_tokens": "many"}), [Usage(9, None, None)]),
        (chunk(choice({"content": "x"}), usage=None), [Delta("x")]),
    ],
)
def test_a_chunk_says_role_text_finish_and_usage_in_this_order(event: Event, said: list[object]) -> None:
    assert read(VITALENTUM, event) == (STAMP, *said)


def test_a_stamp_of_a_wrong_type_is_no_stamp() -> None:
    event = Event('{"id": 5, "created": true, "model": null, "choices": []}')
    assert read(VITALENTUM, event) == (Stamp(),)


def test_a_big_number_stays_exact() -> None:
    said = read(VITALENTUM, chunk(created=2**70))
    assert said == (Stamp("chatcmpl-1", 2**70, "gpt-3.5-turbo-0613"),)


@pytest.mark.parametrize("data", ["[DONE]", " [DONE]", "[DONE] ", "[DONE]\n"])
def test_the_terminal_event_is_done_also_with_spaces_around_it(data: str) -> None:
    assert is_terminal(VITALENTUM, Event(data))
    assert read(VITALENTUM, Event(data)) == (Done(),)


@pytest.mark.parametrize("data", ["[done]", "DONE", "[DONE][DONE]", "", '"[DONE]"'])
def test_nothing_else_is_terminal(data: str) -> None:
    assert not is_terminal(VITALENTUM, Event(data))


@pytest.mark.parametrize(
    ("data", "failed"),
    [
        ({"error": {"message": "no", "type": "requests", "code": 429}}, Failed("no", "requests", 429)),
        ({"error": {"message": None, "code": []}}, Failed("an error object without a message")),
        ({"error": "no"}, Failed("no")),
        (HEAD | {"choices": [], "error": {"message": "no"}}, Failed("no")),
    ],
)
def test_an_error_object_stands_for_the_whole_chunk(data: dict[str, object], failed: Failed) -> None:
    assert read(VITALENTUM, Event(json.dumps(data))) == (failed,)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("", "no JSON"),
        ("Hello", "no JSON"),
        ('{"choices": [', "no JSON"),
        ("[]", "no object"),
        ("null", "no object"),
        ("{}", "choices is missing"),
        ('{"choices": {}}', "choices is missing or no array"),
        ('{"choices": [5]}', "something else than objects"),
        ('{"choices": [{"delta": {"content": 5}}]}', "delta.content is no string"),
        ('{"choices": [{"delta": {"role": []}}]}', "delta.role is no string"),
        ('{"choices": [{"finish_reason": true}]}', "finish_reason is no string"),
    ],
)
def test_what_cannot_be_a_chunk_is_refused_with_its_number(data: str, said: str) -> None:
    with pytest.raises(ChunkError, match=said) as caught:
        read(VITALENTUM, Event(data), number=7)
    assert caught.value.event == 7
    assert "event 7" in str(caught.value)


def test_a_refusal_shows_little_and_no_key() -> None:
    data = json.dumps({"key": "sk-4fG7hJ9kLmN2pQ5rS8tV1wX3yZ6aB0cD", "text": "word " * 1000})
    with pytest.raises(ChunkError) as caught:
        read(VITALENTUM, Event(data))
    assert "4fG7" not in str(caught.value)
    assert len(str(caught.value)) < 400


json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["choices", "delta", "content", "role", "finish_reason", "index", "usage", "id", "error"]
            ),
            inner,
        )
    ),
)


@given(json_values | st.text())
def test_any_data_gives_events_or_the_one_error(value: object) -> None:
    data = value if isinstance(value, str) else json.dumps(value)
    with suppress(ChunkError):
        assert isinstance(read(VITALENTUM, Event(data)), tuple)


@pytest.mark.parametrize("depth", [10, 300, 900, 990, 1000, 100_000])
@pytest.mark.parametrize("key", ["choices", "error", "usage", "id"])
def test_deep_nesting_is_read_or_refused_and_never_a_crash(key: str, depth: int) -> None:
    data = f'{{"choices": [], "{key}": {"[" * depth}{"]" * depth}}}'
    with suppress(ChunkError):
        assert isinstance(read(VITALENTUM, Event(data)), tuple)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error":{"message":"no","type":null}}', "no"),
        (b'\n{\n "error": {"message": "no"}\n}\n', "no"),
        (b'{"error":"no"}', "no"),
        (b'{"message":"Invalid conversation"}', "Invalid conversation"),
        (b'{"cause":{"code":"ECONNREFUSED"}}', "ECONNREFUSED"),
        (b'{"error":{"code":500}}', "an error object without a message"),
        (b'data: {"error":{"message":"no"}}\n\n', None),
        (b'{"choices":[]}', None),
        (b"{", None),
        (b"", None),
        (b"<html>", None),
        (b'["error"]', None),
        (b"\xff{", None),
        (b"{" * 100_000, None),
    ],
)
def test_a_body_that_is_one_error_object_is_told_from_a_stream(body: bytes, words: str | None) -> None:
    assert error_reply(VITALENTUM, body) == words


@pytest.mark.parametrize("reply", VITALENTUM.error_replies, ids=lambda reply: reply.name)
def test_every_error_reply_of_the_service_is_known_as_one(reply: Any) -> None:
    assert error_reply(VITALENTUM, reply.body.encode())


def test_another_upstream_needs_only_another_map() -> None:
    """Named events, no choices array, tool calls, an end told by the event's type: all data."""
    named = replace(
        VITALENTUM,
        terminal=None,
        terminal_event="message_stop",
        strange_events="skip",
        events=(
            ChunkMap(
                name="message_start",
                role=("message", "role"),
                id=("message", "id"),
                usage=("message", "usage"),
            ),
            ChunkMap(
                name="content_block_delta",
                text=("delta", "text"),
                tools=ToolMap(calls=("calls",), number=("index",), arguments=("delta", "partial_json")),
            ),
            ChunkMap(name="message_delta", finish=("delta", "stop_reason")),
        ),
    )
    stream = [
        Event('{"message": {"role": "assistant", "id": "msg_1"}}', "message_start"),
        Event('{"type": "ping"}', "ping"),
        Event(
            '{"delta": {"text": "Hi"}, "calls": [{"index": 1, "delta": {"partial_json": "{}"}}]}',
            "content_block_delta",
        ),
        Event('{"delta": {"stop_reason": "end_turn"}}', "message_delta"),
        Event('{"type": "message_stop"}', "message_stop"),
    ]
    assert [read(named, event) for event in stream] == [
        (Stamp("msg_1"), Started("assistant")),
        (),
        (Stamp(), Delta("Hi"), ToolDelta(1, arguments="{}")),
        (Stamp(), Finished("end_turn")),
        (Done(),),
    ]


def test_a_machine_holds_an_upstream_to_its_own_promises() -> None:
    silent = replace(VITALENTUM, terminal=None, promises=type(VITALENTUM.promises)())
    said = [(Stamp("a"), Delta("x")), (Stamp("b"), Finished("stop"))]
    for upstream, breaches in ((VITALENTUM, 3), (silent, 0)):
        machine = machine_for(upstream)
        found = [breach for events in said for breach in machine.feed(events)]
        assert len([*found, *machine.close()]) == breaches
