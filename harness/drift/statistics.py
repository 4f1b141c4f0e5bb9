"""The tests that drift needs, by scipy: the unit is always one stream, and one number is taken from each.

Presence by the beta-binomial predictive with Jeffreys' prior; sizes and times by Mann and Whitney's rank test for a
shift and Kolmogorov and Smirnov's for a tail, by Welch's on logarithms where streams are too few for ranks; many tests
at once by Benjamini and Hochberg's step-up procedure. scipy is imported when a test is made: it takes half a second,
and most commands make none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.01
"""The false discovery rate of one run."""
SUSPICIOUS = 0.1
"""A chance up to which a difference that does not stand is named all the same."""
MOST_NEEDED = 400
"""More recordings than this are not worth asking for."""
MOST = 2000
"""Streams taken from a side for a test; more would say nothing new."""
TAIL = 0.9
"""The quantile that stands for the slow ones."""
LEAST = 1e-3
"""What is smaller counts as this: nought has no logarithm."""
LEAST_SPREAD = 0.1
"""Standard deviation of logarithms below which few numbers that are alike are not believed to be that exact."""


def fewer(k: int, total: int, now: int, n: int) -> float:
    """How likely *now* or fewer of *n* are, after *k* of *total*."""
    from scipy.stats import betabinom

    return float(betabinom.cdf(now, n, k + 0.5, total - k + 0.5))


def more(k: int, total: int, now: int, n: int) -> float:
    """How likely *now* or more of *n* are, after *k* of *total*."""
    return fewer(total - k, total, n - now, n)


def needed(k: int, total: int, n: int, *, level: float = LEVEL) -> int | None:
    """How many more streams without the fact would settle that it is gone; None where no sensible number would."""
    import numpy as np
    from scipy.stats import betabinom

    sizes = range(n, n + MOST_NEEDED)
    chances = np.asarray(betabinom.pmf(0, sizes, k + 0.5, total - k + 0.5))
    return next((extra for extra, chance in enumerate(chances) if chance < level), None)


def shifted(before: Sequence[float], now: Sequence[float]) -> float:
    """How likely such times or sizes are, if nothing had changed; 1.0 where there are too few to tell.

    So few that ranks cannot reach a tenth of `LEVEL` (five against five come to 0.008 at best) are compared by their
    logarithms, in which times and sizes are near to normal.
    """
    if min(len(before), len(now)) < 2:
        return 1.0
    if _least_of_ranks(len(before), len(now)) > LEVEL / 10:
        return _welch(*([math.log(max(value, LEAST)) for value in side] for side in (before, now)))
    from scipy.stats import ks_2samp, mannwhitneyu

    one, other = _thinned(before), _thinned(now)
    moved = float(mannwhitneyu(one, other).pvalue)
    return min(1.0, 2 * min(moved, float(ks_2samp(one, other).pvalue)))


def needed_for_ranks(n: int, m: int, *, level: float = LEVEL) -> int | None:
    """How many more streams beside *m* would let ranks against *n* be sure, if all of them lie apart as these do.

    None where no sensible number would: against a single one there is no being sure.
    """
    return next((more for more in range(MOST_NEEDED) if _least_of_ranks(n, m + more) < level / 10), None)


def discoveries(p_values: Sequence[float], *, level: float = LEVEL) -> list[bool]:
    """Which of these stand up to the false discovery rate *level*, in their order."""
    if not p_values:
        return []
    from scipy.stats import false_discovery_control

    return [bool(p <= level) for p in false_discovery_control(p_values)]


def median(values: Sequence[float]) -> float:
    """The middle of the values."""
    return quantile(values, 0.5)


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which that *share* of the values lies, between neighbours by their distance."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low, high = math.floor(at), math.ceil(at)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def _least_of_ranks(n: int, m: int) -> float:
    """The smallest p-value that a two-sided rank test can give, of those that are taken of *n* and of *m*."""
    n, m = min(n, MOST), min(m, MOST)
    return 2 / math.comb(n + m, n)


def _welch(before: Sequence[float], now: Sequence[float]) -> float:
    from scipy.stats import ttest_ind_from_stats

    one, other = ((math.fsum(side) / len(side), _spread(side), len(side)) for side in (before, now))
    return float(ttest_ind_from_stats(*one, *other, equal_var=False).pvalue)


def _spread(values: Sequence[float]) -> float:
    mean = math.fsum(values) / len(values)
    return max(math.sqrt(math.fsum((each - mean) ** 2 for each in values) / (len(values) - 1)), LEAST_SPREAD)


def _thinned(values: Sequence[float]) -> Sequence[float]:
    """At most `MOST` of them, evenly from the smallest to the largest."""
    if len(values) <= MOST:
        return values
    ordered = sorted(values)
    return [ordered[number * (len(ordered) - 1) // (MOST - 1)] for number in range(MOST)]
