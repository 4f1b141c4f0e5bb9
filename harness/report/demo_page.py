"""The page that the demo writes: each conversation live and replayed, laid over each other; findings; a drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.report.drift_page import drift_sections
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
    from harness.report.drift_page import DriftShown


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


def demo_page(conversations: Sequence[Shown], parts: Sequence[Section]) -> str:
    """The whole page: was the replay the recording, the *parts* on what was found, then each conversation."""
    words = "Recorded from the built-in stand-in, replayed without a network, compared, checked, fuzzed, asked again."
    return page("harness demo", words, [_summary(conversations), *parts, *map(_section, conversations)])


def broken_section(broken: Report, *, where: str) -> Section:
    """What the contract check says. *where* names the conversation that was broken on purpose."""
    words = (
        f"In a copy of {where!r} the field delta of one chunk was renamed, as if the upstream had erred once."
    )
    return Section(
        "One chunk broken on purpose", words, findings_section(broken.findings, name="broken").content
    )


def fuzz_section(naive: Report, *, words: str) -> Section:
    """What fuzzing found in the naive parser; *words* say how the other one stood."""
    content = findings_section(naive.findings, name="fuzzed").content
    return Section(
        "A naive parser, fuzzed", f"{words}. A naive one broke, and what broke it was cut down.", content
    )


def drift_part(report: Report, shown: DriftShown, *, told: str) -> list[Section]:
    """What `harness drift` says after *told* has changed."""
    words = f"The stand-in changed: {told}. The same questions were asked again, and the recordings compared."
    return [Section("The upstream changed overnight", words), *drift_sections(report, shown)]


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
