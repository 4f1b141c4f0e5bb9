"""Differences to findings: consequences folded into their causes, chance told from change, one verdict.

A difference without chance in it is a finding at once. Those with a p-value stand together under one false discovery
rate.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from harness.drift.essence import essence
from harness.drift.rules import NEUTRAL, RULES
from harness.drift.statistics import SUSPICIOUS, discoveries
from harness.finding import Evidence, Finding, Report, Severity, Verdict, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.drift.change import Change


NOWHERE: Mapping[str, str] = MappingProxyType({})

FOLDS: dict[str, tuple[str, ...]] = {
    "sentinel-changed": ("sentinel-missing",),
    "sentinel-unfinished": ("framing-cut", "sentinel-missing"),
    "encoding-twice": ("piece-size-changed",),
    "encoding-doubled": ("reply-without-chunks", "chunk-not-json", "sentinel-missing"),
    "framing-lost": (
        "reply-without-chunks",
        "sentinel-missing",
        "framing-cut",
        "chunk-not-json",
        "framing-field-unknown",
        "framing-space",
        "role-with-text",
    ),
    "chunk-not-json": ("reply-without-chunks",),
    "content-type-changed": (
        *("reply-without-chunks", "sentinel-missing", "framing-lost", "framing-cut", "framing-field-unknown"),
        *("sentinel-changed", "framing-line-ends", "header-removed", "origin-changed", "transfer-changed"),
        *("cache-control-changed", "server-changed", "role-missing", "finish-missing", "usage-missing"),
    ),
    "reply-without-chunks": (
        "framing-line-ends",
        "sentinel-missing",
        "framing-cut",
        "usage-missing",
    ),
    "finish-missing": ("chunk-field-word-gone", "chunk-field-moved", "chunk-field-optional", "order-changed"),
    "framing-cut": (
        *(
            "chunk-field-word-gone",
            "chunk-not-json",
            "framing-field-unknown",
            "inter-chunk-slower",
            "stalls-longer",
        ),
        *("finish-missing", "usage-missing", "ttft-slower", "duration-longer", "piece-size-changed"),
    ),
    "role-missing": ("order-changed", "chunk-field-moved"),
    "data-after-sentinel": ("chunk-field-optional", "chunk-field-array-empty", "finish-repeated"),
    "role-repeated": ("chunk-field-moved", "chunk-field-everywhere"),
    "finish-early": ("order-changed", "usage-moved"),
    "finish-repeated": ("order-changed",),
    "finish-with-text": ("chunk-field-moved",),
    "chunk-field-null": ("order-changed",),
    "usage-new": ("chunk-field-added", "order-changed", "chunk-field-array-empty"),
    "usage-missing": ("chunk-field-removed $.usage",),
    "usage-repeated": ("chunk-field-everywhere", "chunk-field-moved", "usage-moved"),
    "usage-moved": ("chunk-field-moved", "order-changed"),
    "answer-in-one-piece": (
        *("piece-size-changed", "inter-chunk-slower", "stalls-longer", "stream-buffered", "ttft-slower"),
        *("role-with-text", "finish-with-text", "duration-longer"),
    ),
    "stream-buffered": ("inter-chunk-slower", "stalls-longer", "duration-longer", "ttft-slower"),
    "piece-size-changed": ("inter-chunk-slower", "stalls-longer"),
    "text-cumulative": ("piece-size-changed",),
    "inter-chunk-slower": ("stalls-longer",),
    "caching-allowed": ("cache-control-changed",),
    "index-counts-up": ("chunk-field-magnitude-changed", "chunk-field-constant-changed"),
    "error-in-stream": (
        "chunk-field-added",
        "chunk-field-optional",
        "finish-missing",
        "sentinel-missing",
        "order-changed",
    ),
    "error-body-changed": ("error-field-removed", "error-header-removed", "error-header-added"),
    "endpoint-gone": ("credentials-required",),
    "request-refused": ("error-status-changed", "error-body-changed", "error-content-type-changed"),
    "stream-broken": ("finish-missing", "usage-missing", "framing-cut"),
    "chunk-field-array-empty": ("order-changed",),
    "request-encoding-changed": (
        "request-field-type-changed",
        "request-field-removed",
        "request-field-added",
    ),
    "chunks-doubled": (
        "order-changed",
        "role-repeated",
        "finish-repeated",
        "sentinel-doubled",
        "usage-repeated",
    ),
    "transfer-changed": ("header-added",),
}
"""What explains what: where the first is found, the others are its consequences."""


READ_FROM = {
    "role": ("role-missing", "role-repeated"),
    "finish": ("finish-missing",),
    "text": ("reply-without-chunks", "order-changed"),
}
"""What the order of a stream cannot tell once something that holds the part is gone; by the names of the map."""


def judge(
    changes: Iterable[Change], *, summary: dict[str, object], paths: Mapping[str, str] = NOWHERE
) -> Report:
    """The report on these differences, worst first. *paths*: where the parts of a reply lie."""
    found = list(changes)
    standing = _beyond_chance(found)
    told = _without_twins(standing)
    patterns = [pattern for cause in {change.rule for change in told} for pattern in FOLDS.get(cause, ())]
    patterns += _unreadable(told, paths)
    kept = [change for change in told if not any(_is_meant(change, pattern) for pattern in patterns)]
    findings = in_order(map(finding_of, kept))
    undecided = [_suspicion(change) for change in _suspects(found) if not _stands(change, standing)]
    return Report(verdict_of(findings), tuple(findings), summary | {"undecided": undecided})


def _unreadable(told: list[Change], paths: Mapping[str, str]) -> list[str]:
    """The rules that speak of a part of the reply inside of something that is gone, or another thing."""
    lost = [
        change.where for change in told if change.rule.endswith(("-field-removed", "-field-type-changed"))
    ]
    return [
        rule
        for name, rules in READ_FROM.items()
        if any(_is_inside(paths.get(name, ""), where) for where in lost)
        for rule in rules
    ]


def _suspects(changes: list[Change]) -> list[Change]:
    return _surest([change for change in changes if change.p is not None and change.p <= SUSPICIOUS])


def _stands(change: Change, standing: list[Change]) -> bool:
    return any((each.rule, each.where) == (change.rule, change.where) for each in standing)


def _suspicion(change: Change) -> dict[str, object]:
    """A difference that chance may have made, in words: too few to tell is said, not hidden."""
    rule = RULES[change.rule]
    return {
        "rule": rule.id,
        "where": change.where or rule.where,
        "before": change.before,
        "now": change.now,
        "p": float(f"{change.p or 0.0:.2g}"),
        "needed": change.needed,
    }


def finding_of(change: Change) -> Finding:
    """The change in words, with its evidence."""
    rule = RULES[change.rule]
    where = change.where or rule.where
    seen = ": ".join(filter(None, [change.detail, _seen(change)]))
    return Finding(
        rule=rule.id,
        severity=change.severity or rule.severity,
        layer=rule.layer,
        where=where,
        message=f"{rule.what.removesuffix('.')} ({seen})." if seen else rule.what,
        help=rule.help,
        evidence=Evidence(
            before=change.before or None,
            now=change.now or None,
            p="deterministic" if change.p is None else float(f"{change.p:.2g}"),
            needed=change.needed,
        ),
        fingerprint=fingerprint(rule.id, rule.layer, where, essence(change)),
    )


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first, then by layer and place."""
    order = list(Severity)
    return sorted(findings, key=lambda found: (order.index(found.severity), found.layer, found.where))


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """`inconclusive` where nothing could be seen; `drift` for whatever is worse than benign."""
    found = list(findings)
    if any(finding.rule in NEUTRAL for finding in found):
        return Verdict.INCONCLUSIVE
    if any(finding.severity is not Severity.BENIGN for finding in found):
        return Verdict.DRIFT
    return Verdict.BENIGN if found else Verdict.CLEAN


