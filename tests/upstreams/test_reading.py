"""Reading forgives what a good client forgives, and refuses only what cannot be a chunk."""

import json
import re
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.errors import ChunkError
from harness.sse import Event
from harness.upstreams.reading import ends, error_reply, is_terminal, machine_for, read, read_document
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import ChunkMap, ToolMap, UsageMap

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


def test_the_refusal_of_a_chunk_in_full() -> None:
    with pytest.raises(ChunkError) as caught:
        read(VITALENTUM, Event('{"choices": [5]}'), number=7)
    assert str(caught.value) == (
        "choices holds something else than objects\n"
        "  where: event 7\n"
        "  expected: a chunk of a reply\n"
        '  found: {"choices": [5]}'
    )
    assert caught.value.excerpt == '{"choices": [5]}'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("[]", "the data is JSON, but no object"),
        ('{"choices": 5}', "choices is missing or no array"),
        ('{"choices": [{"delta": {"content": 5}}]}', "delta.content is no string"),
        ("NaN", "the data is no JSON: NaN is no JSON value"),
        ("[" * 100_000, "the data is no JSON: it is nested too deeply"),
    ],
)
def test_a_refusal_without_a_number_has_no_place(data: str, said: str) -> None:
    with pytest.raises(ChunkError) as caught:
        read(VITALENTUM, Event(data))
    assert str(caught.value).split("\n", 1)[0] == said
    assert (caught.value.event, caught.value.where) == (None, None)


def test_the_words_of_an_error_are_bounded() -> None:
    words = "no " * 1000
    assert read(VITALENTUM, Event(json.dumps({"error": words}))) == (Failed(words[:500] + "…"),)
    assert error_reply(VITALENTUM, json.dumps({"message": words}).encode()) == words[:500] + "…"


def test_the_choices_of_a_machine_are_those_that_were_asked_for() -> None:
    machine = machine_for(VITALENTUM, choices=2)
    said = (Stamp("a"), Started("assistant"), Finished("stop"), Done())
    breaches = [breach for word in said for breach in machine.feed([word])]
    assert [(breach.rule, breach.index) for breach in breaches] == [("reply-missing", 1)]
    assert machine_for(VITALENTUM).choices.keys() == {0}


@pytest.mark.parametrize(
    ("promise", "said", "rule"),
    [
        ({"role_first": True}, [Delta("x"), Finished("stop")], "role-missing"),
        ({"role_every": False}, [Started("a"), Started("a"), Finished("stop")], "role-repeated"),
        ({"usage_once": True}, [Started("a"), Finished("stop"), Usage(1), Usage(1)], "usage-repeated"),
        ({"constant": ("model",)}, [Stamp(model="a"), Stamp(model="b"), Finished("stop")], "model-changed"),
        ({"tool_ids": True}, [ToolDelta(name="a"), Finished("stop")], "tool-id-missing"),
        ({"tool_numbers": True}, [ToolDelta(1, "a", "b"), Finished("stop")], "index-skipped"),
    ],
)
def test_each_promise_is_held_against_the_upstream_that_gives_it(
    promise: dict[str, object], said: list[Any], rule: str
) -> None:
    none = {"role_first": False, "role_every": True, "usage_once": False, "constant": (), "tool_ids": False}
    promises = replace(VITALENTUM.promises, **(none | {"tool_numbers": False}))
    for kept, broken in ((promises, []), (replace(promises, **promise), [rule])):
        machine = machine_for(replace(VITALENTUM, promises=kept))
        found = [breach.rule for word in [*said, Done()] for breach in machine.feed([word])]
        assert found == broken


def test_an_upstream_without_finish_reasons_owes_none() -> None:
    silent = replace(VITALENTUM, events=(replace(VITALENTUM.events[0], finish=()),))
    for upstream, broken in ((VITALENTUM, ["finish-missing"]), (silent, [])):
        machine = machine_for(upstream)
        said = [Started("assistant"), Done()]
        assert [breach.rule for word in said for breach in machine.feed([word])] == broken


def test_a_stream_is_over_with_its_terminal_event_or_with_a_chunk_that_says_so() -> None:
    last = replace(VITALENTUM, events=(replace(VITALENTUM.events[0], done=("done",)),), terminal=None)
    assert ends(VITALENTUM, Event("[DONE]"))
    assert not ends(VITALENTUM, Event('{"done": true}'))
    assert ends(last, Event('{"done": true}'))
    for data in ('{"done": false}', '{"done": 1}', "{}", "done", "[DONE]"):
        assert not ends(last, Event(data))
    assert not ends(replace(last, strange_events="skip"), Event('{"done": true}', "ping"))


