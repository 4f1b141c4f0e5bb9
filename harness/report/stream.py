"""One recorded answer as rows: each event with its time, its gap, what it says and how much text there is by then.

Pure, and as forgiving as it can be: streams are looked at most closely when they are broken.
Terminal and pages draw from these rows.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.errors import ChunkError, LimitError
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.cassette.model import Response
    from harness.chat.events import ChatEvent
    from harness.sse import Event
    from harness.upstreams.upstream import Upstream

_WORD: dict[type[ChatEvent], str] = {
    Started: "role",
    Delta: "content",
    ToolDelta: "tool_calls",
    Finished: "finish",
    Usage: "usage",
    Done: "[DONE]",
    Failed: "error",
}


class Row(msgspec.Struct, frozen=True):
    """One event. Times in milliseconds since the request was sent; None where the recording kept none."""

    number: int
    at_ms: float | None
    gap_ms: float | None
    event: str
    says: str
    text: str
    data: str
    characters: int
    """Of the reply's text, up to this event and with it."""


class Rows(msgspec.Struct, frozen=True):
    """The events of one answer, and what was left when its bytes ended."""

    rows: tuple[Row, ...]
    pending: int
    """Bytes of an event that never ended."""
    problem: str | None = None
    """Why reading stopped early."""

    @property
    def gaps(self) -> tuple[float, ...]:
        """Milliseconds from each event to the next, the first one's being its time."""
        return tuple(row.gap_ms for row in self.rows if row.gap_ms is not None)

    @property
    def path(self) -> tuple[tuple[str, int], ...]:
        """What the stream said, in order, with how often in a row: `(("role", 1), ("content", 41), ...)`."""
        return tuple((says, len(list(run))) for says, run in groupby(row.says for row in self.rows))

    @property
    def text(self) -> str:
        """The reply's text as far as it came."""
        return "".join(row.text for row in self.rows)


def rows_of(response: Response, upstream: Upstream | None = None) -> Rows:
    """The rows of *response*. Without an *upstream* the events are shown, and not what they say."""
    parser = parser_for(upstream, max_stream=None)
    rows: list[Row] = []
    problem = None
    at_ms: float | None = None
    try:
        for at_ms, data in _pieces(response):
            for event in parser.feed(data):
                rows.append(_row(event, at_ms, rows[-1] if rows else None, upstream))
        for event in parser.close():
            rows.append(_row(event, at_ms, rows[-1] if rows else None, upstream))
    except LimitError as error:
        problem = error.what
    return Rows(tuple(rows), len(parser.pending), problem)


def _pieces(response: Response) -> Iterator[tuple[float | None, bytes]]:
    """The body as it arrived; in one piece and without a time where the recording's pieces do not fit it."""
    frames = response.stream.frames if response.stream else ()
    if sum(frame.size for frame in frames) != len(response.body):
        yield None, response.body
        return
    start = 0
    for frame in frames:
        yield frame.at_ms, response.body[start : start + frame.size]
        start += frame.size


def _row(event: Event, at_ms: float | None, before: Row | None, upstream: Upstream | None) -> Row:
    number = before.number + 1 if before else 1
    says, text = _said(event, number, upstream)
    earlier = (before.at_ms if before else 0.0) or 0.0
    characters = (before.characters if before else 0) + len(text)
    gap_ms = None if at_ms is None else at_ms - earlier
    return Row(number, at_ms, gap_ms, event.event, says, text, event.data, characters)


def _said(event: Event, number: int, upstream: Upstream | None) -> tuple[str, str]:
    """What an event says in a few words, and its text."""
    if upstream is None:
        return "event", ""
    try:
        said = read(upstream, event, number=number)
    except ChunkError:
        return "no chunk", ""
    words = [_WORD[type(item)] for item in said if not isinstance(item, Stamp)]
    return "+".join(dict.fromkeys(words)) or "nothing", "".join(
        item.text for item in said if isinstance(item, Delta)
    )
