"""Numbers as a row of little bars, for a terminal. Values in, a string out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.thinning import runs

if TYPE_CHECKING:
    from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"
ASCII_BARS = "_.:-=+*#"


def sparkline(values: Sequence[float], *, width: int = 60, bars: str = BARS) -> str:
    """One bar a value; beyond *width* values a bar is the largest of its neighbours: no stall hides."""
    if not values:
        return ""
    columns = [max(part) for part in runs(values, width)]
    top = max(columns)
    return "".join(bars[_level(value, top, len(bars))] for value in columns)


def _level(value: float, top: float, levels: int) -> int:
    return min(int(value / top * levels), levels - 1) if top > 0 and value > 0 else 0
