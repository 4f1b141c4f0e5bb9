"""A report as SARIF 2.1.0 (OASIS, 2020), the form that code-scanning pages read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from harness.finding import Severity
from harness.report.context import acceptance, evidence_lines, place
from harness.report.document import finding_document, json_text
from harness.report.visible import visible, visible_lines

if TYPE_CHECKING:
    from harness.finding import Finding, Report
    from harness.report.context import Context

_LEVEL = {
    Severity.BREAKING: "error",
    Severity.RISKY: "warning",
    Severity.ADDITIVE: "note",
    Severity.BENIGN: "note",
}


def render_sarif(report: Report, context: Context) -> str:
    """One run; each rule that occurs is described once, each finding is one result, suppressed if it was accepted."""
    findings = report.findings + report.accepted
    driver = {"name": "harness", "version": context.version, "rules": _rules(findings)}
    run = {"tool": {"driver": driver}, "results": [_result(finding) for finding in findings]}
    log = {"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [run]}
    return json_text(log, indent=2)


def _rules(findings: tuple[Finding, ...]) -> list[dict[str, object]]:
    first = {finding.rule: finding for finding in reversed(findings)}
    return [
        {
            "id": rule,
            "help": {"text": visible_lines(first[rule].help)},
            "properties": {"layer": first[rule].layer},
        }
        for rule in sorted(first)
    ]


def _result(finding: Finding) -> dict[str, object]:
    return {
        "ruleId": finding.rule,
        "level": _LEVEL[finding.severity],
        "message": {"text": visible_lines("\n".join(_told(finding)))},
        "locations": [_location(finding)],
        "partialFingerprints": {"harness/v1": finding.fingerprint},
        "properties": {"severity": finding.severity, "evidence": finding_document(finding)["evidence"]},
        **_suppression(finding),
    }


def _suppression(finding: Finding) -> dict[str, object]:
    """SARIF 2.1.0, 3.27.23 and 3.27.24: an accepted finding was there before, and is suppressed from outside."""
    if finding.accepted is None:
        return {}
    words = visible_lines(acceptance(finding))
    return {
        "baselineState": "unchanged",
        "suppressions": [{"kind": "external", "status": "accepted", "justification": words}],
    }


def _told(finding: Finding) -> list[str]:
    """What a reader of code-scanning pages sees: they show the message and little else."""
    rows = [finding.message, place(finding), *evidence_lines(finding), f"help: {finding.help}"]
    return [row for row in rows if row]


def _location(finding: Finding) -> dict[str, object]:
    logical = {"logicalLocations": [{"fullyQualifiedName": finding.where}]}
    if finding.cassette is None:
        return dict(logical)
    artifact = {"uri": quote(visible(finding.cassette))}
    region = {"startLine": finding.line or 1}  # code-scanning pages ask for one
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}, **logical}