def test_counts_lie_where_the_map_finds_them() -> None:
    counts = UsageMap(prompt_tokens=("in",), completion_tokens=("out", "n"))
    counted = replace(VITALENTUM, events=(ChunkMap(counts=counts),))
    assert read(counted, Event('{"in": 3, "out": {"n": 4}}')) == (Stamp(), Usage(3, 4, None))
    assert read(counted, Event('{"out": {"n": 4}}')) == (Stamp(), Usage(None, 4, None))
    assert read(counted, Event('{"in": true}')) == (Stamp(),)


def test_tool_calls_are_numbered_by_their_word_or_their_place() -> None:
    tools = ToolMap(calls=("calls",), number=("n",), id=("id",), name=("name",), arguments=("args",))
    calling = replace(VITALENTUM, events=(ChunkMap(tools=tools),))
    calls = [{"n": 4, "id": "a", "name": "tide", "args": "{"}, "no call", {"args": {"at": 6}}, {"n": "x"}]
    assert read(calling, Event(json.dumps({"calls": calls}))) == (
        Stamp(),
        ToolDelta(4, "a", "tide", "{"),
        ToolDelta(2, arguments='{"at":6}'),
        ToolDelta(3),
    )
    assert read(calling, Event('{"calls": {}}')) == (Stamp(),)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('{"id": "a"}', [ToolDelta(id="a")]),
        ('{"name": "tide"}', [ToolDelta(name="tide")]),
        ('{"args": "{"}', [ToolDelta(arguments="{")]),
        ('{"args": 5}', []),
        ("{}", []),
    ],
)
def test_a_choice_that_is_its_own_call_is_one_where_it_says_anything_of_it(
    data: str, said: list[ToolDelta]
) -> None:
    tools = ToolMap(id=("id",), name=("name",), arguments=("args",))
    assert read(replace(VITALENTUM, events=(ChunkMap(tools=tools),)), Event(data)) == (Stamp(), *said)


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


def test_what_is_wrong_in_a_chunk_is_named_by_its_whole_path() -> None:
    deep = replace(VITALENTUM, events=(ChunkMap(choices=("out", "answers"), text=("delta", "content")),))
    for data, words in (
        ({"out": {}}, "out.answers is missing or no array"),
        ({"out": {"answers": [5]}}, "out.answers holds something else than objects"),
        ({"out": {"answers": [{"delta": {"content": 5}}]}}, "delta.content is no string"),
    ):
        with pytest.raises(ChunkError, match=f"^{re.escape(words)}\n"):
            read(deep, Event(json.dumps(data)))


def test_the_refusal_of_a_document_without_its_text_shows_none() -> None:
    with pytest.raises(ChunkError) as caught:
        read_document(VITALENTUM.events[0], {"choices": 5})
    assert caught.value.excerpt == ""


def test_the_end_is_told_by_the_name_of_an_event_or_by_the_last_chunk_itself() -> None:
    anthropic, ollama = get_upstream("anthropic-messages"), get_upstream("ollama-chat")
    assert ends(anthropic, Event('{"type":"message_stop"}', "message_stop"))
    assert not ends(anthropic, Event('{"type":"ping"}', "ping"))
    assert ends(ollama, Event('{"done":true}'))
    assert not ends(ollama, Event('{"done":false}'))
    named = replace(ollama, events=(ChunkMap(name="text"), ChunkMap(name="end", done=("done",))))
    assert ends(named, Event('{"done":true}', "end"))
    assert not ends(named, Event('{"done":true}', "text"))


def test_a_machine_walks_the_table_that_it_is_given() -> None:
    with pytest.raises(KeyError):
        machine_for(VITALENTUM, table={}).feed([Done()])


def test_a_machine_holds_an_upstream_to_its_own_promises() -> None:
    silent = replace(VITALENTUM, terminal=None, promises=type(VITALENTUM.promises)())
    said = [(Stamp("a"), Delta("x")), (Stamp("b"), Finished("stop"))]
    for upstream, breaches in ((VITALENTUM, 3), (silent, 0)):
        machine = machine_for(upstream)
        found = [breach for events in said for breach in machine.feed(events)]
        assert len([*found, *machine.close()]) == breaches
