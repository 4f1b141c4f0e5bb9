"""The pieces of a body as one line of text and back: `12.4/210 31.0/96`, one word a piece, milliseconds /
bytes.

One scalar, because ten thousand pieces as YAML lists load twelve times slower. Pure; errors are `ValueError`s
without content.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_FRAMES = 1_000_000
"""Pieces one recording may have. A body of the largest size arrives in some 50,000 reads of 1,400 bytes."""

# Word by word: Python before 3.11.5 takes what it should not by one possessive pattern for the line (gh-106052).
_WORD = re.compile(r"[0-9]{1,310}(?:\.[0-9]{1,330})?(?:e[+-]?[0-9]{1,3})?/[0-9]{1,15}")


class Frame(msgspec.Struct, frozen=True, gc=False):
    """One piece as the recording client read it: *at_ms* milliseconds after the request was sent, *size*
    bytes of the body.
    """

    at_ms: float
    size: int


def to_text(frames: Iterable[Frame]) -> str:
    """One word a piece. Raises ValueError for a time or a size that the text could not carry."""
    words = [f"{float(frame.at_ms)!r}/{frame.size}" for frame in frames]
    if len(words) > MAX_FRAMES:
        raise ValueError(f"more than {MAX_FRAMES} pieces")
    line = " ".join(words)
    from_text(line)
    return line


def from_text(line: str) -> tuple[Frame, ...]:
    """The pieces of such a line. Raises ValueError, naming the first word that is not `ms/bytes`."""
    if line.count("/") > MAX_FRAMES:
        raise ValueError(f"more than {MAX_FRAMES} pieces")
    if None in map(_WORD.fullmatch, words := line.split()):
        raise _wrong(next(word for word in words if _WORD.fullmatch(word) is None))
    numbers = line.replace("/", " ").split()
    times = list(map(float, numbers[::2]))
    if math.inf in times:
        raise _wrong(words[times.index(math.inf)])
    return tuple(map(Frame, times, map(int, numbers[1::2])))


def _wrong(word: str) -> ValueError:
    return ValueError(f"{word[:40]!r} is not milliseconds/bytes")
