"""A report as one HTML page: the verdict and a table of findings that can be filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.context import evidence_lines, facts, in_words, place
from harness.report.markup import Markup, joined, tag
from harness.report.page import Section, Table, page, table

if TYPE_CHECKING:
    from harness.finding import Finding, Report
    from harness.report.context import Context

_COLUMNS = ("severity", "rule and place", "what, and what to do", "evidence")

FEW = 8
"""Findings that need no box to filter them by."""


def render_html(report: Report, context: Context) -> str:
    """The page."""
    words = "; ".join([in_words(report.findings), *facts(report)])
    return page(
        f"harness {context.command}: {report.verdict.value}", words, [findings_section(report.findings)]
    )


def findings_section(findings: tuple[Finding, ...], *, name: str = "findings") -> Section:
    """The findings as a section, for this page and for others that show some. *name* tells its table from others."""
    if not findings:
        return Section("Findings", "Nothing to report.")
    rows = tuple(map(_row, findings))
    return Section(
        "Findings",
        "One row a finding, worst first.",
        (table(Table(_COLUMNS, rows, filter=name if len(rows) > FEW else None, kind="cards")),),
    )


def badge(finding: Finding) -> Markup:
    """The severity as a word in its colour."""
    return tag("span", finding.severity.value, class_=f"badge {finding.severity.value}")


def _row(finding: Finding) -> tuple[str, ...]:
    return (
        badge(finding),
        stacked(tag("code", finding.rule), tag("code", finding.where)),
        stacked(finding.message, tag("span", finding.help, class_="soft")),
        stacked(*evidence_lines(finding), *filter(None, [place(finding)])),
    )


def stacked(*lines: str) -> Markup:
    """The lines of one cell."""
    return joined(tag("div", line) for line in lines)
