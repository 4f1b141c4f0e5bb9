"""Writing is the mirror of reading, whatever the upstream; what has no place is refused."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.chat.reply import fold
from harness.errors import UsageError
from harness.sse import Event
from harness.upstreams.reading import read
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import ChunkMap, Template, ToolMap, Upstream
from harness.upstreams.writing import Said, can_say, write
from tests.upstreams.calling import CALLING

VITALENTUM = get_upstream("vitalentum")
STAMP = Stamp("chatcmpl-1", 1690000000, "gpt-3.5-turbo-0613")

counts = st.integers(0, 10**6)
texts = st.text(min_size=1, max_size=8)
words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
"""Of an error's words only what can be shown is passed on."""
indexes = st.integers(0, 2)
stamps = st.builds(Stamp, texts, counts, texts)
calls = st.builds(
    ToolDelta, st.integers(0, 3), st.none() | texts, st.none() | texts, st.text(max_size=8), indexes
)
sayings = st.one_of(
    st.builds(Started, texts, indexes),
    st.builds(Delta, texts, indexes),
    calls,
    st.builds(Finished, texts, indexes),
    st.builds(Usage, counts, st.none() | counts, counts),
    st.builds(Failed, words, st.none() | texts, st.none() | texts | counts),
    st.just(Done()),
)


def said_by(upstream: Upstream, events: tuple[Event, ...]) -> list[Said]:
    return [word for event in events for word in read(upstream, event) if not isinstance(word, Stamp)]


@given(sayings, stamps)
def test_what_was_written_is_read_back_with_its_stamp(said: Said, stamp: Stamp) -> None:
    (event,) = write(CALLING, [said], stamp)
    stamped = () if isinstance(said, Failed | Done) else (stamp,)
    assert read(CALLING, event) == (*stamped, said)


@given(st.lists(sayings, max_size=8), stamps)
def test_many_sayings_are_read_back_as_the_same_reply(said: list[Said], stamp: Stamp) -> None:
    events = write(CALLING, said, stamp)
    assert len(events) <= len(said)
    read_back = [word for event in events for word in read(CALLING, event)]
    stamped = any(not isinstance(word, Failed | Done) for word in said)
    assert fold(read_back) == fold([*([stamp] if stamped else []), *said])


@given(st.lists(sayings, max_size=8), stamps)
def test_of_one_choice_nothing_changes_its_turn(said: list[Said], stamp: Stamp) -> None:
    first = [word for word in said if not getattr(word, "index", 0)]
    assert said_by(CALLING, write(CALLING, first, stamp)) == first


def test_what_one_event_can_say_together_stands_in_one() -> None:
    said = [
        Started("assistant"),
        Started("assistant", 1),
        Delta("Hi", 1),
        ToolDelta(0, "call_1", "tide", "{}"),
        ToolDelta(1, "call_2", "moon"),
        Finished("tool_calls"),
        Usage(1, 2, 3),
    ]
    (event,) = write(CALLING, said, STAMP)
    assert json.loads(event.data)["choices"] == [
        {
            "index": 0,
            "delta": {
                "role": "assistant",
                "content": "",
                "tool_calls": [
                    {"index": 0, "function": {"name": "tide", "arguments": "{}"}, "id": "call_1"},
                    {"index": 1, "function": {"name": "moon", "arguments": ""}, "id": "call_2"},
                ],
            },
            "finish_reason": "tool_calls",
        },
        {"index": 1, "delta": {"role": "assistant", "content": "Hi"}, "finish_reason": None},
    ]


def test_what_would_be_read_out_of_turn_begins_another_event() -> None:
    events = write(CALLING, [Delta("a"), Delta("b"), Finished("stop"), Delta("c")], STAMP)
    assert [len(read(CALLING, event)) for event in events] == [2, 3, 2]


@pytest.mark.parametrize(
    "said", [ToolDelta(), Started("a", 1), Failed("no"), Usage()], ids=lambda said: type(said).__name__
)
def test_what_an_upstream_has_no_words_for_is_refused(said: Said) -> None:
    plain = replace(
        VITALENTUM,
        events=(
            ChunkMap(role=("role",), text=("text",), templates=(Template(says=("role", "text"), json="{}"),)),
        ),
    )
    assert not can_say(plain, said)
    with pytest.raises(UsageError, match="has no words for"):
        write(plain, [said], STAMP)


