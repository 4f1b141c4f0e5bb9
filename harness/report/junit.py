"""A report as JUnit XML, which CI servers list: a finding is a test case, failed where clients would notice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from harness.finding import Severity
from harness.report.context import evidence_lines, place
from harness.report.visible import visible

if TYPE_CHECKING:
    from harness.finding import Finding, Report
    from harness.report.context import Context

_FAILING = {Severity.BREAKING, Severity.RISKY}


def render_junit(report: Report, context: Context) -> str:
    """One suite, named after the command. Without findings it holds one passed case: an empty suite looks broken."""
    failures = sum(finding.severity in _FAILING for finding in report.findings)
    counts = {"tests": str(len(report.findings) or 1), "failures": str(failures), "errors": "0"}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": f"harness {context.command}", **counts})
    for finding in report.findings:
        _case(suite, finding)
    if not report.findings:
        ET.SubElement(suite, "testcase", {"classname": "harness", "name": report.verdict.value})
    ET.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'


def _case(suite: ET.Element, finding: Finding) -> None:
    name = f"{finding.rule} at {finding.where}"
    case = ET.SubElement(suite, "testcase", {"classname": finding.layer.value, "name": visible(name)})
    if finding.cassette:
        case.set("file", visible(finding.cassette))
    failed = finding.severity in _FAILING
    kind = {"type": finding.severity.value, "message": visible(finding.message)} if failed else {}
    ET.SubElement(case, "failure" if failed else "system-out", kind).text = _details(finding)


def _details(finding: Finding) -> str:
    """Each on a line of its own, so that no line begins with words of the upstream's, such as `::error::`."""
    rows = [place(finding), finding.message, *evidence_lines(finding), f"help: {finding.help}"]
    return "\n".join(visible(row) for row in rows if row)
