"""The fast path: blocks of one `data: ` line each become events without a look at single lines.

Nearly every chat stream is made of nothing else. Whatever is not exactly that is left to `fields.interpret`, and a law
(`tests/laws/test_sse_laws.py`) holds the two together: the same bytes give the same events, or none here.
"""

from __future__ import annotations

from itertools import repeat

from .events import Event
from .lines import CR, LF

_FIELD = b"data: "
_VALUE_AT = len(_FIELD)
_MESSAGE = repeat("message")


def plain_events(data: bytes, end: int, last_event_id: str) -> list[Event]:
    """The events of `data[:end]`, one or more whole blocks, if each is one `data: ` line; [] if any is something else.

    The end is an offset, and not a slice, because every copy of the bytes costs a tenth of the whole parse.
    """
    if not data.startswith(_FIELD):
        return []
    body = data[_VALUE_AT : end - 2]
    if LF not in body and CR not in body:
        return [Event(body.decode("utf-8", "replace"), "message", last_event_id)]
    if CR not in body:
        return _split(body, b"\n", last_event_id)
    if data[end - 4 : end] == b"\r\n\r\n":
        return _split(body[:-2], b"\r\n", last_event_id)
    return []


def _split(body: bytes, line_end: bytes, last_event_id: str) -> list[Event]:
    """Split at the blank lines; then every line end of `body` must have been part of one, two in each."""
    texts = _texts(body, line_end + line_end + _FIELD)
    within = 2 * len(texts) - 2
    if body.count(b"\n") != within or (len(line_end) > 1 and body.count(b"\r") != within):
        return []
    return list(map(Event, texts, _MESSAGE, repeat(last_event_id)))


def _texts(body: bytes, separator: bytes) -> list[str]:
    """Decode ASCII as a whole and other text piece by piece: one emoji would make all of it four bytes a character."""
    if body.isascii():
        return body.decode("ascii").split(separator.decode("ascii"))
    return [text.decode("utf-8", "replace") for text in body.split(separator)]
