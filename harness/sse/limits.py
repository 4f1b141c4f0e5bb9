"""The named limits of a stream: their numbers, where these come from, and the error that names one. Counts nothing."""

from __future__ import annotations

import sys
from typing import NamedTuple

from harness.errors import LimitError, UsageError

MAX_LINE = 8 * 1024 * 1024
"""Bytes of one line, its end included: 16 times the 512 KiB at which aiohttp's own line reader gives up (3.14.5)."""

MAX_EVENT = 2 * MAX_LINE
"""Bytes of one event, all its lines and the blank one: room for two of the longest lines."""

MAX_STREAM = 8 * MAX_LINE
"""Bytes of a whole stream: an hour of 90 chat chunks a second, at the 206 bytes of the chunks we measure with."""

_MEANING = {"max_line": "one line", "max_event": "one event", "max_stream": "a whole stream"}


class Limit(NamedTuple):
    """A limit, and how many bytes the unfinished event may have before it bites."""

    room: int
    name: str
    value: int


def limit(name: str, value: int | None) -> int:
    """The number of bytes that an argument stands for; None is more than any stream has."""
    if value is None:
        return sys.maxsize
    if not isinstance(value, int) or value < 1:
        raise UsageError(f"{name} is a number of bytes, 1 or more, or None.", found=repr(value))
    return value


def past(limit: Limit, at: int, *, parser: str = "SSEParser") -> LimitError:
    """The error for the byte at offset `at` of the stream, which is one too many; *parser* is who counted."""
    return LimitError(
        f"The stream went past {limit.name}.",
        limit=limit.name,
        at_most=limit.value,
        where=f"byte {at} of the stream",
        expected=f"{_MEANING[limit.name]} of at most {limit.value} bytes",
        help=f"{parser}({limit.name}=...) sets another limit, None sets none",
    )