@pytest.mark.parametrize("name", ["openai-chat", "anthropic-messages", "ollama-chat"])
@pytest.mark.parametrize(
    "said",
    [
        Started("assistant"),
        Delta("Hi"),
        ToolDelta(1, "call_1", "tide"),
        Finished("stop"),
        Usage(1, 2),
        Failed("It broke."),
        Done(),
    ],
    ids=lambda said: type(said).__name__,
)
def test_each_upstream_of_this_package_can_say_and_read_it(name: str, said: Said) -> None:
    """Some chunks say more than they were asked to: a role in each, counts beside each finish."""
    upstream = get_upstream(name)
    read_back = said_by(upstream, write(upstream, [said], STAMP))
    found = [
        msgspec.structs.replace(word, arguments="") if isinstance(word, ToolDelta) else word
        for word in read_back
    ]
    assert said in [replace(word, type=None) if isinstance(word, Failed) else word for word in found]


def test_the_refusal_in_full() -> None:
    with pytest.raises(UsageError) as refused:
        write(replace(VITALENTUM, events=()), [Delta("Hi")], STAMP)
    assert str(refused.value) == (
        "Vitalentum has no words for Delta(text='Hi', index=0)\n"
        "  help: give its profile a path for it, and a template that says it"
    )


def test_with_an_indent_the_json_is_spread_over_lines() -> None:
    (event,) = write(VITALENTUM, [Delta("é")], STAMP, indent=1)
    (compact,) = write(VITALENTUM, [Delta("é")], STAMP)
    assert json.loads(event.data) == json.loads(compact.data)
    assert '\n "choices": [\n  {\n' in event.data
    assert "é" in compact.data
    assert ": " not in compact.data


def test_half_a_character_stays_an_escape() -> None:
    (event,) = write(VITALENTUM, [Delta("\ud83d")], STAMP)
    assert "\\ud83d" in event.data


def test_the_sentinel_needs_no_template() -> None:
    assert can_say(VITALENTUM, Done())
    assert write(VITALENTUM, [Done()], STAMP) == (Event("[DONE]"),)


def test_kinds_of_events_are_chosen_by_what_is_said() -> None:
    named = replace(
        VITALENTUM,
        terminal=None,
        terminal_event="stop",
        events=(
            ChunkMap(
                name="start",
                role=("role",),
                id=("id",),
                templates=(Template(says=("role",), json='{"type": "start"}'),),
            ),
            ChunkMap(
                name="piece",
                text=("delta", "text"),
                tools=ToolMap(calls=("calls",), number=("n",), arguments=("json",)),
                templates=(
                    Template(says=("text",), json='{"delta": {"type": "text"}}'),
                    Template(says=("tools",), json='{"calls": [{"type": "json"}]}'),
                ),
            ),
            ChunkMap(name="stop", templates=(Template(says=("done",), json='{"type": "stop"}'),)),
        ),
    )
    said = [Started("assistant"), Delta("Hi"), ToolDelta(2, arguments="{}"), Done()]
    events = write(named, said, Stamp("a"))
    assert [(event.event, event.data) for event in events] == [
        ("start", '{"type":"start","id":"a","role":"assistant"}'),
        ("piece", '{"delta":{"type":"text","text":"Hi"}}'),
        ("piece", '{"calls":[{"type":"json","n":2,"json":"{}"}]}'),
        ("stop", '{"type":"stop"}'),
    ]
    assert said_by(named, events) == said
    assert not can_say(named, ToolDelta(2, "call_1"))


def test_an_error_stands_alone_where_its_template_has_no_choices() -> None:
    (event,) = write(get_upstream("vitalentum"), (Failed("No.", "server_error"),), Stamp("a", 1, "m"))
    assert event.data == '{"error":{"message":"No.","type":"server_error","param":null,"code":null}}'
