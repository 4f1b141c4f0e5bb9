"""Findings that somebody accepted: entries of a file that people review, and the report without them. Pure.

An entry holds up to its last day and no longer. Why nothing could be seen is never accepted. Today is handed in.
"""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from harness.drift.judge import verdict_of
from harness.drift.rules import NEUTRAL
from harness.errors import UsageError
from harness.finding import Acceptance, Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from harness.finding import Report


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One accepted finding, as the file keeps it: enough for a reader who has no report at hand."""

    fingerprint: str
    rule: str
    where: str
    severity: Severity
    message: str
    reason: str
    owner: str
    accepted: date
    expires: date
    first_seen: date


class Pruned(NamedTuple):
    """What is left of the entries, and what was taken away, each with its reason."""

    kept: tuple[Entry, ...]
    removed: tuple[tuple[Entry, str], ...]


def settle(report: Report, entries: Iterable[Entry], *, today: date) -> Report:
    """The report with its accepted findings apart; the verdict is that of the others.

    A finding whose entry has expired counts again, and says so.
    """
    known = {entry.fingerprint: entry for entry in entries}
    told = [_told(finding, known.get(finding.fingerprint), today) for finding in report.findings]
    counted = tuple(finding for finding in told if finding.accepted is None)
    accepted = tuple(finding for finding in told if finding.accepted is not None)
    return msgspec.structs.replace(
        report, verdict=verdict_of(counted), findings=counted, accepted=(*report.accepted, *accepted)
    )


def accept(
    entries: Iterable[Entry], findings: Iterable[Finding], wanted: Iterable[str], terms: Acceptance
) -> tuple[Entry, ...]:
    """The entries with the wanted findings among them, in order. An entry that is accepted anew keeps its first day.

    Raises `UsageError` where a fingerprint is none of these findings', or must not be accepted; then nothing changes.
    """
    known = {entry.fingerprint: entry for entry in entries}
    found = {finding.fingerprint: finding for finding in findings}
    for fingerprint in dict.fromkeys(wanted):
        entry = _entry(_found(fingerprint, found), terms)
        old = known.get(fingerprint)
        first = min(entry.first_seen, old.first_seen) if old else entry.first_seen
        known[fingerprint] = msgspec.structs.replace(entry, first_seen=first)
    return in_order(known.values())


def prune(entries: Iterable[Entry], *, today: date, found: Collection[str] | None = None) -> Pruned:
    """The entries without those that have expired; and without those that are not *found*, where somebody looked."""
    whys = [(entry, _why_gone(entry, today, found)) for entry in in_order(entries)]
    kept = tuple(entry for entry, why in whys if why is None)
    return Pruned(kept, tuple((entry, why) for entry, why in whys if why is not None))


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """By place, rule and fingerprint, so that a change of the file shows what changed and nothing else."""
    return tuple(sorted(entries, key=lambda entry: (entry.where, entry.rule, entry.fingerprint)))


def has_expired(entry: Entry, today: date) -> bool:
    """Whether the entry's last day is over."""
    return today > entry.expires


def _told(finding: Finding, entry: Entry | None, today: date) -> Finding:
    if entry is None or finding.rule in NEUTRAL:
        return finding
    if has_expired(entry, today):
        words = f"{finding.message} {entry.owner} had accepted it until {entry.expires}; that is over."
        return msgspec.structs.replace(finding, message=words)
    terms = Acceptance(entry.reason, entry.owner, entry.accepted, entry.expires, entry.first_seen)
    return msgspec.structs.replace(finding, accepted=terms)


def _found(fingerprint: str, found: dict[str, Finding]) -> Finding:
    finding = found.get(fingerprint)
    if finding is None:
        near = _near(fingerprint, found)
        raise UsageError(
            f"There is no finding {fingerprint!r} here; nothing was accepted.",
            expected=_listed(found) or "a finding, and there is none",
            help=f"did you mean {near}?"
            if near
            else "`harness drift ...` shows the fingerprint of each finding",
        )
    if finding.rule in NEUTRAL:
        raise UsageError(
            f"{finding.rule} says why nothing could be seen; that cannot be accepted.",
            found=finding.message,
            help="look again when the upstream answers",
        )
    return finding


def _near(wanted: str, found: Collection[str]) -> str | None:
    """The one that was meant, most likely: it begins as this does, or differs in a digit or two."""
    word = wanted.strip().lower()
    begins = [each for each in found if word and each.startswith(word)]
    near = begins if len(begins) == 1 else get_close_matches(word, found, n=1)
    return near[0] if near else None


def _listed(found: dict[str, Finding]) -> str:
    rows = [f"{finding.fingerprint} ({finding.rule} at {finding.where})" for finding in found.values()]
    more = f", and {len(rows) - _MOST} more" if len(rows) > _MOST else ""
    return f"one of {', '.join(rows[:_MOST])}{more}" if rows else ""


_MOST = 10
"""Findings that an error names."""


def _entry(finding: Finding, terms: Acceptance) -> Entry:
    names = ("fingerprint", "rule", "where", "severity", "message")
    return Entry(**{name: getattr(finding, name) for name in names}, **msgspec.structs.asdict(terms))


def _why_gone(entry: Entry, today: date, found: Collection[str] | None) -> str | None:
    if has_expired(entry, today):
        return f"expired on {entry.expires}"
    return "not found any more" if found is not None and entry.fingerprint not in found else None
