"""Bytes to events, in whatever pieces they come. Knows how to wait and when to stop, and nothing of lines or fields.

The parser holds the raw bytes of the unfinished event and nothing else of the stream. A whole event is interpreted at
once (`fields.interpret`, or the fast path before it), so the cuts between the pieces cannot matter. Work is linear in
the bytes, however small the pieces; memory is bounded by the limits.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from harness.errors import HarnessError, LimitError, UsageError

from .fields import interpret
from .lines import BOM, CR, LF, end_of_blocks, end_of_lines
from .shortcut import plain_events

if TYPE_CHECKING:
    from .events import Event

MAX_LINE = 8 * 1024 * 1024
"""Bytes of one line, its end included: 16 times the 512 KiB at which aiohttp's own line reader gives up (3.14.5)."""

MAX_EVENT = 2 * MAX_LINE
"""Bytes of one event, all its lines and the blank one: room for two of the longest lines."""

MAX_STREAM = 8 * MAX_LINE
"""Bytes of a whole stream: an hour of 90 chat chunks a second, at the 206 bytes of the chunks we measure with."""

_LOOSE = 4096
"""How many single bytes may gather before they are joined: a list of them takes eight times their room."""

_MEANING = {"max_line": "one line", "max_event": "one event", "max_stream": "a whole stream"}


class _Limit(NamedTuple):
    at: int
    name: str
    value: int


