"""Whole lines to events: fields and dispatch, to the letter of WHATWG HTML 9.2.6. Keeps nothing from call to call."""

from __future__ import annotations

from typing import NamedTuple

from .events import Event
from .lines import split_lines

FIELDS = frozenset(("data", "event", "id", "retry"))
"""Compared literally, without case folding (9.2.6, "process the field")."""

RETRY_DIGITS = 640
"""A longer reconnection time is ignored. Python promises to read that many digits under every setting
(`sys.int_info.str_digits_check_threshold`), and the work for more is quadratic."""


class Interpreted(NamedTuple):
    """What lines came to: the events, and the two values that the stream keeps."""

    events: list[Event]
    last_event_id: str
    retry: int | None


def interpret(lines: bytes, last_event_id: str, retry: int | None) -> Interpreted:
    """Process whole lines in order, starting at the start of a block.

    One loop and local names, where methods would read as well: a call a line would cost as much as the line.
    """
    events: list[Event] = []
    data: list[str] = []
    event, event_retry = "", None
    for line in split_lines(lines):
        if not line:
            if data:  # "If the data buffer is an empty string": `data:` alone has made it one LF
                events.append(Event("\n".join(data), event or "message", last_event_id, event_retry))
                data = []
            event, event_retry = "", None
            continue
        field, _, value = line.partition(": ")
        if field not in FIELDS:  # no space after the colon, no colon, a comment, an unknown name
            field, _, value = line.partition(":")
        if field == "data":
            data.append(value)
        elif field == "event":
            event = value
        elif field == "id":
            last_event_id = last_event_id if "\0" in value else value
        elif field == "retry" and (milliseconds := reconnection_time(value)) is not None:
            retry = event_retry = milliseconds
    return Interpreted(events, last_event_id, retry)


def reconnection_time(value: str) -> int | None:
    """The integer that `value` writes in ASCII digits and nothing else, base ten; None when it does not."""
    if not (value.isascii() and value.isdigit()):
        return None
    digits = value.lstrip("0") or "0"
    return int(digits) if len(digits) <= RETRY_DIGITS else None
