"""A report as Markdown, for job summaries: the verdict, then one table. Nothing in it can leave its cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.report.context import evidence_lines, in_words, place
from harness.report.visible import visible

if TYPE_CHECKING:
    from harness.finding import Finding, Report
    from harness.report.context import Context

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#!|~@])")
_COLUMNS = ("severity", "rule", "where", "what", "evidence", "seen in", "help")


def render_markdown(report: Report, context: Context) -> str:
    """A heading that says it all, and the table where there is something to tabulate."""
    accepted = f"; {len(report.accepted)} accepted" if report.accepted else ""
    head = f"### harness {context.command}: {report.verdict.value}\n\n{in_words(report.findings)}{accepted}\n"
    if not report.findings:
        return head
    rows = [_COLUMNS, tuple("---" for _ in _COLUMNS), *map(_row, report.findings)]
    return head + "\n" + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(finding: Finding) -> tuple[str, ...]:
    cells = (
        finding.severity.value,
        finding.rule,
        finding.where,
        finding.message,
        "; ".join(evidence_lines(finding)),
        place(finding),
        finding.help,
    )
    return tuple(map(cell, cells))


def cell(text: str) -> str:
    """*text* as the content of one table cell: no markup, no HTML, no mention, one line."""
    inert = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", inert)
