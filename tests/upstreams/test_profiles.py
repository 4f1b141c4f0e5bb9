"""What each upstream's stream says, event by event: the profiles read as their services write."""

import json

import pytest

from harness.cassette.ending import EndingWatch
from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.contract.documents import Document
from harness.disk.schemas import load_schemas
from harness.sse import Event
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import error_reply, machine_for, read
from harness.upstreams.registry import get_upstream, upstream_for, upstream_names

OPENAI = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
CALL = {"index": 1, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}


def openai(*choices, **more):
    return Event(json.dumps(OPENAI | {"choices": list(choices)} | more))


def choice(delta, finish=None, index=0):
    return {"index": index, "delta": delta, "finish_reason": finish}


def named(kind, **more):
    return Event(json.dumps({"type": kind} | more), event=kind)


def block(index, **content):
    return named("content_block_start", index=index, content_block=content)


def delta(index, **content):
    return named("content_block_delta", index=index, delta=content)


def line(message, **more):
    return Event(json.dumps({"model": "m", "created_at": "2025-05-23T11:33:20Z", "message": message, **more}))


S, A, L = Stamp("c1", 1, "m"), Stamp(), Stamp(None, None, "m")
START = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "usage": {"input_tokens": 9}}
WEATHER = {"function": {"name": "weather", "arguments": {"city": "Oslo"}}}