class SSEParser:
    """An incremental parser of one event stream (WHATWG HTML 9.2.5 and 9.2.6).

        parser = SSEParser()
        for piece in pieces:
            for event in parser.feed(piece):
                ...
        parser.close()

    `last_event_id` is the ID that an earlier connection ended with. The limits count bytes; None is no limit. Input
    that goes past one raises a LimitError: from this feed when it completed no event, otherwise from the next call, so
    that no complete event is lost. After an error, and after `close`, the parser takes nothing more.
    """

    def __init__(
        self,
        *,
        last_event_id: str = "",
        max_line: int | None = MAX_LINE,
        max_event: int | None = MAX_EVENT,
        max_stream: int | None = MAX_STREAM,
    ) -> None:
        self._max_line = _limit("max_line", max_line)
        self._max_event = _limit("max_event", max_event)
        self._max_stream = _limit("max_stream", max_stream)
        self._last_event_id = last_event_id
        self._retry: int | None = None
        self._held = bytearray()  # the unfinished event, but for the loose bytes
        self._loose: list[bytes] = []  # single bytes after it, not yet joined
        self._seen = 0  # bytes of the stream so far, but for the loose ones
        self._line_at = 0  # where in the stream the unfinished line starts, while any byte is held
        self._fresh = True  # nothing is decided about a BOM yet
        self._refusal: HarnessError | None = None
        self._ceiling = -1  # up to here in the stream no limit is near: nothing is special about a feed
        self._spare = 0  # how many loose bytes may gather

    @property
    def last_event_id(self) -> str:
        """The stream's last event ID, as of its last blank line: an unfinished event has not set it yet (9.2.6)."""
        return self._last_event_id

    @property
    def retry(self) -> int | None:
        """The stream's reconnection time in milliseconds, None until the stream sets it.

        A `retry` line acts at once (9.2.6), so whole lines of the unfinished event count.
        """
        pending = self.pending
        lines = pending[: end_of_lines(pending)]
        return interpret(lines, "", self._retry).retry if lines else self._retry

    @property
    def pending(self) -> bytes:
        """The raw bytes of the unfinished last event; if any are left at the end, the stream ended inside an event."""
        return b"".join((self._held, *self._loose))

    def feed(self, data: bytes | bytearray | memoryview) -> list[Event]:
        """Take the next bytes of the stream and return the events that they complete."""
        if type(data) is not bytes:
            data = _as_bytes(data)
        loose = self._loose
        if len(data) == 1 and (data > b"\r" or (loose and loose[-1] > b"\r")) and len(loose) < self._spare:
            loose.append(data)  # it ends no event: only a line end right after a line end does
            return []
        if loose:
            loose.append(data)
            data = b"".join(loose)
            loose.clear()
        seen = self._seen + len(data)
        if seen > self._ceiling:
            return self._feed_with_care(data)
        self._seen = seen
        if not self._held and data.endswith(b"\n\n"):
            return plain_events(data, len(data), self._last_event_id) or self._interpret(data)
        return self._take(data)

    def close(self) -> list[Event]:
        """The stream has ended. An unfinished event is discarded (9.2.6), so no event ever comes; `pending` stays."""
        if isinstance(self._refusal, LimitError):
            raise self._refusal
        self._refuse(UsageError("The parser is closed.", help="make a new SSEParser for each stream"))
        return []

    def _take(self, data: bytes) -> list[Event]:
        """Interpret what is whole, together with what was held; hold the rest. `data` is counted already."""
        held = self._held
        end = end_of_blocks(data, held[-1] if held else LF)
        if not end:
            self._hold(data)
            return []
        if held:
            end += len(held)
            data = b"".join((held, data))
            held.clear()
        if end < len(data):
            self._hold(data[end:])
        return plain_events(data, end, self._last_event_id) or self._interpret(data[:end])

    def _interpret(self, blocks: bytes) -> list[Event]:
        events, self._last_event_id, self._retry = interpret(blocks, self._last_event_id, self._retry)
        return events

    def _hold(self, data: bytes) -> None:
        """Keep the last bytes seen, and note where the line that they leave unfinished starts."""
        if not self._held or LF in data or CR in data:
            self._line_at = self._seen - len(data) + end_of_lines(data)
        self._held += data

    def _feed_with_care(self, data: bytes) -> list[Event]:
        """Feed up to each limit in turn: the way of bytes near a limit, at the start (the BOM) and after the end."""
        if self._refusal is not None:
            raise self._refusal
        events: list[Event] = []
        start = 0
        while start < len(data):
            limit = self._nearest_limit()
            if limit.at == self._seen:
                return self._stop(limit, events)
            piece = data[start : start + limit.at - self._seen]
            start += len(piece)
            self._seen += len(piece)
            events += self._take(self._without_bom(piece) if self._fresh else piece)
        self._look_ahead()
        return events

    def _without_bom(self, data: bytes) -> bytes:
        """`data` without the BOM that a stream may start with; nothing while it may still become one."""
        data = bytes(self._held) + data
        self._held.clear()
        if len(data) < len(BOM) and BOM.startswith(data):
            self._held += data
            return b""
        self._fresh = False
        return data.removeprefix(BOM)

    def _nearest_limit(self) -> _Limit:
        line_at = self._line_at if self._held else self._seen
        event_at = self._seen - len(self._held)
        return min(
            _Limit(line_at + self._max_line, "max_line", self._max_line),
            _Limit(event_at + self._max_event, "max_event", self._max_event),
            _Limit(self._max_stream, "max_stream", self._max_stream),
        )

    def _look_ahead(self) -> None:
        """Say how far the next feeds may go without care. Events and lines that end later only move the limits away."""
        room = 0 if self._fresh else self._nearest_limit().at - self._seen
        self._ceiling = self._seen + room - _LOOSE
        self._spare = min(room, _LOOSE)

    def _stop(self, limit: _Limit, events: list[Event]) -> list[Event]:
        """Refuse the byte after the limit: now, or with the next call if that would lose events."""
        error = LimitError(
            f"The stream went past {limit.name}.",
            limit=limit.name,
            at_most=limit.value,
            where=f"byte {limit.at} of the stream",
            expected=f"{_MEANING[limit.name]} of at most {limit.value} bytes",
            help=f"SSEParser({limit.name}=...) sets another limit, None sets none",
        )
        self._refuse(error)
        if not events:
            raise error
        return events

    def _refuse(self, error: HarnessError) -> None:
        """Answer every further call with `error`."""
        self._held += b"".join(self._loose)
        self._loose.clear()
        self._refusal = error
        self._ceiling, self._spare = -1, 0


def _limit(name: str, value: int | None) -> int:
    if value is None:
        return sys.maxsize
    if not isinstance(value, int) or value < 1:
        raise UsageError(f"{name} is a number of bytes, 1 or more, or None.", found=repr(value))
    return value


def _as_bytes(data: bytes | bytearray | memoryview) -> bytes:
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise UsageError(
        f"feed takes bytes, not {type(data).__name__}.",
        help="hand over the bytes as they came; the parser decodes them itself",
    )
