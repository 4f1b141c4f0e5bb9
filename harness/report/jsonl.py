"""A report as JSON lines: one finding a line as it would stand in the document, then one line with the verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.document import document, finding_document, json_text

if TYPE_CHECKING:
    from harness.finding import Report
    from harness.report.context import Context


def render_jsonl(report: Report, context: Context) -> str:
    """The lines; the last one is the document without its findings, so a reader knows that nothing was cut off."""
    lines = [finding_document(finding) for finding in report.findings]
    last = {name: value for name, value in document(report, context).items() if name != "findings"}
    return "".join(map(json_text, [*lines, last]))
