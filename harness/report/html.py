"""A report as one HTML page: the verdict and a table of findings that can be filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.context import evidence, facts, in_words, place
from harness.report.markup import Markup, tag
from harness.report.page import Section, Table, page, table

if TYPE_CHECKING:
    from harness.finding import Finding, Report
    from harness.report.context import Context

_COLUMNS = ("severity", "rule", "where", "what", "evidence", "seen in", "help")


def render_html(report: Report, context: Context) -> str:
    """The page."""
    words = "; ".join([in_words(report.findings), *facts(report)])
    return page(
        f"harness {context.command}: {report.verdict.value}", words, [findings_section(report.findings)]
    )


def findings_section(findings: tuple[Finding, ...]) -> Section:
    """The findings as a section, for this page and for others that show some."""
    if not findings:
        return Section("Findings", "Nothing to report.")
    rows = tuple(map(_row, findings))
    return Section(
        "Findings",
        "One row a finding, worst first.",
        (table(Table(_COLUMNS, rows, code=("rule", "where"), filter="findings")),),
    )


def badge(finding: Finding) -> Markup:
    """The severity as a word in its colour."""
    return tag("span", finding.severity.value, class_=f"badge {finding.severity.value}")


def _row(finding: Finding) -> tuple[str, ...]:
    rests_on = "; ".join(f"{label}: {words}" for label, words in evidence(finding).items())
    return (
        badge(finding),
        finding.rule,
        finding.where,
        finding.message,
        rests_on,
        place(finding),
        finding.help,
    )