def _is_meant(change: Change, pattern: str) -> bool:
    """Whether a fold speaks of this change: a rule, or a rule and a place with all that lies below it."""
    rule, _, place = pattern.partition(" ")
    return change.rule == rule and (not place or change.where == place or _is_inside(change.where, place))


def _is_inside(place: str, outer: str) -> bool:
    """Whether *place* lies within what stands at *outer*."""
    return place.startswith((f"{outer}.", f"{outer}["))


def _seen(change: Change) -> str:
    return f"before {change.before}, now {change.now}" if change.before and change.now else ""


def _beyond_chance(changes: list[Change]) -> list[Change]:
    chancy = _surest([change for change in changes if change.p is not None])
    stands = discoveries([change.p for change in chancy if change.p is not None])
    kept = [change for change, holds in zip(chancy, stands, strict=True) if holds]
    return [change for change in changes if change.p is None] + [
        msgspec.structs.replace(change, needed=0) for change in kept
    ]


def _surest(changes: list[Change]) -> list[Change]:
    """One change for each rule and place, the least likely by chance: one event must not be tested many times."""
    best: dict[tuple[str, str], Change] = {}
    for change in sorted(changes, key=lambda change: change.p or 0.0):
        best.setdefault((change.rule, change.where), change)
    return list(best.values())


def _without_twins(changes: list[Change]) -> list[Change]:
    """One change for each rule and place; and nothing about the inside of what is gone or of another type."""
    first: dict[tuple[str, str], Change] = {}
    for change in changes:
        first.setdefault((change.rule, change.where), change)
    lost = [
        c.where
        for c in first.values()
        if c.rule.endswith(("-field-removed", "-field-type-changed", "-field-added"))
    ]
    return [change for change in first.values() if not any(_is_inside(change.where, where) for where in lost)]
