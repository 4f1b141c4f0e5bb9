"""Pictures of a recorded stream, as inline SVG, each with its numbers beside it. Values in, markup out.

A picture answers one question: the staircase, whether a replay is faithful and where a stream stalled; the gap strip,
whether something on the way gathered the pieces up; the state path, whether the order is right. Sizes are bounded
whatever the stream: 1,000 points a curve, 1,000 rows a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.report.axes import BOTTOM, LEFT, TOP, WIDTH, Scale, axes
from harness.report.context import counted
from harness.report.markup import Markup, joined, tag
from harness.report.page import Table, table
from harness.report.thinning import thinned
from harness.report.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.report.stream import Row, Rows

HEIGHT, STRIP = 260, 90
MAX_POINTS = 1_000
"""More than one a pixel shows nothing new."""
MAX_ROWS = 1_000
"""Rows of a table in a page: what stays quick to scroll, and under 300 KB together with the pictures."""
DATA_WIDTH = 60


class Curve(msgspec.Struct, frozen=True):
    """One line of the staircase: `points` are (milliseconds, characters so far), in order of time."""

    name: str
    points: tuple[tuple[float, int], ...]
    kind: str = "live"
    """`live` or `replay`: how the line is drawn."""


def curve_of(rows: Rows, *, name: str, kind: str = "live") -> Curve:
    """The staircase of a recording's rows; rows without a time are left out."""
    timed = [(row.at_ms, row.characters) for row in rows.rows if row.at_ms is not None]
    return Curve(name, tuple(timed), kind)


def staircase(curves: Sequence[Curve], *, caption: str) -> Markup:
    """Time against characters so far, the curves laid over each other."""
    points = [point for curve in curves for point in curve.points]
    most_x, most_y = max((x for x, _ in points), default=0), max((y for _, y in points), default=0)
    scale = Scale(most_x=most_x, most_y=most_y, height=HEIGHT)
    drawing = [axes(scale, title="characters"), *(_line(curve, scale) for curve in curves), _legend(curves)]
    said = "; ".join(f"{curve.name}: {_last(curve)}" for curve in curves)
    return _figure(drawing, HEIGHT, label=f"Characters over time. {said}", caption=caption)


def gap_strip(rows: Rows, *, caption: str) -> Markup:
    """One tick an event, as high as the time since the event before; ticks over the 99th percentile are shaded."""
    timed = [(row.at_ms, row.gap_ms) for row in rows.rows if row.at_ms is not None and row.gap_ms is not None]
    longest = max(rows.gaps, default=0)
    scale = Scale(most_x=max((at for at, _ in timed), default=0), most_y=longest, height=STRIP)
    ticks = "".join(
        f"M{scale.x(at):.1f} {scale.base}V{scale.y(gap):.1f}" for at, gap in thinned(timed, MAX_POINTS)
    )
    stalls = [tag("rect", **_shade(scale, at, gap)) for at, gap in _stalls(timed)]
    drawing = [axes(scale, title="gap, ms"), *stalls, tag("path", d=ticks, class_="gaps")]
    label = f"Gaps between events, in milliseconds. Longest: {longest:,.1f}"
    return _figure(drawing, STRIP, label=label, caption=caption)


def state_path(path: Iterable[tuple[str, int]]) -> Markup:
    """What the stream said, in order, as badges."""
    words = [says if count == 1 else f"{says} ×{count}" for says, count in path]
    return tag("ol", *(tag("li", word) for word in words), class_="path", aria_label="state path")


def event_table(rows: Rows, *, name: str = "events") -> Markup:
    """The events themselves; of a long stream the first and the last ones."""
    shown, left_out = _ends(rows.rows)
    caption = counted(len(rows.rows), "event") + (f", {left_out} in the middle not shown" if left_out else "")
    columns = ("#", "ms", "gap", "event", "says", "text", "data")
    return table(Table(columns, tuple(map(_cells, shown)), caption, code=("text", "data"), filter=name))


def points_table(curves: Sequence[Curve]) -> Markup:
    """The staircase as numbers, behind a fold."""
    rows = [(curve.name, at, characters) for curve in curves for at, characters in thinned(curve.points, 200)]
    content = table(Table(("curve", "ms", "characters"), tuple(rows)))
    return tag("details", tag("summary", "The same as numbers"), content)


def _cells(row: Row) -> tuple[str | float, ...]:
    at, gap = ("" if value is None else round(value, 1) for value in (row.at_ms, row.gap_ms))
    return (row.number, at, gap, row.event, row.says, row.text[:200], shortened(row.data, DATA_WIDTH))


def _ends(rows: tuple[Row, ...]) -> tuple[tuple[Row, ...], int]:
    if len(rows) <= MAX_ROWS:
        return rows, 0
    half = MAX_ROWS // 2
    return rows[:half] + rows[-half:], len(rows) - MAX_ROWS


def _line(curve: Curve, scale: Scale) -> Markup:
    steps = "".join(f"H{scale.x(x):.1f}V{scale.y(y):.1f}" for x, y in thinned(curve.points, MAX_POINTS))
    start = f"M{scale.x(0):.1f} {scale.y(0):.1f}"
    return tag("path", tag("title", curve.name), d=start + steps, class_=f"curve {curve.kind}")


def _legend(curves: Sequence[Curve]) -> Markup:
    return joined(
        tag("text", curve.name, x=LEFT + 10, y=TOP + 14 + 15 * place, class_=curve.kind)
        for place, curve in enumerate(curves)
    )


def _stalls(timed: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The gaps beyond the 99th percentile; of fewer than 100 gaps none stands out for sure."""
    if len(timed) < 100:
        return []
    line = sorted(gap for _, gap in timed)[int(len(timed) * 0.99)]
    return [(at, gap) for at, gap in timed if gap > line][:100]


def _shade(scale: Scale, at: float, gap: float) -> dict[str, str | float]:
    left = scale.x(at - gap)
    return {
        "x": left,
        "y": TOP,
        "width": scale.x(at) - left,
        "height": scale.height - TOP - BOTTOM,
        "class_": "stall",
    }


def _last(curve: Curve) -> str:
    if not curve.points:
        return "no times recorded"
    at, characters = curve.points[-1]
    return f"{characters} characters after {at:,.1f} ms"


def _figure(drawing: Iterable[Markup], height: int, *, label: str, caption: str) -> Markup:
    picture = tag("svg", *drawing, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label=label)
    return tag("figure", picture, tag("figcaption", caption))
