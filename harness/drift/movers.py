"""Who moved: each finding of drift held against the schema, beside the recordings of before and of now. Values only.

Three things can move, and only two of them are seen: recordings, and what the upstream sends now. The third, the
schema, says which of the two keeps to what was agreed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Container

    from harness.finding import Finding, Report


class Mover(StrEnum):
    """Who has left the place that a finding names."""

    UPSTREAM = "upstream"
    """What it sends now is against the schema; what it sent before was not."""
    BASELINE = "baseline"
    """What was recorded is against the schema; what comes now is not: the recordings are older than it."""
    SCHEMA = "schema"
    """Both are against the schema: it is behind, or was never right."""
    WITHIN = "within"
    """The schema allows both, or says nothing: the upstream moved within what was agreed."""


_CASES = {
    (False, True): Mover.UPSTREAM,
    (True, False): Mover.BASELINE,
    (True, True): Mover.SCHEMA,
    (False, False): Mover.WITHIN,
}


def told_apart(report: Report, before: Container[str], now: Container[str]) -> Report:
    """The report, its findings saying who moved. *before* and *now*: the places where the contract was broken."""
    findings = tuple(
        _told(finding, _CASES[finding.where in before, finding.where in now]) for finding in report.findings
    )
    return msgspec.structs.replace(report, findings=findings)


def _told(finding: Finding, mover: Mover) -> Finding:
    return msgspec.structs.replace(
        finding, evidence=msgspec.structs.replace(finding.evidence, moved=mover.value)
    )
