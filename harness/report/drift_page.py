"""What `harness drift` found as one page: the verdict, fields by day, then each finding, its evidence, both streams.

Values in, the page out; what is shown of recordings was redacted before it came here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.drift.showing.days import Days
from harness.drift.showing.pair import Pair
from harness.finding import Finding, Verdict
from harness.report.context import MOVERS, acceptance, counted, facts, in_words, place
from harness.report.heat_map import LEGEND, heat_map
from harness.report.html import FEW, badge
from harness.report.markup import Markup, joined, tag
from harness.report.page import Section, Table, page, table
from harness.report.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.finding import Report

MOST = 100
"""Findings told in full: more is another upstream, not a drift."""

MEANING = {
    Verdict.CLEAN: "Nothing moved.",
    Verdict.BENIGN: "What moved is good to know, and hurts no client.",
    Verdict.DRIFT: "Something moved that a client can notice.",
    Verdict.INVALID: "What was recorded does not keep to its contract.",
    Verdict.INCONCLUSIVE: "Nothing can be told: too little of the upstream could be seen.",
}


class Told(msgspec.Struct, frozen=True):
    """A finding, and where it can be seen. `before` and `now` name the two recordings."""

    finding: Finding
    pair: Pair | None = None
    before: str = ""
    now: str = ""


class DriftShown(msgspec.Struct, frozen=True):
    """All that the page shows beside the report itself."""

    told: tuple[Told, ...]
    days: Days
    left_out: int = 0
    """Recordings that were compared, but not looked through for pictures."""


def drift_page(report: Report, shown: DriftShown) -> str:
    """The whole page."""
    words = "; ".join([in_words(report.findings), *facts(report)])
    return page(f"harness drift: {report.verdict.value}", words, drift_sections(report, shown))


def drift_sections(report: Report, shown: DriftShown) -> list[Section]:
    """The parts of the page, for others that show a drift as well."""
    told = shown.told[:MOST]
    left = [_left(len(shown.told) - MOST)] if len(shown.told) > MOST else []
    accepted = [_accepted(report)] if report.accepted else []
    return [_overview(report), *_days(shown), *map(_told, told), *left, *accepted]


def _overview(report: Report) -> Section:
    rows = tuple(map(_row, report.findings))
    box = "drift" if len(rows) > FEW else None
    columns = ("severity", "rule", "where", "before → now")
    content = (table(Table(columns, rows, filter=box, kind="cards")),) if rows else ()
    return Section("What moved", MEANING[report.verdict], content)


def _row(finding: Finding) -> tuple[str, ...]:
    said = finding.evidence
    moved = f"{said.before} → {said.now}" if said.before and said.now else said.now or said.before or ""
    return (badge(finding), tag("code", finding.rule), tag("code", finding.where), moved)


def _days(shown: DriftShown) -> Iterator[Section]:
    if shown.days.columns and shown.days.rows:
        left = (
            f" {counted(shown.left_out, 'more recording')} were not looked through." if shown.left_out else ""
        )
        yield Section("Fields by day", LEGEND + left, (heat_map(shown.days),))


def _told(told: Told) -> Section:
    finding = told.finding
    title = joined([badge(finding), " ", finding.rule, " at ", tag("code", finding.where)])
    return Section(title, finding.message, (_facts(finding), *_streams(told)))


def _facts(finding: Finding) -> Markup:
    rows = {
        "before": finding.evidence.before,
        "now": finding.evidence.now,
        "how sure": sureness(finding),
        "who moved": MOVERS.get(finding.evidence.moved or ""),
        "seen in": place(finding),
        "what to do": finding.help,
        "fingerprint": finding.fingerprint,
    }
    told = [joined([tag("dt", name), tag("dd", words)]) for name, words in rows.items() if words]
    return tag("dl", *told, class_="facts")


def sureness(finding: Finding) -> str:
    """How much chance there is in a finding, and what would take it out."""
    said = finding.evidence
    sure = (
        f"p = {said.p:.2g}: so likely is this without any change"
        if isinstance(said.p, float)
        else "deterministic: no chance is involved"
    )
    more = f"; {counted(said.needed, 'more recording')} would settle it" if said.needed else ""
    return sure + more


def _streams(told: Told) -> list[Markup]:
    return [] if told.pair is None else [side_by_side(told.pair, before=told.before, now=told.now)]


def _accepted(report: Report) -> Section:
    """What was found and does not count, with its terms."""
    rows = tuple(
        (badge(each), tag("code", each.rule), tag("code", each.where), acceptance(each))
        for each in report.accepted
    )
    content = table(Table(("severity", "rule", "where", "accepted"), rows, kind="cards"))
    return Section("Accepted", "Found as well, and not counted.", (content,))


def _left(count: int) -> Section:
    return Section(
        f"{count} more", "Findings beyond these stand in the table above; `--format json` has them all."
    )
