"""From what was found to a report: a finding for each failure. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.finding import Evidence, Finding, Layer, Report, Severity, Verdict
from harness.fuzz.encoding import History
from harness.fuzz.targets import Kind
from harness.fuzz.told import clipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.fuzz.found import Found
    from harness.fuzz.law import Breach
    from harness.fuzz.streams import Stream

LAYER = {Kind.PARSER: Layer.FRAMING, Kind.ENCODER: Layer.REQUEST}
"""Which layer of an exchange a kind of target works in."""


def finding_of(found: Found, breach: Breach, *, cassette: str | None = None) -> Finding:
    """The finding of one case: which law, where, the smallest input that shows it."""
    return Finding(
        rule=found.law.rule,
        severity=Severity.BREAKING,
        layer=LAYER[found.law.kind],
        where=breach.place,
        message=f"{found.law.says}\n{found.law.why}\nBroken by {found.target} with {in_words(found.given)}",
        help=f"mend it, then: {again(found, cassette)}",
        evidence=Evidence(before=breach.expected, now=breach.got),
        cassette=cassette,
    )


def again(found: Found, cassette: str | None) -> str:
    """The line that tries this case again, or finds it again where it was not kept."""
    if cassette:
        return f"harness fuzz {found.target}{_as(found)} --replay --out {cassette}"
    return f"harness fuzz {found.target}{_as(found)} --seed {found.seed}"


def report_of(findings: Sequence[Finding], summary: Mapping[str, object], *, tried: bool = True) -> Report:
    """The report: what was not tried at all is no clean result."""
    verdict = Verdict.INVALID if findings else Verdict.CLEAN if tried else Verdict.INCONCLUSIVE
    return Report(verdict, tuple(findings), dict(summary))


def in_words(given: Stream | History) -> str:
    """An input in a line."""
    if isinstance(given, History):
        return clipped(f"{list(given.messages)!r}")
    return clipped(" then ".join(map(repr, given.pieces)) or "no piece at all")


def _as(found: Found) -> str:
    return " --as encoder" if found.law.kind is Kind.ENCODER and found.target != "encoder" else ""
