"""Generated chat streams keep the whole contract, and show everything it leaves open."""

import json

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.cassette.model import End
from harness.chat.events import ChatEvent
from harness.chat.reply import Reply, fold
from harness.disk.validation import stream_check
from harness.errors import UsageError
from harness.fuzz.strategies import chat_streams
from harness.sse import SSEParser
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import machine_for, read
from harness.upstreams.registry import get_upstream
from tests.upstreams.calling import CALLING

LOOK_ONLY = settings(phases=[Phase.generate], max_examples=1000, database=None)
VITALENTUM = get_upstream("vitalentum")


def said(stream: bytes) -> list[ChatEvent]:
    return [word for event in SSEParser().feed(stream) for word in read(VITALENTUM, event)]


def reply(stream: bytes) -> Reply:
    return fold(said(stream))


@given(chat_streams(), st.data())
def test_a_generated_stream_has_no_finding_however_it_is_cut(stream: bytes, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(stream)))
    check = stream_check("vitalentum")
    assert [*check.feed(stream[:cut]), *check.feed(stream[cut:]), *check.close(End.COMPLETE)] == []


@given(chat_streams())
def test_a_generated_stream_is_a_complete_reply(stream: bytes) -> None:
    assert reply(stream).complete
    assert all(choice.role == "assistant" and choice.finish_reason for choice in reply(stream).choices)


@given(chat_streams(longest=2))
def test_a_short_stream_is_short(stream: bytes) -> None:
    assert len(SSEParser().feed(stream)) <= 2 + 3 * 2 + 2


@pytest.mark.parametrize(
    "shown",
    [
        lambda stream: len(reply(stream).choices) == 3,
        lambda stream: reply(stream).usage is not None,
        lambda stream: reply(stream).text == "",
        lambda stream: not reply(stream).text.isascii(),
        lambda stream: any(len(read(VITALENTUM, event)) > 3 for event in SSEParser().feed(stream)),
        lambda stream: any("\n" in event.data for event in SSEParser().feed(stream)),
        lambda stream: b"\r\n" in stream,
        lambda stream: b"\n" not in stream,
        lambda stream: b": keep-alive" in stream,
        lambda stream: b'"choices":[{' in stream,
    ],
    ids=[
        *("three answers", "usage", "an empty answer", "beyond ASCII", "several things in a chunk"),
        *("data of several lines", "CRLF", "CR alone", "comments", "compact JSON"),
    ],
)
def test_everything_the_contract_leaves_open_turns_up(shown: object) -> None:
    assert find(chat_streams(), shown, settings=LOOK_ONLY)  # type: ignore[arg-type]


def test_an_upstream_without_templates_is_refused() -> None:
    bare = replace(VITALENTUM, events=(replace(VITALENTUM.events[0], templates=()),))
    with pytest.raises(UsageError, match="no chat streams are known"):
        chat_streams(bare)


def test_an_upstream_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="no upstream is named"):
        chat_streams("another")


@pytest.mark.parametrize("name", ["openai-chat", "anthropic-messages", "ollama-chat"])
@given(data=st.data())
def test_every_upstream_with_templates_has_streams_without_a_finding(name: str, data: st.DataObject) -> None:
    stream = data.draw(chat_streams(name))
    check = stream_check(name)
    assert [*check.feed(stream), *check.close(End.COMPLETE)] == []
    assert check.complete


@pytest.mark.parametrize("name", ["openai-chat", "anthropic-messages", "ollama-chat"])
def test_every_upstream_with_tools_calls_them(name: str) -> None:
    upstream = get_upstream(name)

    def shown(stream: bytes) -> bool:
        said = [word for event in parser_for(upstream).feed(stream) for word in read(upstream, event)]
        return any(
            call.arguments not in ("", "{}") for choice in fold(said).choices for call in choice.tool_calls
        )

    assert find(chat_streams(name), shown, settings=LOOK_ONLY)


@given(chat_streams(CALLING))
def test_tool_calls_are_whole_and_break_nothing(stream: bytes) -> None:
    machine = machine_for(CALLING)
    events = [read(CALLING, event) for event in SSEParser().feed(stream)]
    assert [breach for event in events for breach in machine.feed(event)] == []
    assert machine.close() == ()
    for choice in fold(word for event in events for word in event).choices:
        for call in choice.tool_calls:
            assert call.id
            assert call.name
            assert isinstance(json.loads(call.arguments), dict)


@pytest.mark.parametrize("number", [1, 2])
def test_tool_calls_turn_up(number: int) -> None:
    def shown(stream: bytes) -> bool:
        said = [word for event in SSEParser().feed(stream) for word in read(CALLING, event)]
        return any(len(choice.tool_calls) == number for choice in fold(said).choices)

    assert find(chat_streams(CALLING), shown, settings=LOOK_ONLY)
