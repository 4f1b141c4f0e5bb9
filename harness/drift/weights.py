"""How much each rule weighs for whom: kinds of clients as a table, and what a project says of single rules. Pure.

The table of rules rates a change for clients made with the SDKs of today. Others bear more, or less.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from harness.drift.judge import verdict_of
from harness.drift.rules import NEUTRAL, RULES
from harness.errors import UsageError
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.finding import Finding, Report

OFF = "off"
Weight: TypeAlias = "Severity | Literal['off']"


class Clients(StrEnum):
    """Which compatibility matters."""

    STRICT_TYPED = "strict-typed"
    """Generated from a schema: unknown fields and unknown words are errors."""
    SDK = "sdk"
    """Typed, but lenient about what is new; as the published SDKs are."""
    TOLERANT = "tolerant"
    """Reads what it needs, asks before it reads, and passes over the rest."""
    WIRE = "wire"
    """Reads the bytes by hand, line by line, and the JSON with it."""


BREAKING, RISKY, ADDITIVE, BENIGN = Severity.BREAKING, Severity.RISKY, Severity.ADDITIVE, Severity.BENIGN

WEIGHTS: dict[Clients, tuple[tuple[str, Severity], ...]] = {
    Clients.STRICT_TYPED: (
        ("chunk-field-added", BREAKING),
        ("error-field-added", BREAKING),
        ("*-field-word-new", BREAKING),
        ("*-field-optional", BREAKING),
        ("*-field-constant-changed", BREAKING),
        ("order-changed", BREAKING),
    ),
    Clients.SDK: (),
    Clients.TOLERANT: (
        ("chunk-field-added", BENIGN),
        ("error-field-added", BENIGN),
        ("header-added", BENIGN),
        ("error-header-added", BENIGN),
        ("chunk-field-optional", BENIGN),
        ("error-field-optional", BENIGN),
        ("chunk-field-word-new", BENIGN),
        ("chunk-field-everywhere", BENIGN),
        ("chunk-field-moved", ADDITIVE),
        ("chunk-field-format-changed", BENIGN),
        ("role-*", ADDITIVE),
        ("usage-*", ADDITIVE),
        ("event-field-new", ADDITIVE),
        ("comments-new", ADDITIVE),
        ("framing-space", ADDITIVE),
        ("framing-line-ends", ADDITIVE),
        ("framing-data-lines", ADDITIVE),
        ("framing-bom", ADDITIVE),
    ),
    Clients.WIRE: (
        ("framing-*", BREAKING),
        ("comments-new", BREAKING),
        ("event-field-new", BREAKING),
        ("id-field-changed", RISKY),
        ("retry-field-changed", RISKY),
        ("transfer-changed", BREAKING),
        ("content-encoding-changed", BREAKING),
        ("sentinel-*", BREAKING),
        ("data-after-sentinel", BREAKING),
        ("charset-changed", RISKY),
    ),
}
"""Patterns of rules and what they weigh; the first that fits counts. Other rules weigh what their table says."""


class Weights(msgspec.Struct, frozen=True):
    """What findings weigh: for which clients, and what is said of single rules."""

    clients: Clients = Clients.SDK
    own: dict[str, Severity | Literal["off"]] = {}

    def of(self, finding: Finding) -> Severity | Literal["off"]:
        """What this finding weighs."""
        if finding.rule in NEUTRAL:
            return finding.severity
        if finding.rule in self.own:
            return self.own[finding.rule]
        rows = WEIGHTS[self.clients]
        return next(
            (weight for pattern, weight in rows if fnmatchcase(finding.rule, pattern)), finding.severity
        )


def weighed(report: Report, weights: Weights) -> Report:
    """The report with these weights: worst first, without what is off."""
    pairs = [(weights.of(finding), finding) for finding in report.findings]
    kept = [
        msgspec.structs.replace(finding, severity=weight)
        for weight, finding in pairs
        if isinstance(weight, Severity)
    ]
    order = list(Severity)
    findings = sorted(kept, key=lambda finding: order.index(finding.severity))
    return msgspec.structs.replace(report, verdict=verdict_of(findings), findings=tuple(findings))


def own_weights(words: Iterable[str]) -> Mapping[str, Severity | Literal["off"]]:
    """What `RULE=LEVEL` says, a word each. Raises `UsageError` for a rule or a level that there is not."""
    return dict(map(_own, words))


def _own(word: str) -> tuple[str, Severity | Literal["off"]]:
    rule, _, level = word.partition("=")
    levels = [*Severity, OFF]
    if rule not in RULES:
        raise UsageError(f"there is no rule {rule!r} of drift", help="`harness explain` lists them")
    if rule in NEUTRAL:
        raise UsageError(f"{rule!r} says that nobody could look: it cannot be weighed otherwise")
    if level not in levels:
        raise UsageError(f"{level!r} is no weight of a rule", expected=f"one of {', '.join(levels)}")
    return rule, "off" if level == OFF else Severity(level)
