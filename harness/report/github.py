"""A report as GitHub workflow commands: each finding becomes an annotation, and none can smuggle in a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.finding import Severity
from harness.report.context import evidence_lines, in_words, place
from harness.report.visible import visible_lines

if TYPE_CHECKING:
    from harness.finding import Finding, Report
    from harness.report.context import Context

_COMMAND = {
    Severity.BREAKING: "error",
    Severity.RISKY: "warning",
    Severity.ADDITIVE: "notice",
    Severity.BENIGN: "notice",
}


def render_github(report: Report, context: Context) -> str:
    """One command a finding; the verdict follows as a notice, or as nothing but words where all is clean."""
    said = f"harness {context.command}: {report.verdict.value}, {in_words(report.findings)}"
    return "".join(f"{_annotation(finding)}\n" for finding in report.findings) + f"{data(said)}\n"


def _annotation(finding: Finding) -> str:
    line = f"line={finding.line}," if finding.line else ""
    file = f"file={value(finding.cassette)},{line}" if finding.cassette else ""
    told = [finding.message, place(finding), *evidence_lines(finding), f"help: {finding.help}"]
    words = "\n".join(filter(None, told))
    title = f"{finding.rule} at {finding.where}"
    return f"::{_COMMAND[finding.severity]} {file}title={value(title)}::{data(words)}"


def data(text: str) -> str:
    """The message of a workflow command: per cent signs and line ends encoded, as the runner decodes them."""
    return visible_lines(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: str) -> str:
    """A property of a workflow command: colons and commas are encoded as well."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
