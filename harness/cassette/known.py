"""Values that are known to be secret, in every spelling in which they could turn up again. Pure.

A value seen in an Authorization header may come back in a chunk as it is, percent-encoded, in base64 or hex,
escaped as JSON.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

from harness.cassette.shapes import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

MIN_LENGTH = 8
"""Shorter values are words that occur in any text; where they stand in a credential's place they are removed
there.
"""


_WORD = re.compile(r"[a-z]{1,15}|[0-9]{1,11}|/.*|[A-Za-z]:\\.*", re.DOTALL)
"""A plain word, a small number or a path: it stands in any innocent text (POSTGRES_PASSWORD=postgres)."""


def is_telling(value: str) -> bool:
    """Whether a value can be looked for everywhere without hitting innocent text."""
    return len(value) >= MIN_LENGTH and not _WORD.fullmatch(value)


class Known:
    """One spelling of a value, as text in which a character is a byte (latin-1)."""

    kind = "known-value"

    def __init__(self, text: str) -> None:
        self.anchor = text

    def find(self, text: str, start: int) -> Iterator[Found]:
        """Every place where the value stands."""
        at = text.find(self.anchor, start)
        while at >= 0:
            yield Found(self.kind, at, at + len(self.anchor))
            at = text.find(self.anchor, at + 1)


def spellings(value: str) -> tuple[str, ...]:
    """Every spelling of *value* that is long enough to be told from words, the longest first."""
    found = {spelling for spelling in _spellings(value) if len(spelling) >= MIN_LENGTH}
    return tuple(sorted(found, key=lambda spelling: (-len(spelling), spelling)))


def _spellings(value: str) -> Iterator[str]:
    data = value.encode(errors="surrogateescape")
    yield data.decode("latin-1")
    if len(value) < MIN_LENGTH:
        return
    for text in (
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
        quote(data, ""),
        quote_plus(data),
    ):
        yield text.encode(errors="surrogateescape").decode("latin-1")
    yield from (data.hex(), data.hex().upper())
    yield from (text for offset in range(3) for text in _base64(data, offset))


def _base64(data: bytes, offset: int) -> Iterator[str]:
    """The characters that are the value's own when it stands *offset* bytes into a group of three; both
    alphabets.
    """
    text = b64encode(b"\0" * offset + data).decode().rstrip("=")
    whole = 4 * ((offset + len(data)) // 3)
    core = text[(0, 2, 3)[offset] : whole + (0, 1, 2)[(offset + len(data)) % 3]]
    yield from (core, core.replace("+", "-").replace("/", "_"))
