"""A summary of recordings, as a lawful monoid: three tables of counts under keys that say what was seen.

Merging adds the counts up, so that order and grouping cannot matter and the empty summary changes nothing. A
vocabulary that outgrows its cap becomes `TOO_MANY` and stays so, whatever is merged into it. What the keys mean is
the business of those who write them (`summarise`) and read them (`diff`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_K = TypeVar("_K")
Key: TypeAlias = tuple[str, ...]
Words: TypeAlias = dict[str, int] | None
"""In how many interactions each word was seen; None where there were too many words to keep."""

VERSION: Final = 2
MAX_WORDS: Final = 32
"""Words a vocabulary keeps. Closed sets of chat protocols have fewer than ten."""
TOO_MANY: Final = None
STEPS: Final = 16
"""Steps of a number's scale to each doubling: one step is 4.4 %."""
SAMPLED: Final = "answer"
"""Vocabularies of which there is one for each question ever asked; their keys are hashes, so any part is a fair one."""
MAX_SAMPLES: Final = 256
"""Of those, how many are kept: the ones that sort first. What a whole keeps is among what its parts keep."""
ZERO_STEP: Final = -100_000
"""The step of zero; numbers below zero are counted under their own key."""


class Summary(msgspec.Struct, frozen=True):
    """What a number of interactions had in common, and what they did not.

    `tallies`: interactions (or occurrences, by the key) that show a fact. `words`: vocabularies. `numbers`: in how
    many interactions a number fell on each step of a logarithmic scale.
    """

    tallies: dict[Key, int] = {}
    words: dict[Key, Words] = {}
    numbers: dict[Key, dict[int, int]] = {}

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
    return merge_all(summaries)


def merge_all(summaries: Iterable[Summary]) -> Summary:
    """All of them as one; each is looked at once, and none is kept."""
    fold = Fold()
    for summary in summaries:
        fold.add(summary)
    return fold.summary()


class Fold:
    """A summary that is being added up, from other summaries and from single interactions."""

    def __init__(self) -> None:
        self._tallies: dict[Key, int] = {}
        self._groups: dict[frozenset[Key], int] = {}
        """Sets of facts that many interactions show together: counted as one until there are many of them."""
        self._words: dict[Key, dict[str, int] | None] = {}
        self._numbers: dict[Key, dict[int, int]] = {}

    def add(self, part: Summary) -> None:
        """All that another summary has."""
        _add(self._tallies, part.tallies)
        for key, words in part.words.items():
            mine = self._words.setdefault(key, {})
            if words is None or mine is None:
                self._words[key] = TOO_MANY
            else:
                _add(mine, words)
                self._cap(key, mine)
        for place, steps in part.numbers.items():
            _add(self._numbers.setdefault(place, {}), steps)
        self._tidy(MAX_SAMPLES)

    def add_one(
        self,
        facts: Iterable[Key],
        groups: Iterable[frozenset[Key]],
        counts: Mapping[Key, int],
        words: Mapping[Key, Iterable[str]],
        numbers: Mapping[Key, Iterable[int]],
    ) -> None:
        """What one interaction shows: each fact, each word and each step once."""
        _count(self._tallies, facts)
        _count(self._groups, groups)
        _add(self._tallies, counts)
        for key, said in words.items():
            mine = self._words.setdefault(key, {})
            if mine is not None:
                _count(mine, said)
                self._cap(key, mine)
        for place, steps in numbers.items():
            _count(self._numbers.setdefault(place, {}), steps)
        self._tidy(MAX_SAMPLES)

    def summary(self) -> Summary:
        """What has been added up. The fold must not be used any more."""
        self._tidy(0)
        return Summary(self._tallies, self._words, self._numbers)

    def _cap(self, key: Key, words: dict[str, int]) -> None:
        if len(words) > MAX_WORDS:
            self._words[key] = TOO_MANY

    def _tidy(self, spare: int) -> None:
        """Keep within bounds; while more is to come, now and then is enough."""
        if len(self._groups) > spare:
            for group, count in self._groups.items():
                _add(self._tallies, dict.fromkeys(group, count))
            self._groups.clear()
        if len(self._words) > MAX_SAMPLES + spare:
            self._prune()

    def _prune(self) -> None:
        sampled = sorted(key for key in self._words if key[0] == SAMPLED)
        for key in sampled[MAX_SAMPLES:]:
            del self._words[key]


def _add(whole: dict[_K, int], part: Mapping[_K, int]) -> None:
    for key, count in part.items():
        whole[key] = whole.get(key, 0) + count


def _count(whole: dict[_K, int], seen: Iterable[_K]) -> None:
    for key in seen:
        whole[key] = whole.get(key, 0) + 1
