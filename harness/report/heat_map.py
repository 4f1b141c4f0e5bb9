"""Fields and days as a table, its cells shaded by their numbers: a picture that reads aloud. Values in, markup out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.context import counted
from harness.report.markup import Markup, tag

if TYPE_CHECKING:
    from harness.drift.showing.days import Column, Days, Row

LEGEND = (
    "Each row a field, each column the recordings of a day: how many in a hundred show the field, the darker the more. "
    "A dot: none could show it. Fields with a finding come first."
)
STEPS = 10


def heat_map(days: Days) -> Markup:
    """The table; each column is headed by its day."""
    sides = [[column for column in days.columns if column.now is is_now] for is_now in (False, True)]
    groups = tag("tr", tag("th", "field", scope="col", rowspan=2), *map(_side, ("before", "now"), sides))
    heads = tag("tr", *map(_day, days.columns))
    body = tag("tbody", *(_row(row, days.columns) for row in days.rows))
    content = tag("table", tag("thead", groups, heads), body, class_="heat")
    return tag("div", content, class_="scroll wide", tabindex=0, role="region", aria_label="Fields by day")


def _side(name: str, columns: list[Column]) -> Markup:
    count = sum(column.recordings for column in columns)
    words = f"{name}: {counted(count, 'recording')}"
    return tag("th", words, scope="colgroup", colspan=max(len(columns), 1), class_=_edge(name == "now"))


def _day(column: Column) -> Markup:
    return tag("th", tag("span", span(column)), scope="col", class_=f"day {_edge(column.now) or ''}".strip())


def span(column: Column) -> str:
    """The day, or the first and the last of several: `2026-10-01`, `2026-10-01–03`, `2026-10-30–11-02`."""
    first, last = column.first, column.last
    if first == last:
        return first
    same = next((size for size in (8, 5) if first[:size] == last[:size]), 0)
    return f"{first}–{last[same:]}"


def _row(row: Row, columns: tuple[Column, ...]) -> Markup:
    sign = (
        [tag("span", row.severity.value, class_=f"badge {row.severity.value}"), " "] if row.severity else []
    )
    head = tag("th", *sign, tag("code", row.where), scope="row")
    had = any(share for share, column in zip(row.shares, columns, strict=True) if not column.now)
    return tag("tr", head, *(_cell(*each, had=had) for each in zip(row.shares, columns, strict=True)))


def _cell(share: float | None, column: Column, *, had: bool) -> Markup:
    """*had*: the field was there before, so that its absence now is a loss."""
    if share is None:
        return tag("td", "·", class_=_edge(column.now))
    words = f"{share:.0%}".removesuffix("%")
    lost = "lost" if had and column.now and not share else None
    return tag("td", words, class_=" ".join(filter(None, [f"h{_step(share)}", _edge(column.now), lost])))


def _step(share: float) -> int:
    """The shade: nothing and everything have one of their own."""
    return round(share * STEPS) if share in (0, 1) else min(max(round(share * STEPS), 1), STEPS - 1)


def _edge(is_now: bool) -> str | None:
    return "now" if is_now else None
