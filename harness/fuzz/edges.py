"""Which edges of the stream grammar's one table a chat stream walks: how much of it a campaign has seen. Pure."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.chat.machine import TABLE, Kind, State, Step
from harness.errors import ChunkError
from harness.fuzz.chats import tongue_of, walks, with_arguments
from harness.fuzz.streams import Stream
from harness.sse import Event, SSEParser, encode_event
from harness.upstreams.reading import machine_for, read
from harness.upstreams.registry import get_upstream
from harness.upstreams.writing import Said, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.chat.events import ChatEvent
    from harness.fuzz.chats import Tongue
    from harness.upstreams.upstream import Upstream

TALKS = "openai-chat"
"""The upstream that has words for the most: tool calls, several answers, counts and errors."""

LONGEST = 12
"""So many sayings, and the stream makes for its end."""

Edge: TypeAlias = tuple[State, Kind]
"""A state, and what happens in it."""

EDGES: frozenset[Edge] = frozenset((state, kind) for state, row in TABLE.items() for kind in row)


class Chat(Stream, frozen=True):
    """A stream in which the upstream of this name talks."""

    upstream: str


_STAMP = Stamp(id="chatcmpl-1", created=1690000000, model="gpt-3.5-turbo")

_SAYINGS: tuple[Said, ...] = (
    *(Delta("a"), Started("assistant"), Finished("stop"), Done(), Usage(1, 1, 2), Failed("out of order")),
    *(Delta("b", 1), Started("assistant", 1), Finished("length"), Finished("stop", 1)),
    *(ToolDelta(0, "call", "name", "{}"), ToolDelta(0, None, None, "{"), ToolDelta(1, "call", None, "")),
    ToolDelta(0, None, "name"),
)
"""One of each kind and more, for streams that say them in any order."""


@cache
def _tongue() -> Tongue:
    return tongue_of(get_upstream(TALKS))


@st.composite
def chats(draw: st.DrawFn) -> Chat:
    """Chats whose framing is the plainest: things said in any order, and walks of the table that break nothing."""
    said = draw(st.lists(st.sampled_from(_SAYINGS), max_size=LONGEST) | _kept())
    events = [event for each in said for event in write(_tongue().upstream, [each], _STAMP)]
    return Chat((b"".join(map(_framed, events)),), TALKS)


@st.composite
def _kept(draw: st.DrawFn) -> list[Said]:
    said: list[Said] = draw(with_arguments(_tongue(), draw(walks(_tongue(), LONGEST))))
    return said


def _framed(event: Event) -> bytes:
    """The event with its JSON in ASCII."""
    data = json.dumps(json.loads(event.data)) if event.data.startswith("{") else event.data
    return encode_event(Event(data, event.event))


class _Row(dict[Kind, Step]):
    """A row of the table that notes which of its cells are looked at."""

    def __init__(self, state: State, seen: set[Edge]) -> None:
        super().__init__(TABLE[state])
        self._state, self._seen = state, seen

    def __getitem__(self, kind: Kind) -> Step:
        self._seen.add((self._state, kind))
        return super().__getitem__(kind)


def walked(stream: object) -> frozenset[Edge]:
    """The edges that a stream walks; none for what is no chat."""
    if not isinstance(stream, Chat):
        return frozenset()
    seen: set[Edge] = set()
    upstream = get_upstream(stream.upstream)
    machine = machine_for(upstream, table={state: _Row(state, seen) for state in TABLE})
    for said in _said(upstream, stream.body):
        _ = machine.skip() if said is None else machine.feed(said)
    machine.close()
    return frozenset(seen)


def _said(upstream: Upstream, body: bytes) -> Iterator[tuple[ChatEvent, ...] | None]:
    """What each event says; None for one that cannot be read."""
    for event in SSEParser(max_line=None, max_event=None, max_stream=None).feed(body):
        try:
            yield read(upstream, event)
        except ChunkError:
            yield None
