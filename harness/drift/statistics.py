"""How sure we are that two samples of exchanges differ. Numbers in, probabilities out; pure.

The exchange is the unit. Rates go by the beta-binomial predictive with Jeffreys' prior: how likely is it to see so few
of so many new ones, after what the old ones showed? Numbers of one an exchange go by Mann-Whitney for a shift and
Kolmogorov-Smirnov for a tail, and only when the effect is large enough to matter.
"""

from __future__ import annotations

import math
from statistics import fmean, stdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ALPHA = 0.01
"""The rate of false discoveries that a run may have (Benjamini-Hochberg)."""
EFFECT = 1.5
"""Ratio below which a difference in times is nobody's concern, however sure."""
TAIL = 0.9
"""The quantile whose ratio counts for a tail."""
FLOOR = ALPHA / 10
"""With so few exchanges that ranks alone cannot reach this, the numbers themselves are compared."""
MOST = 2000
"""Exchanges taken from a side for a test; more would say nothing new."""
PATIENCE = 400
"""More recordings than this are not worth asking for."""


def chance_of_at_most(seen: int, of: int, before: int, of_before: int) -> float:
    """How likely *seen* or fewer of *of* new exchanges are, when *before* of *of_before* old ones had it."""
    return min(1.0, sum(_predictive(count, of, before, of_before) for count in range(seen + 1)))


def chance_of_at_least(seen: int, of: int, before: int, of_before: int) -> float:
    """How likely *seen* or more of *of* new exchanges are, when *before* of *of_before* old ones had it."""
    return chance_of_at_most(of - seen, of, of_before - before, of_before)


def needed_to_miss(before: int, of_before: int, of: int) -> int | None:
    """How many more exchanges without it would settle that it is gone; None where that is out of reach."""
    for more in range(PATIENCE):
        if chance_of_at_most(0, of + more, before, of_before) < ALPHA:
            return more
    return None


def shift(old: Sequence[float], new: Sequence[float]) -> float:
    """How many times larger the median is now."""
    return _quantile(new, 0.5) / max(_quantile(old, 0.5), 1e-9)


def tail_shift(old: Sequence[float], new: Sequence[float]) -> float:
    """How many times larger the slow ones are now."""
    return _quantile(new, TAIL) / max(_quantile(old, TAIL), 1e-9)


def chance_of_shift(old: Sequence[float], new: Sequence[float]) -> float:
    """How likely numbers so different are, if nothing had changed; 1.0 where there are too few to tell.

    So few that ranks have no say (five against five reach 0.008 at best) are compared by Welch's test on their
    logarithms, in which times and sizes are near to normal.
    """
    if min(len(old), len(new)) < 2:
        return 1.0
    if 4 / math.comb(min(len(old) + len(new), 60), min(len(old), len(new), 30)) > FLOOR:
        return _welch([math.log(value) for value in old], [math.log(value) for value in new])
    from scipy.stats import ks_2samp, mannwhitneyu  # a second of start-up, for the few runs that need it

    one, other = _thinned(old), _thinned(new)
    moved = float(mannwhitneyu(one, other, alternative="two-sided").pvalue)
    spread = float(ks_2samp(one, other).pvalue)
    return min(1.0, 2 * min(moved, spread))


def discoveries(chances: Sequence[float], alpha: float = ALPHA) -> set[int]:
    """Which of these tests stand when all are looked at together: Benjamini and Hochberg's step-up."""
    ranked = sorted(range(len(chances)), key=chances.__getitem__)
    last = max(
        (rank for rank, number in enumerate(ranked, 1) if chances[number] <= alpha * rank / len(chances)),
        default=0,
    )
    return set(ranked[:last])


def _predictive(seen: int, of: int, before: int, of_before: int) -> float:
    """P(X = seen) of the beta-binomial, its prior Beta(1/2, 1/2)."""
    with_it, without = before + 0.5, of_before - before + 0.5
    choose = math.lgamma(of + 1) - math.lgamma(seen + 1) - math.lgamma(of - seen + 1)
    return math.exp(choose + _log_beta(seen + with_it, of - seen + without) - _log_beta(with_it, without))


def _log_beta(one: float, other: float) -> float:
    return math.lgamma(one) + math.lgamma(other) - math.lgamma(one + other)


def _welch(old: Sequence[float], new: Sequence[float]) -> float:
    noise = [max(stdev(values), 0.1) ** 2 / len(values) for values in (old, new)]
    if not sum(noise):
        return 1.0
    from scipy.stats import t

    degrees = sum(noise) ** 2 / sum(n**2 / (len(v) - 1) for n, v in zip(noise, (old, new), strict=True))
    return float(2 * t.sf(abs(fmean(new) - fmean(old)) / math.sqrt(sum(noise)), degrees))


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _thinned(values: Sequence[float]) -> Sequence[float]:
    """At most MOST of them, evenly from the smallest to the largest."""
    if len(values) <= MOST:
        return values
    ordered = sorted(values)
    return [ordered[number * (len(ordered) - 1) // (MOST - 1)] for number in range(MOST)]
