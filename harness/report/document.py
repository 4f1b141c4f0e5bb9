"""A report as one JSON document, in the form that schemas/harness/report.schema.json publishes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import msgspec

from harness.report.context import Context, tally
from harness.report.visible import escaped_json

if TYPE_CHECKING:
    from harness.finding import Finding, Report

VERSION = 1
_OPTIONAL = ("interaction", "event", "cassette")


def render_json(report: Report, context: Context) -> str:
    """The document, indented for people and ended by a line feed."""
    return json_text(document(report, context), indent=2)


def json_text(value: object, *, indent: int | None = None) -> str:
    """*value* as JSON that a terminal can show: readable in every script, with nothing invisible in its strings.

    The standard library's encoder, because a chunk may hold half of a surrogate pair, and a finding may quote it.
    """
    separators = (",", ":") if indent is None else None
    return escaped_json(json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)) + "\n"


def document(report: Report, context: Context) -> dict[str, object]:
    """`{"version": 1, "command", "verdict", "findings", "summary"}`; the summary begins with counts."""
    return {
        "version": VERSION,
        "command": context.command,
        "verdict": report.verdict,
        "findings": [finding_document(finding) for finding in report.findings],
        "summary": {"by_severity": tally(report.findings), **report.summary, **_accepted(report)},
    }


def _accepted(report: Report) -> dict[str, object]:
    """Findings that do not count stand in the summary: whoever counts `findings` need not know of them."""
    return {"accepted": [finding_document(finding) for finding in report.accepted]} if report.accepted else {}


def finding_document(finding: Finding) -> dict[str, object]:
    """One finding: the contract's fields always, its place as far as it is known."""
    names = ("rule", "severity", "layer", "where", "message", "help")
    told = {"p": finding.evidence.p, **msgspec.to_builtins(finding.evidence)}
    known = {name: value for name in _OPTIONAL if (value := getattr(finding, name)) is not None}
    fields = {name: getattr(finding, name) for name in names}
    terms = {"accepted": msgspec.to_builtins(finding.accepted)} if finding.accepted else {}
    return {**fields, "evidence": told, **known, "fingerprint": finding.fingerprint, **terms}
