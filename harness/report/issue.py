"""A report as the body of an issue: Markdown, with a hidden mark by which a job finds the issue again. Pure.

The mark is the same from run to run, so that one issue is updated in place. What stands in it is an HTML comment;
nothing of the findings' words is in it, so nothing can end it early.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.report.context import evidence, place
from harness.report.markdown import cell, render_markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.finding import Finding, Report
    from harness.report.context import Context

MOST = 40
"""Findings told in full: a body on GitHub ends at 65,536 characters, and one finding takes a few hundred."""
WIDEST = 400
"""Characters of one line of details."""
LONGEST = 60_000
"""Characters of the whole body; a job may write a line more below it."""


def mark(context: Context) -> str:
    """The hidden line to search for."""
    return f"<!-- harness:{context.command} -->"


def render_issue(report: Report, context: Context) -> str:
    """The mark, the fingerprints, the verdict with its table, and each finding with its evidence."""
    most = MOST
    body = _body(report, context, most)
    while len(body) > LONGEST and most:
        most //= 2
        body = _body(report, context, most)
    return body


def _body(report: Report, context: Context, most: int) -> str:
    """The body with at most so many findings."""
    told = report.findings[:most]
    known = " ".join(finding.fingerprint for finding in told if finding.fingerprint.isalnum())
    head = f"{mark(context)}\n<!-- fingerprints: {known or 'none'} -->\n\n"
    left = len(report.findings) - len(told)
    more = [f"\n{left} more findings are in the full report.\n"] if left else []
    table = render_markdown(_first(report, told), context)
    return head + table + "".join([*map(_details, told), *more])


def _first(report: Report, told: tuple[Finding, ...]) -> Report:
    return msgspec.structs.replace(report, findings=told)


def _details(finding: Finding) -> str:
    lines = "".join(f"- {line}\n" for line in _lines(finding))
    return f"\n#### {cell(finding.rule)} at {cell(finding.where[:WIDEST])}\n\n{lines}"


def _lines(finding: Finding) -> Iterator[str]:
    said = {"what": finding.message, **evidence(finding), "seen in": place(finding), "help": finding.help}
    for label, words in said.items():
        if words:
            yield f"{label}: {cell(words[:WIDEST])}"
    yield f"fingerprint: {cell(finding.fingerprint)}"
