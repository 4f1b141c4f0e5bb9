"""The page that the demo writes: each conversation live and replayed, laid over each other, and a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.report.html import findings_section
from harness.report.page import Section, Table, page, table
from harness.report.pictures import (
    Curve,
    curve_of,
    event_table,
    gap_strip,
    points_table,
    staircase,
    state_path,
)
from harness.report.stream import Rows
from harness.report.stream_page import GAPS, STAIRS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.finding import Report


class Shown(msgspec.Struct, frozen=True):
    """One conversation: recorded rows, replayed rows, and what of the replay was the same as in the recording."""

    name: str
    recorded: Rows
    replayed: Rows
    same: dict[str, bool]
    """Text, bytes and cuts."""

    @property
    def agrees(self) -> bool:
        """Whether all was the same."""
        return all(self.same.values())


def demo_page(conversations: Sequence[Shown], broken: Report, *, where: str) -> str:
    """The whole page. *where* names the conversation that was broken on purpose."""
    words = "Recorded from the built-in stand-in, replayed without a network, compared and checked."
    findings = findings_section(broken.findings)
    broken_section = Section(
        "One chunk broken on purpose",
        f"In a copy of {where!r} the field delta of one chunk was renamed, as if the upstream had changed overnight.",
        findings.content,
    )
    return page(
        "harness demo", words, [_summary(conversations), broken_section, *map(_section, conversations)]
    )


def _summary(conversations: Sequence[Shown]) -> Section:
    columns = ("conversation", "events", "characters", "text", "bytes", "cuts")
    content = table(Table(columns, tuple(map(_row, conversations))))
    return Section("Was the replay the recording?", "Text, bytes and cuts, each compared whole.", (content,))


def _row(shown: Shown) -> tuple[str | float, ...]:
    same = ("✓ the same" if same else "✗ different" for same in shown.same.values())
    return (shown.name, len(shown.recorded.rows), len(shown.recorded.text), *same)


def _section(shown: Shown) -> Section:
    curves: list[Curve] = [
        curve_of(shown.recorded, name="live"),
        curve_of(shown.replayed, name="replay", kind="replay"),
    ]
    return Section(
        shown.name,
        f"{len(shown.recorded.rows)} events, {len(shown.recorded.text)} characters.",
        (
            state_path(shown.recorded.path),
            staircase(curves, caption=STAIRS),
            points_table(curves),
            gap_strip(shown.recorded, caption=GAPS),
            event_table(shown.recorded, name=f"events-{shown.name}"),
        ),
    )
