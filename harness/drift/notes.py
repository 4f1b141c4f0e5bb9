"""What one interaction shows, while it is being looked at; at the end it becomes a summary.

A fact, a word and a number are noted once an interaction, however often they are seen in it; only what is counted on
purpose adds up.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from harness.drift.shape import STEPS, ZERO_STEP, Fold, Key, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_WORD = 64
"""Characters of a word that is worth keeping. What is longer is text."""


class Notes:
    """The facts of one interaction."""

    def __init__(self) -> None:
        self._facts: set[Key] = set()
        self._groups: list[frozenset[Key]] = []
        self._counts: dict[Key, int] = {}
        self._words: dict[Key, set[str]] = {}
        self._numbers: dict[Key, set[int]] = {}

    def note(self, *key: str) -> None:
        """This was seen."""
        self._facts.add(key)

    def note_all(self, keys: frozenset[Key]) -> None:
        """All of these were seen; nothing else may note one of them."""
        self._groups.append(keys)

    def forget(self, keys: frozenset[Key]) -> None:
        """None of these was seen."""
        self._facts -= keys

    def count_all(self, counts: Mapping[Key, int], times: int) -> None:
        """All of these were seen more, each as often as it says, so many times."""
        own = self._counts
        for key, count in counts.items():
            own[key] = own.get(key, 0) + count * times

    def word(self, word: str, *key: str) -> None:
        """This word stood there."""
        self._words.setdefault(key, set()).add(word[:MAX_WORD])

    def words(self, words: Iterable[str], *key: str) -> None:
        """These words stood there."""
        for word in words:
            self.word(word, *key)

    def number(self, value: float, *key: str) -> None:
        """This number stood there."""
        self._numbers.setdefault(key, set()).add(step_of(value))

    def numbers(self, values: Iterable[float], *key: str) -> None:
        """These numbers stood there."""
        for value in values:
            self.number(value, *key)

    def add_to(self, fold: Fold) -> None:
        """Add all of it to others, as what one interaction shows."""
        fold.add_one(self._facts, self._groups, self._counts, self._words, self._numbers)

    def summary(self) -> Summary:
        """All of it."""
        fold = Fold()
        self.add_to(fold)
        return fold.summary()


def step_of(value: float) -> int:
    """The step of a logarithmic scale that the size of *value* falls on; signs are not told apart."""
    return round(math.log2(abs(value)) * STEPS) if value and math.isfinite(value) else ZERO_STEP


def value_of(step: int) -> float:
    """The number in the middle of a step."""
    return 0.0 if step == ZERO_STEP else 2.0 ** min(step / STEPS, 1000.0)
