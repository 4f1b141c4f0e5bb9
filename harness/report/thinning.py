"""Fewer of many: neighbours gathered into runs, so that pictures stay small whatever the stream. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Value = TypeVar("Value")


def runs(values: Sequence[Value], most: int) -> list[Sequence[Value]]:
    """*values* in order, gathered into at most *most* runs of nearly equal length, none of them empty."""
    count = min(most, len(values))
    edges = [len(values) * place // count for place in range(count + 1)] if count else []
    return [values[start:stop] for start, stop in pairwise(edges)]


def thinned(points: Sequence[tuple[float, float]], most: int) -> list[tuple[float, float]]:
    """At most *most* of the (x, y) points: of each run the highest, and always the very last."""
    highest = [max(run, key=lambda point: point[1]) for run in runs(points, most)]
    return [*highest[:-1], *points[-1:]]
