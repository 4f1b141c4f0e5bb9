"""Differences to findings, and findings to the one word. Pure.

What rests on chance stands only if it stands beside all the other chances of the run. What could not be seen at work is
neither good nor bad: `inconclusive`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.diff import causes
from harness.drift.difference import Difference, listed
from harness.drift.outcomes import Outcome
from harness.drift.rules import RULES
from harness.drift.statistics import discoveries
from harness.finding import Evidence, Finding, Report, Severity, Verdict
from harness.upstreams.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.drift.summary import Summary
    from harness.upstreams.upstream import Upstream

WORST_FIRST = tuple(Severity)


def judge(
    differences: Iterable[Difference],
    before: Summary,
    now: Summary,
    upstream: Upstream,
    *,
    severities: Mapping[str, Severity] | None = None,
) -> Report:
    """The report of a comparison. *severities* overrides those of the table, rule by rule."""
    found = list(differences)
    standing = _standing(found)
    findings = [_finding(each, severities or {}) for each in causes(standing, upstream)]
    if unseen := _unseen(before, now, findings):
        findings.append(_finding(unseen, {}))
    findings.sort(key=lambda finding: WORST_FIRST.index(finding.severity))
    summary = {
        "recordings_before": before.count("exchange"),
        "recordings_now": now.count("exchange"),
        "replies_now": now.count("outcome", Outcome.REPLY),
        "undecided": len(found) - len(standing),
    }
    return Report(verdict(findings), tuple(findings), dict(summary))


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The one word for these findings of drift."""
    found = list(findings)
    if not found:
        return Verdict.CLEAN
    if all(RULES[finding.rule].inconclusive for finding in found):
        return Verdict.INCONCLUSIVE
    if all(finding.severity is Severity.BENIGN for finding in found):
        return Verdict.BENIGN
    return Verdict.DRIFT


def _standing(found: list[Difference]) -> list[Difference]:
    """The deterministic ones, and of the others those that stand when all are looked at together."""
    chances = [each.p for each in found if isinstance(each.p, float)]
    kept = discoveries(chances)
    number = 0
    standing: list[Difference] = []
    for each in found:
        if not isinstance(each.p, float):
            standing.append(each)
            continue
        standing += [each] if number in kept else []
        number += 1
    return standing


def _unseen(before: Summary, now: Summary, findings: list[Finding]) -> Difference | None:
    """What kept us from looking, if anything did: nothing recorded, or nothing of the upstream's own to see."""
    if not before.count("exchange") or not now.count("exchange"):
        counts = (f"{side.count('exchange')} recordings" for side in (before, now))
        return Difference(rule="upstream-nothing-recorded", before=next(counts), now=next(counts))
    seen = (
        now.count("outcome", Outcome.REPLY)
        + now.count("outcome", Outcome.REDIRECT)
        + now.count("outcome", Outcome.REFUSED)
    )
    if seen or not before.count("outcome", Outcome.REPLY):
        return None
    if any(finding.layer != "request" for finding in findings):
        return None
    statuses = now.vocabulary("status", Outcome.BLOCKED) or {}
    return Difference(
        rule="upstream-unseen",
        before=f"{before.count('outcome', Outcome.REPLY)} replies",
        now=f"0 replies of {now.count('exchange')}, status {listed(statuses)}",
    )


def _finding(difference: Difference, severities: Mapping[str, Severity]) -> Finding:
    rule = RULES[difference.rule]
    detail = f" ({excerpt(difference.detail)})" if difference.detail else ""
    return Finding(
        rule=rule.id,
        severity=severities.get(rule.id, rule.severity),
        layer=rule.layer,
        where=difference.where or rule.where,
        message=f"{rule.what}{detail} {rule.why}",
        help=rule.help,
        evidence=Evidence(
            excerpt(difference.before) or None,
            excerpt(difference.now) or None,
            difference.p,
            difference.needed,
        ),
    )
