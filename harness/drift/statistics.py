"""The three tests that drift needs, exact where it matters and without a library: the unit is always one stream.

Presence by the beta-binomial predictive with Jeffreys' prior; sizes and times by Mann and Whitney's rank test;
many tests at once by Benjamini and Hochberg's step-up procedure.
"""

from __future__ import annotations

import math
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LEVEL = 0.01
"""The false discovery rate of one run."""
EXACT = 400
"""Up to this product of the two sizes the rank test is exact; above it the normal approximation serves."""
MOST_NEEDED = 400


def fewer(k: int, total: int, now: int, n: int) -> float:
    """How likely *now* or fewer of *n* are, after *k* of *total*."""
    return min(1.0, math.fsum(_predictive(x, n, k, total) for x in range(now + 1)))


def more(k: int, total: int, now: int, n: int) -> float:
    """How likely *now* or more of *n* are, after *k* of *total*."""
    return fewer(total - k, total, n - now, n)


def needed(k: int, total: int, n: int, *, level: float = LEVEL) -> int | None:
    """How many more streams without the fact would settle that it is gone; None where no sensible number would."""
    for size in range(n, n + MOST_NEEDED):
        if fewer(k, total, 0, size) < level:
            return size - n
    return None


def rank_test(before: Mapping[int, int], now: Mapping[int, int]) -> float:
    """Mann-Whitney, two-sided, over values with their counts."""
    n, m = sum(before.values()), sum(now.values())
    if not n or not m:
        return 1.0
    u = _u(before, now)
    return (
        _exact(n, m, min(u, n * m - u))
        if n * m <= EXACT
        else _normal(u, n, m, Counter(before) + Counter(now))
    )


def median(steps: Mapping[int, int]) -> float:
    """The middle of values with their counts."""
    values = sorted(Counter(steps).elements())
    half = len(values) // 2
    return float(values[half]) if len(values) % 2 else (values[half - 1] + values[half]) / 2


def discoveries(p_values: Sequence[float], *, level: float = LEVEL) -> list[bool]:
    """Which of these stand up to the false discovery rate *level*, in their order."""
    ranked = sorted(p_values)
    passing = [p for place, p in enumerate(ranked, 1) if p <= level * place / len(ranked)]
    bound = max(passing, default=-1.0)
    return [p <= bound for p in p_values]


def _predictive(x: int, n: int, k: int, total: int) -> float:
    """The chance of exactly *x* of *n*, where the share is spread as Beta(k + 1/2, total - k + 1/2)."""
    a, b = k + 0.5, total - k + 0.5
    choose = math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1)
    return math.exp(choose + _log_beta(x + a, n - x + b) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _u(before: Mapping[int, int], now: Mapping[int, int]) -> float:
    """Pairs in which the value of now is the larger one; ties count half."""
    return sum(
        count * other * (1.0 if value > base else 0.5 if value == base else 0.0)
        for value, count in now.items()
        for base, other in before.items()
    )


def _exact(n: int, m: int, u: float) -> float:
    ways = [_ways(n, m, each) for each in range(math.ceil(u) + 1)]
    return min(1.0, 2 * sum(ways) / math.comb(n + m, n))


@cache
def _ways(n: int, m: int, u: int) -> int:
    """In how many orders of n and m values the statistic is exactly *u*."""
    if u < 0:
        return 0
    if n == 0 or m == 0:
        return int(u == 0)
    return _ways(n - 1, m, u - m) + _ways(n, m - 1, u)


def _normal(u: float, n: int, m: int, pooled: Mapping[int, int]) -> float:
    size = n + m
    ties = sum(count**3 - count for count in pooled.values()) / (size * (size - 1))
    spread = math.sqrt(n * m / 12 * (size + 1 - ties))
    return math.erfc((abs(u - n * m / 2) - 0.5) / spread / math.sqrt(2)) if spread else 1.0
