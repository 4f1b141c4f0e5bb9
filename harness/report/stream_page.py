"""Recorded exchanges as one HTML page: pictures first, the events behind them. Values in, the page out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.context import counted
from harness.report.listing import head_lines
from harness.report.markup import Markup, joined, tag
from harness.report.page import Section, page
from harness.report.pictures import curve_of, event_table, gap_strip, points_table, staircase, state_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.cassette.model import Interaction
    from harness.report.stream import Rows

STAIRS = "Time along the ground, characters of text upwards. A flat stretch is a stall, a tall step a burst."
GAPS = "One tick an event, as high as the time since the event before; shaded: beyond the 99th percentile."


def stream_page(title: str, exchanges: Sequence[tuple[Interaction, Rows]]) -> str:
    """The page: a section for each exchange with its events."""
    sections = [
        stream_section(f"Interaction {number}", interaction, rows, name=f"events-{number}")
        for number, (interaction, rows) in enumerate(exchanges, start=1)
    ]
    return page(title, counted(len(exchanges), "recorded exchange"), sections)


def stream_section(title: str, interaction: Interaction, rows: Rows, *, name: str) -> Section:
    """One exchange. *name* tells its table from the page's others."""
    words = ", ".join(line.strip() for line in head_lines(interaction))
    return Section(title, words, (*_pictures(rows), _text(rows), event_table(rows, name=name)))


def _pictures(rows: Rows) -> tuple[Markup, ...]:
    path = state_path(rows.path)
    if not rows.gaps:
        return (path,)
    curves = [curve_of(rows, name="recorded")]
    return (path, staircase(curves, caption=STAIRS), points_table(curves), gap_strip(rows, caption=GAPS))


def _text(rows: Rows) -> Markup:
    if not rows.text:
        return joined([])
    return tag(
        "details",
        tag("summary", f"The text, {counted(len(rows.text), 'character')}"),
        tag("pre", rows.text[:20_000]),
    )
