"""A report weighed again: for other clients, and by the reader's own severities. Pure.

What is said about a single rule is stronger than what the kind of client makes of it. `off` takes a rule's findings
away; why nothing could be seen is never taken away.
"""

from __future__ import annotations

from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from harness.drift.clients import Clients, is_read, read_places, severity_for
from harness.drift.judge import in_order, verdict_of
from harness.drift.rules import NEUTRAL, RULES
from harness.errors import UsageError
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from harness.finding import Finding, Report
    from harness.upstreams.upstream import Upstream

OFF = "off"
LEVELS = (*(severity.value for severity in Severity), OFF)
"""What may be said of a rule."""
NO_LEVELS: Mapping[str, str] = MappingProxyType({})


def weigh(
    report: Report, upstream: Upstream, *, clients: str = Clients.SDK, levels: Mapping[str, str] = NO_LEVELS
) -> Report:
    """The report as it is for these clients, under these severities of rules.

    Raises `UsageError` for a kind of clients, a rule or a severity that does not exist.
    """
    kind = clients_of(clients)
    check_levels(levels)
    places = read_places(upstream)
    kept = [finding for finding in report.findings if levels.get(finding.rule) != OFF]
    weighed = in_order(_weighed(finding, kind, levels, places) for finding in kept)
    off = sorted({finding.rule for finding in report.findings if levels.get(finding.rule) == OFF})
    return msgspec.structs.replace(
        report,
        verdict=verdict_of(weighed),
        findings=tuple(weighed),
        summary={**report.summary, "clients": kind.value, **({"off": off} if off else {})},
    )


def clients_of(name: str) -> Clients:
    """The kind of clients of that name."""
    try:
        return Clients(name)
    except ValueError:
        raise UsageError(
            f"There are no clients {name!r}.",
            expected=f"one of {', '.join(Clients)}",
            help=_near(name, Clients),
        ) from None


def check_levels(levels: Mapping[str, str]) -> None:
    """Raise `UsageError` for a rule that does not exist or may not be weighed, and for a word that is no severity."""
    for rule, level in levels.items():
        if rule not in RULES:
            raise UsageError(
                f"There is no rule of drift {rule!r}.",
                where=f"the severity {level!r} for it",
                expected="a rule of docs/reference/drift.md",
                help=_near(rule, RULES),
            )
        if level not in LEVELS:
            raise UsageError(
                f"{level!r} is no severity.",
                where=f"rule {rule}",
                expected=f"one of {', '.join(LEVELS)}",
                help=_near(level, LEVELS),
            )
        if rule in NEUTRAL:
            raise UsageError(
                f"The rule {rule!r} says why nothing could be seen; it has no other severity.",
                help="take it out of the severities",
            )


def _near(word: str, words: Iterable[str]) -> str | None:
    near = get_close_matches(word, map(str, words), n=1)
    return f"did you mean {near[0]!r}?" if near else None


def _weighed(finding: Finding, kind: Clients, levels: Mapping[str, str], places: Container[str]) -> Finding:
    read = is_read(finding.where, places)
    severity = severity_for(kind, finding.rule, finding.severity, read=read)
    said = levels.get(finding.rule)
    return msgspec.structs.replace(finding, severity=Severity(said) if said else severity)
