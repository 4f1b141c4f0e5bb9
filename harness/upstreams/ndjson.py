"""Bytes to lines of JSON, in whatever pieces they come: newline-delimited JSON, where each line is one event.

The twin of `harness.sse.parser` for upstreams that frame with line ends alone. It holds the raw bytes of the
unfinished line and nothing else of the stream, and a line is decoded whole, so the cuts between the pieces cannot
matter. Work is linear in the bytes; memory is bounded by the limits.
"""

from __future__ import annotations

from harness.errors import HarnessError, LimitError, UsageError
from harness.sse import Event
from harness.sse.limits import MAX_LINE, MAX_STREAM, Limit, limit, past
from harness.sse.lines import BOM
from harness.upstreams.jsontext import parse_json

MEDIA_TYPE = "application/x-ndjson"
"""What a body of this form calls itself (https://github.com/ndjson/ndjson-spec)."""

_BLANK = b" \t\r"
"""White space of JSON (RFC 8259, 2) but for the line end: a line of nothing else is blank."""


class NDJSONParser:
    """An incremental parser of one stream of lines. A line ends with LF, and a CR before it is no part of it.

    Blank lines are skipped. The last line may lack its end: `close` gives it if it is a whole JSON object, for no
    beginning of an object is one. Limits count bytes, and None is no limit; input that goes past one raises a
    LimitError, from this feed when it completed no event, otherwise from the next call. After an error, and after
    `close`, the parser takes nothing more.
    """

    def __init__(self, *, max_line: int | None = MAX_LINE, max_stream: int | None = MAX_STREAM) -> None:
        self._max_line = limit("max_line", max_line)
        self._max_stream = limit("max_stream", max_stream)
        self._held = bytearray()
        self._line_at = 0
        self._refusal: HarnessError | None = None

    @property
    def pending(self) -> bytes:
        """The raw bytes of the unfinished last line; if any are left at the end, the stream ended inside an event."""
        return b"" if _is_blank(self._held) else bytes(self._held)

    def feed(self, data: bytes | bytearray | memoryview) -> list[Event]:
        """Take the next bytes of the stream and return the events of the lines that they complete.

        Raises LimitError as told above, and UsageError for what is no bytes and after `close`.
        """
        rest = _as_bytes(data)
        if self._refusal is not None:
            raise self._refusal
        events: list[Event] = []
        start = 0
        while start < len(rest):
            nearest = self._nearest_limit()
            room = nearest.room - len(self._held)
            if room <= 0:
                return self._stop(nearest, events)
            end = rest.find(b"\n", start, start + room) + 1
            piece = rest[start : end or start + room]
            start += len(piece)
            self._held += piece
            if end:
                events += self._finish_line()
        return events

    def close(self) -> list[Event]:
        """The stream has ended. Gives the last line, where only its end is missing."""
        if isinstance(self._refusal, LimitError):
            raise self._refusal
        self._refusal = UsageError("The parser is closed.", help="make a new NDJSONParser for each stream")
        return self._finish_line() if _is_object(self._without_bom(self._held)) else []

    def _finish_line(self) -> list[Event]:
        line = self._without_bom(self._held)
        self._line_at += len(self._held)
        self._held.clear()
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        return [] if _is_blank(text) else [Event(text.decode("utf-8", "replace"))]

    def _without_bom(self, line: bytearray) -> bytes:
        """A reader may pass over the mark that a text starts with (RFC 8259, 8.1)."""
        return bytes(line) if self._line_at else bytes(line).removeprefix(BOM)

    def _nearest_limit(self) -> Limit:
        return min(
            Limit(self._max_line, "max_line", self._max_line),
            Limit(self._max_stream - self._line_at, "max_stream", self._max_stream),
        )

    def _stop(self, reached: Limit, events: list[Event]) -> list[Event]:
        """Refuse the byte after a limit: now, or with the next call if that would lose events."""
        self._refusal = past(reached, self._line_at + reached.room, parser="NDJSONParser")
        if not events:
            raise self._refusal
        return events


def split_ndjson(data: bytes) -> list[bytes]:
    """Cut the bytes of a whole stream after each line that is an event; joined, the pieces are `data` again."""
    pieces: list[bytes] = []
    blank = b""
    for line in _lines(data):
        if _is_blank(line.removesuffix(b"\n")):
            blank += line
            continue
        pieces.append(blank + line)
        blank = b""
    return [*pieces, blank] if blank else pieces


def _lines(data: bytes) -> list[bytes]:
    """Lines that end with LF alone; a CR within a line is no end of it."""
    *ended, rest = data.split(b"\n")
    return [*(line + b"\n" for line in ended), rest]


def _is_blank(line: bytes | bytearray) -> bool:
    return not line.strip(_BLANK)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(parse_json(line), dict)
    except ValueError:
        return False


def _as_bytes(data: bytes | bytearray | memoryview) -> bytes:
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise UsageError(
        f"feed takes bytes, not {type(data).__name__}.",
        help="hand over the bytes as they came; the parser decodes them itself",
    )
