"""Bytes to events, in whatever pieces they come. Knows how to wait and when to stop, and nothing of fields.

The parser holds the raw bytes of the unfinished event and nothing else of the stream. A whole event is interpreted at
once (`fields.interpret`, or the fast path before it), so the cuts between the pieces cannot matter. Work is linear in
the bytes, however small the pieces; memory is bounded by the limits.

Three ways lead through `feed`. A single byte that cannot end an event is laid beside the others. A piece of whole
events, which is what most servers write and most reads bring, is interpreted where it stands. Any other piece is joined
to what is held, interpreted up to its last blank line, and held from there on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import HarnessError, LimitError, UsageError

from .fields import interpret
from .limits import MAX_EVENT, MAX_LINE, MAX_STREAM, Limit, limit, past
from .lines import BOM, CR, LF, end_of_blocks, end_of_lines
from .shortcut import plain_events

if TYPE_CHECKING:
    from collections.abc import Container

    from .events import Event

_WITHIN_A_LINE = frozenset(bytes([byte]) for byte in range(256)) - {b"\n", b"\r"}
"""Every single byte that ends no line, and so no event: it can wait for the others."""

_LOOSE = 256
"""How many single bytes may gather before they are joined to the rest."""


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
        self._max_line = limit("max_line", max_line)
        self._max_event = limit("max_event", max_event)
        self._max_stream = limit("max_stream", max_stream)
        self._last_event_id = last_event_id
        self._retry: int | None = None
        self._held = bytearray()  # the unfinished event, but for its loose bytes
        self._loose: list[bytes | bytearray | memoryview] = []  # single bytes at its end
        self._waiting: Container[object] = ()  # which single bytes may join them without another look
        self._line_at = 0  # where in what is held the unfinished line starts
        self._room = -1  # how much may be held while no limit is near; never more than is right
        self._room_ends = -1  # where in the stream that is
        self._fresh = True  # nothing is decided about a BOM yet
        self._refusal: HarnessError | None = None

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
        """Take the next bytes of the stream and return the events that they complete.

        Raises LimitError as told above, and UsageError for what is no bytes and after `close`.
        """
        loose = self._loose
        try:
            if data in self._waiting and len(loose) < _LOOSE:
                loose.append(data)
                return []
        except TypeError:  # a bytearray has no hash, and would change under us
            pass
        if type(data) is not bytes:
            data = _as_bytes(data)
        if self._waiting and len(data) > 1:
            self._waiting = ()  # a set asks for a hash, which reads all of a long piece
        if loose:
            loose.append(data)
            if len(data) == 1 and loose[-2] in _WITHIN_A_LINE and len(loose) < _LOOSE:
                return []  # a line end, but no event: that takes a line end after a line end
            data = b"".join(loose)
            loose.clear()
        held, size = self._held, len(data)
        if size > self._room - len(held):
            return self._feed_with_care(data)
        if not held and data.endswith(b"\n\n"):
            self._room -= size
            return plain_events(data, size, self._last_event_id) or self._interpret(data)
        if size == 1:
            self._waiting = _WITHIN_A_LINE
        return self._take(data)

    def close(self) -> list[Event]:
        """The stream has ended. An unfinished event is discarded (9.2.6), so no event ever comes; `pending` stays."""
        if isinstance(self._refusal, LimitError):
            raise self._refusal
        self._refuse(UsageError("The parser is closed.", help="make a new SSEParser for each stream"))
        return []

    def _take(self, data: bytes) -> list[Event]:
        """Interpret what is whole, together with what was held; hold the rest."""
        held = self._held
        end = end_of_blocks(data, held[-1] if held else LF)
        if not end:
            self._hold(data)
            return []
        if held:
            end += len(held)
            data = b"".join((held, data))
            held.clear()
        self._line_at = 0
        self._hold(data[end:])
        self._room -= end  # where it ends stays: limits only move away as lines and events end
        return plain_events(data, end, self._last_event_id) or self._interpret(data[:end])

    def _hold(self, data: bytes) -> None:
        if LF in data or CR in data:
            self._line_at = len(self._held) + end_of_lines(data)
        self._held += data

    def _interpret(self, blocks: bytes) -> list[Event]:
        events, self._last_event_id, self._retry = interpret(blocks, self._last_event_id, self._retry)
        return events

    def _feed_with_care(self, data: bytes) -> list[Event]:
        """Feed up to each limit in turn: the way of bytes near a limit, at the start (the BOM) and after the end."""
        if self._refusal is not None:
            raise self._refusal
        self._waiting = ()
        events: list[Event] = []
        start = 0
        while start < len(data):
            nearest = self._nearest_limit()
            if nearest.room == len(self._held):
                return self._stop(nearest, events)
            piece = data[start : start + nearest.room - len(self._held)]
            start += len(piece)
            events += self._take(self._without_bom(piece) if self._fresh else piece)
        self._look_ahead()
        return events

    def _without_bom(self, data: bytes) -> bytes:
        """What is held and `data`, without the BOM that a stream may start with; nothing while it may become one."""
        data = bytes(self._held) + data
        self._held.clear()
        if len(data) < len(BOM) and BOM.startswith(data):
            self._held += data
            return b""
        self._fresh = False
        if data.startswith(BOM):
            self._room -= len(BOM)
        return data.removeprefix(BOM)

    @property
    def _event_at(self) -> int:
        """Where in the stream the unfinished event starts."""
        return self._room_ends - self._room

    def _look_ahead(self) -> None:
        """Say how far the next feeds may go without care, with as many loose bytes after them as there may be."""
        event_at = self._event_at
        self._room = -1 if self._fresh else self._nearest_limit().room - _LOOSE
        self._room_ends = event_at + self._room

    def _nearest_limit(self) -> Limit:
        return min(
            Limit(self._line_at + self._max_line, "max_line", self._max_line),
            Limit(self._max_event, "max_event", self._max_event),
            Limit(self._max_stream - self._event_at, "max_stream", self._max_stream),
        )

    def _stop(self, reached: Limit, events: list[Event]) -> list[Event]:
        """Refuse the byte after a limit: now, or with the next call if that would lose events."""
        self._refuse(error := past(reached, self._event_at + reached.room))
        if not events:
            raise error
        return events

    def _refuse(self, error: HarnessError) -> None:
        """Answer every further call with `error`."""
        self._hold(b"".join(self._loose))
        self._loose.clear()
        self._refusal = error
        self._room, self._waiting = -1, ()


def _as_bytes(data: bytes | bytearray | memoryview) -> bytes:
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise UsageError(
        f"feed takes bytes, not {type(data).__name__}.",
        help="hand over the bytes as they came; the parser decodes them itself",
    )
