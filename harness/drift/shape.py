"""A summary of recordings, as a lawful monoid: three tables of counts under keys that say what was seen.

Merging adds the counts up, so that order and grouping cannot matter and the empty summary changes nothing. A
vocabulary that outgrows its cap becomes `TOO_MANY` and stays so, whatever is merged into it. What the keys mean is
the business of those who write them (`summarise`) and read them (`diff`).
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_K = TypeVar("_K")
Key: TypeAlias = tuple[str, ...]
Words: TypeAlias = dict[str, int] | None
"""In how many interactions each word was seen; None where there were too many words to keep."""

VERSION: Final = 1
MAX_WORDS: Final = 32
"""Words a vocabulary keeps. Closed sets of chat protocols have fewer than ten."""
TOO_MANY: Final = None
STEPS: Final = 16
"""Steps of a number's scale to each doubling: one step is 4.4 %."""
ZERO_STEP: Final = -100_000
"""The step of zero; numbers below zero are counted under their own key."""


class Summary(msgspec.Struct, frozen=True):
    """What a number of interactions had in common, and what they did not.

    `tallies`: interactions (or occurrences, by the key) that show a fact. `words`: vocabularies. `numbers`: how
    often a number fell on each step of a logarithmic scale.
    """

    tallies: dict[Key, int] = {}
    words: dict[Key, Words] = {}
    numbers: dict[Key, dict[int, int]] = {}
    version: int = VERSION

    def count(self, *key: str) -> int:
        """The tally under this key; 0 where there is none."""
        return self.tallies.get(key, 0)

    def vocabulary(self, *key: str) -> Words:
        """The words under this key."""
        return self.words.get(key, {})

    def scale(self, *key: str) -> dict[int, int]:
        """The steps under this key."""
        return self.numbers.get(key, {})


EMPTY = Summary()
"""Nothing was seen: the neutral element."""


def merge(*summaries: Summary) -> Summary:
    """All of them as one."""
    return reduce(_merge_two, summaries, EMPTY)


def _merge_two(one: Summary, other: Summary) -> Summary:
    return Summary(
        tallies=_added(one.tallies, other.tallies),
        words=_joined(one.words, other.words),
        numbers={
            key: _added(one.numbers.get(key, {}), other.numbers.get(key, {}))
            for key in one.numbers.keys() | other.numbers.keys()
        },
    )


def vocabulary(counts: Mapping[str, int]) -> Words:
    """The words as a vocabulary keeps them."""
    return dict(counts) if len(counts) <= MAX_WORDS else TOO_MANY


def _joined(one: dict[Key, Words], other: dict[Key, Words]) -> dict[Key, Words]:
    joined = {**one, **other}
    for key in one.keys() & other.keys():
        left, right = one[key], other[key]
        joined[key] = TOO_MANY if left is None or right is None else vocabulary(_added(left, right))
    return joined


def _added(one: Mapping[_K, int], other: Mapping[_K, int]) -> dict[_K, int]:
    return dict(Counter(one) + Counter(other))
