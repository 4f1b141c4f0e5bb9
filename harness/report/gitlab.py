"""A report as GitLab's code quality JSON: an array with one entry a finding, which merge requests show. Pure.

GitLab keeps one entry of those with the same fingerprint, so that one must be an entry's own and stay the same over
re-recording: it is made of the finding's, of its file, and of a number where both are equal.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from harness.finding import Severity
from harness.report.context import evidence_lines
from harness.report.document import json_text
from harness.report.visible import visible

if TYPE_CHECKING:
    from harness.finding import Finding, Report
    from harness.report.context import Context

_SEVERITY = {
    Severity.BREAKING: "blocker",
    Severity.RISKY: "major",
    Severity.ADDITIVE: "minor",
    Severity.BENIGN: "info",
}
NO_FILE = "."
"""The path of a finding without a file: the folder that was looked at."""


def render_gitlab(report: Report, context: Context) -> str:
    """The array; empty where all is clean."""
    before: Counter[tuple[str, str]] = Counter()
    return json_text([_entry(finding, before) for finding in report.findings], indent=2)


def _entry(finding: Finding, before: Counter[tuple[str, str]]) -> dict[str, object]:
    path = visible(finding.cassette or NO_FILE).removeprefix("./")
    same = (finding.fingerprint, path)
    before[same] += 1
    return {
        "description": _description(finding),
        "check_name": finding.rule,
        "fingerprint": _fingerprint(*same, before[same]),
        "severity": _SEVERITY[finding.severity],
        "location": {"path": path, "lines": {"begin": finding.line or 1}},  # GitLab asks for one
    }


def _description(finding: Finding) -> str:
    seen = "; ".join(evidence_lines(finding))
    parts = [f"{finding.where}: {finding.message}", f"({seen})" if seen else "", f"Help: {finding.help}"]
    return visible(" ".join(filter(None, parts)))


def _fingerprint(finding: str, path: str, number: int) -> str:
    words = f"{finding}\n{path}\n{number}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(words).hexdigest()[:32]