SAID = [
    ("openai-chat", openai(choice({"role": "assistant", "content": None})), [S, Started("assistant")]),
    (
        "openai-chat",
        openai(choice({"content": "a"}), choice({"content": "b"}, index=1)),
        [S, Delta("a"), Delta("b", 1)],
    ),
    ("openai-chat", openai(choice({"refusal": "I cannot"})), [S]),
    ("openai-chat", openai(choice({"tool_calls": [CALL]})), [S, ToolDelta(1, "call_1", "weather")]),
    (
        "openai-chat",
        openai(choice({"tool_calls": [{"index": 1, "function": {"arguments": '{"ci'}}]}, index=2)),
        [S, ToolDelta(1, None, None, '{"ci', 2)],
    ),
    ("openai-chat", openai(choice({}, "tool_calls")), [S, Finished("tool_calls")]),
    (
        "openai-chat",
        openai(usage={"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}),
        [S, Usage(9, 12, 21)],
    ),
    (
        "openai-chat",
        Event('{"error":{"message":"no","type":"server_error","code":null}}'),
        [Failed("no", "server_error")],
    ),
    ("openai-chat", Event("[DONE]"), [Done()]),
    (
        "anthropic-messages",
        named("message_start", message=START),
        [Stamp("msg_1", None, "m"), Started("assistant")],
    ),
    ("anthropic-messages", block(0, type="text", text=""), [A]),
    ("anthropic-messages", block(0, type="thinking", thinking="", signature=""), [A]),
    (
        "anthropic-messages",
        block(1, type="tool_use", id="t1", name="weather", input={}),
        [A, ToolDelta(1, "t1", "weather")],
    ),
    ("anthropic-messages", delta(0, type="text_delta", text="Hel"), [A, Delta("Hel")]),
    ("anthropic-messages", delta(3, type="text_delta", text="lo"), [A, Delta("lo")]),
    ("anthropic-messages", delta(0, type="thinking_delta", thinking="Let me see"), [A]),
    (
        "anthropic-messages",
        delta(1, type="input_json_delta", partial_json='{"ci'),
        [A, ToolDelta(1, None, None, '{"ci')],
    ),
    ("anthropic-messages", delta(1, type="input_json_delta", partial_json=""), [A]),
    ("anthropic-messages", named("content_block_stop", index=0), [A]),
    (
        "anthropic-messages",
        named("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 12}),
        [A, Finished("end_turn"), Usage(None, 12, None)],
    ),
    ("anthropic-messages", named("ping"), [A]),
    ("anthropic-messages", named("message_stop"), [Done()]),
    ("anthropic-messages", named("some_new_event", text="x"), []),
    (
        "anthropic-messages",
        named("error", error={"type": "overloaded_error", "message": "Overloaded"}),
        [Failed("Overloaded", "overloaded_error")],
    ),
    (
        "ollama-chat",
        line({"role": "assistant", "content": "Hel"}, done=False),
        [L, Started("assistant"), Delta("Hel")],
    ),
    (
        "ollama-chat",
        line({"role": "assistant", "content": "", "tool_calls": [WEATHER, WEATHER]}, done=False),
        [L, Started("assistant"), *(ToolDelta(n, None, "weather", '{"city":"Oslo"}') for n in (0, 1))],
    ),
    (
        "ollama-chat",
        line({"role": "assistant", "content": ""}, done=True, done_reason="stop", eval_count=12),
        [L, Started("assistant"), Finished("stop"), Usage(None, 12, None), Done()],
    ),
    (
        "ollama-chat",
        Event('{"error":"model runner has unexpectedly stopped"}'),
        [Failed("model runner has unexpectedly stopped")],
    ),
]


@pytest.mark.parametrize(("upstream", "event", "said"), SAID)
def test_an_event_says_what_the_service_means_by_it(upstream, event, said):
    assert list(read(get_upstream(upstream), event)) == said


def sse(*events):
    return "".join(f"event: {event.event}\ndata: {event.data}\n\n" for event in events).encode()


STREAMS = {
    "openai-chat": sse(
        openai(choice({"role": "assistant"})), openai(choice({"content": "Hi"}, "stop")), Event("[DONE]")
    ),
    "anthropic-messages": sse(
        named("message_start", message=START),
        named("ping"),
        block(0, type="text", text=""),
        delta(0, type="text_delta", text="Hi"),
        named("content_block_stop", index=0),
        named("message_delta", delta={"stop_reason": None}, usage={"output_tokens": 1}),
        named("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 2}),
        named("message_stop"),
    ),
    "ollama-chat": b"".join(
        event.data.encode() + b"\n"
        for event in (
            line({"role": "assistant", "content": "Hi"}, done=False),
            line({"role": "assistant", "content": ""}, done=True, done_reason="stop", eval_count=2),
        )
    ),
}


@pytest.mark.parametrize("name", STREAMS)
def test_a_whole_stream_breaks_no_rule_of_the_grammar(name):
    upstream = get_upstream(name)
    parser, machine = parser_for(upstream), machine_for(upstream)
    events = [*parser.feed(STREAMS[name]), *parser.close()]
    assert [machine.feed(read(upstream, event)) for event in events] == [()] * len(events)
    assert machine.close() == ()


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_complete_with_its_last_event_and_truncated_without(name):
    upstream, body = get_upstream(name), STREAMS[name]
    for cut, ending in [(0, "complete"), (3, "truncated")]:
        watch = EndingWatch(upstream)
        watch.head(200, (("content-type", f"{upstream.reply_type}; charset=utf-8"),))
        watch.feed(body[: len(body) - cut])
        assert watch.ending() == ending


def test_a_last_line_without_its_end_is_the_last_line_all_the_same():
    watch = EndingWatch(get_upstream("ollama-chat"))
    watch.head(200, (("content-type", "application/x-ndjson"),))
    watch.feed(STREAMS["ollama-chat"].rstrip(b"\n"))
    assert (watch.is_whole, watch.ending(), watch.is_whole) == (False, "complete", True)


@pytest.mark.parametrize("name", upstream_names())
def test_the_error_replies_of_a_profile_fit_its_schema_and_are_known_as_errors(name):
    upstream = get_upstream(name)
    schema = Document(load_schemas(upstream)["error"])
    for reply in upstream.error_replies:
        assert schema.faults(json.loads(reply.body)) == ()
        assert error_reply(upstream, reply.body.encode())


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("https://api.openai.com/v1/chat/completions", "openai-chat"),
        ("https://api.groq.com/openai/v1/chat/completions", "openai-chat"),
        ("http://127.0.0.1:8080/v1/messages?beta=true", "anthropic-messages"),
        ("http://localhost:11434/api/chat", "ollama-chat"),
        ("http://192.168.1.5:11434/api/chat", "ollama-chat"),
        ("https://shop.example/api/chat", None),
        ("http://127.0.0.1:3000/api/chat", None),
        ("http://127.0.0.1:port/api/chat", None),
    ],
)
def test_an_address_tells_the_upstream_where_its_path_is_its_own(uri, name):
    found = upstream_for("POST", uri)
    assert (found and found.name) == name
