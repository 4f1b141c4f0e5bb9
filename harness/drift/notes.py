"""What one interaction shows, while it is being looked at; at the end it becomes a summary.

A fact is noted once an interaction, however often it is seen in it, unless it is counted on purpose.
"""

from __future__ import annotations

import math
from collections import Counter

from harness.drift.shape import STEPS, ZERO_STEP, Key, Summary, vocabulary

MAX_WORD = 64
"""Characters of a word that is worth keeping. What is longer is text."""


class Notes:
    """The facts of one interaction."""

    def __init__(self) -> None:
        self._facts: set[Key] = set()
        self.counts: Counter[Key] = Counter()
        self._words: dict[Key, set[str]] = {}
        self._numbers: dict[Key, Counter[int]] = {}

    def note(self, *key: str) -> None:
        """This was seen."""
        self._facts.add(key)

    def noted(self, *key: str) -> bool:
        """Whether it was."""
        return key in self._facts

    def count(self, *key: str) -> None:
        """This was seen once more."""
        self.counts[key] += 1

    def word(self, word: str, *key: str) -> None:
        """This word stood there."""
        self._words.setdefault(key, set()).add(word[:MAX_WORD])

    def number(self, value: float, *key: str) -> None:
        """This number stood there."""
        self._numbers.setdefault(key, Counter())[step_of(value)] += 1

    def summary(self) -> Summary:
        """All of it."""
        return Summary(
            tallies={**dict.fromkeys(self._facts, 1), **self.counts},
            words={key: vocabulary(dict.fromkeys(words, 1)) for key, words in self._words.items()},
            numbers={key: dict(steps) for key, steps in self._numbers.items()},
        )


def step_of(value: float) -> int:
    """The step of a logarithmic scale that the size of *value* falls on; signs are not told apart."""
    return round(math.log2(abs(value)) * STEPS) if value and math.isfinite(value) else ZERO_STEP


def value_of(step: int) -> float:
    """The number in the middle of a step."""
    return 0.0 if step == ZERO_STEP else 2.0 ** min(step / STEPS, 1000.0)
