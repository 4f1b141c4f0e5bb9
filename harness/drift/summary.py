"""What is known of many exchanges: counts that add up. A lawful monoid, and nothing of chats.

Everything is counted in exchanges: an exchange is the unit of sampling. `merge` is associative and commutative, and
an empty summary is neutral, because each part is a sum, or a union with a cap that absorbs: a vocabulary past its cap
is open for good. The size is bounded by the kinds of things that were seen, not by how often.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import msgspec

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

VERSION = 1
"""Of the written form."""

Fact: TypeAlias = tuple[str, ...]
"""What was seen, general words first: `("type", "text", "$.choices", "array")`."""

Key = TypeVar("Key")

MAX_WORDS = 24
"""Values a vocabulary may hold; with more it is open. The closed ones of the known APIs have fewer than ten."""

MAX_MARKS = 64
"""Smallest hashes kept of values that should be unique; a collision by chance needs 2**32 of them."""

STEPS = 8
"""Bins to a doubling: a bin is 9 % wide, far below any effect that is told."""


class Summary(msgspec.Struct, frozen=True):
    """Counts of exchanges by what was seen in them."""

    facts: dict[Fact, int] = {}
    words: dict[Fact, dict[str, int] | None] = {}
    """A vocabulary each; None where it has more words than can be a closed one."""
    sizes: dict[Fact, dict[int, int]] = {}
    """Numbers, one an exchange, in logarithmic bins."""
    marks: dict[Fact, dict[str, int]] = {}
    """Hashes of values, the smallest ones, with how many exchanges had them."""

    def count(self, *fact: str) -> int:
        """In how many exchanges this was seen."""
        return self.facts.get(fact, 0)

    def vocabulary(self, *place: str) -> dict[str, int] | None:
        """The words seen at a place, with counts; None where it is open; nothing where none was seen."""
        return self.words.get(place, {})

    def values(self, *place: str) -> list[float]:
        """The numbers seen at a place, sorted, each as exact as its bin."""
        return [
            math.exp2(bin_ / STEPS)
            for bin_, count in sorted(self.sizes.get(place, {}).items())
            for _ in range(count)
        ]


class Notes:
    """What is seen in one exchange. Saying a thing twice is saying it once."""

    def __init__(self) -> None:
        self._facts: set[Fact] = set()
        self._words: dict[Fact, set[str]] = {}
        self._sizes: dict[Fact, dict[int, int]] = {}
        self._marks: dict[Fact, set[str]] = {}

    def saw(self, *fact: str) -> None:
        """This was there."""
        self._facts.add(fact)

    def saw_all(self, facts: Iterable[Fact]) -> None:
        """All of these were there."""
        self._facts.update(facts)

    def word(self, value: str, *place: str) -> None:
        """One more word of the vocabulary of a place."""
        self._words.setdefault(place, set()).add(value)

    def size(self, value: float, *place: str) -> None:
        """The one number that this exchange has for a place; numbers below 0.01 count as 0.01."""
        self._sizes[place] = {round(math.log2(max(value, 0.01)) * STEPS): 1}

    def mark(self, value: str, *place: str) -> None:
        """A value that should be this exchange's own."""
        self._marks.setdefault(place, set()).add(
            hashlib.sha256(value.encode(errors="replace")).hexdigest()[:16]
        )

    def summary(self) -> Summary:
        """What one exchange adds to a summary."""
        return Summary(
            dict.fromkeys(self._facts, 1),
            {place: _capped(dict.fromkeys(words, 1)) for place, words in self._words.items()},
            self._sizes,
            {place: _smallest(dict.fromkeys(marks, 1)) for place, marks in self._marks.items()},
        )


def merge(summaries: Iterable[Summary]) -> Summary:
    """All of them as one. The order and the grouping do not matter."""
    total = Summary({}, {}, {}, {})
    for summary in summaries:
        _add(total.facts, summary.facts)
        for place, words in summary.words.items():
            total.words[place] = _joined(total.words.get(place, {}), words)
        for place, bins in summary.sizes.items():
            _add(total.sizes.setdefault(place, {}), bins)
        for place, marks in summary.marks.items():
            total.marks[place] = _smallest(_sum(total.marks.get(place, {}), marks))
    return total


def to_document(summary: Summary) -> dict[str, object]:
    """Plain values for JSON, in a settled order."""
    return {
        "version": VERSION,
        "facts": sorted([*fact, count] for fact, count in summary.facts.items()),
        "words": _rows(summary.words),
        "sizes": _rows(summary.sizes),
        "marks": _rows(summary.marks),
    }


def from_document(document: object) -> Summary:
    """The summary again. Raises UsageError for what is none, or one of another version."""
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise UsageError(
            "This is no summary of recordings", expected=f"version {VERSION}", help="make it again"
        )
    try:
        written = msgspec.convert(document, _Written, strict=False)
        facts = {tuple(map(str, fact)): _int(count) for *fact, count in written.facts}
    except (msgspec.ValidationError, ValueError) as why:
        raise UsageError(f"This is no summary of recordings: {why}", help="make it again") from None
    return Summary(facts, dict(written.words), dict(written.sizes), dict(written.marks))


class _Written(msgspec.Struct):
    """The written form."""

    facts: list[list[str | int]]
    words: list[tuple[Fact, dict[str, int] | None]]
    sizes: list[tuple[Fact, dict[int, int]]]
    marks: list[tuple[Fact, dict[str, int]]]


def _int(value: str | int) -> int:
    if isinstance(value, int):
        return value
    raise ValueError("a count is no number")


def _rows(table: Mapping[Fact, Mapping[Any, int] | None]) -> list[object]:
    return [
        [list(place), None if counts is None else {str(key): counts[key] for key in sorted(counts)}]
        for place, counts in sorted(table.items())
    ]


def _add(total: dict[Key, int], more: Mapping[Key, int]) -> None:
    for key, count in more.items():
        total[key] = total.get(key, 0) + count


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return dict(Counter(one) + Counter(other))


def _joined(one: dict[str, int] | None, other: dict[str, int] | None) -> dict[str, int] | None:
    return None if one is None or other is None else _capped(_sum(one, other))


def _capped(words: dict[str, int]) -> dict[str, int] | None:
    return words if len(words) <= MAX_WORDS else None


def _smallest(marks: dict[str, int]) -> dict[str, int]:
    return marks if len(marks) <= MAX_MARKS else {mark: marks[mark] for mark in sorted(marks)[:MAX_MARKS]}
