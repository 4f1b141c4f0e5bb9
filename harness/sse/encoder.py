"""Events to bytes: the mirror of the parser. `parse(encode(events)) == events` for every event that a stream can carry.

What no stream can carry is refused by name and never repaired: a repair would be another event on the other side.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from harness.errors import UsageError

from .fields import RETRY_DIGITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .events import Event


class _Rule(NamedTuple):
    """What a value cannot hold (an empty match: it cannot be empty), and what it may be instead."""

    illegal: re.Pattern[str]
    expected: str


_SURROGATES = "\ud800-\udfff"
"""No UTF-8 stands for a lone surrogate (9.2.5: "always encoded as UTF-8")."""

_RULES = {
    "data": _Rule(re.compile(f"[\r{_SURROGATES}]"), "text without CR; an LF starts a new data line"),
    "event": _Rule(re.compile(rf"\A\Z|[\r\n{_SURROGATES}]"), "text of one line, not empty"),
    "id": _Rule(
        re.compile(f"[\r\n\0{_SURROGATES}]"), "text of one line without U+0000, for which an id is ignored"
    ),
    "text": _Rule(re.compile(f"[\r{_SURROGATES}]"), "text without CR; an LF starts a new comment line"),
}


def encode(events: Iterable[Event], *, last_event_id: str = "") -> bytes:
    """The bytes of a stream that dispatches `events`, its lines ended by LF.

    An event's `id` is the stream's last event ID, so an `id` line is written where it changes and nowhere else;
    `last_event_id` is the one that the stream starts with, as for `SSEParser`. An event that no stream can carry is a
    UsageError, which names its index.
    """
    blocks: list[bytes] = []
    for index, event in enumerate(events):
        blocks.append(_block(event, last_event_id, f"events[{index}]"))
        last_event_id = event.id
    return b"".join(blocks)


def encode_event(event: Event, *, last_event_id: str = "") -> bytes:
    """The block of one event, for a stream whose last event ID is `last_event_id`."""
    return _block(event, last_event_id, "event")


def encode_comment(text: str) -> bytes:
    """A block of comment lines and nothing else, which dispatches nothing: it keeps an idle connection open (9.2.7)."""
    _refuse_illegal("text", text, "text")
    return f"{_lines(': ', text)}\n".encode()


def _block(event: Event, last_event_id: str, where: str) -> bytes:
    for field in ("data", "event", "id"):
        _refuse_illegal(field, getattr(event, field), f"{where}.{field}")
    kind = "" if event.event == "message" else f"event: {event.event}\n"
    new_id = "" if event.id == last_event_id else f"id: {event.id}\n"
    retry = "" if event.retry is None else f"retry: {_digits(event.retry, f'{where}.retry')}\n"
    return f"{kind}{new_id}{retry}{_lines('data: ', event.data)}\n".encode()


def _lines(start: str, text: str) -> str:
    return start + text.replace("\n", f"\n{start}") + "\n"


def _digits(retry: int, where: str) -> str:
    if isinstance(retry, int) and not isinstance(retry, bool) and 0 <= retry < 10**RETRY_DIGITS:
        return str(retry)
    raise UsageError(
        "A stream cannot carry this reconnection time.",
        where=where,
        expected=f"milliseconds as an integer of at most {RETRY_DIGITS} digits, 0 or more",
    )


def _refuse_illegal(field: str, value: object, where: str) -> None:
    rule = _RULES[field]
    if not isinstance(value, str):
        found = type(value).__name__
    elif match := rule.illegal.search(value):
        found = f"U+{ord(match[0]):04X} at offset {match.start()}" if match[0] else "nothing"
    else:
        return
    raise UsageError(f"A stream cannot carry this {field}.", where=where, expected=rule.expected, found=found)
