"""Findings that somebody has accepted: who, why, until when; and a report without them. Pure: the day is handed in.

An accepted finding does not count, and is never forgotten: it stays in the report's summary. One that has expired
counts again, and that nobody could look is never accepted.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import msgspec

from harness.drift.judge import verdict_of
from harness.drift.rules import NEUTRAL
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from harness.finding import Finding, Report


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One accepted finding. Rule, place, severity and message are what was known of it then; for people who review."""

    fingerprint: str
    reason: str
    owner: str
    accepted: datetime.date
    expires: datetime.date | None = None
    rule: str = ""
    where: str = ""
    severity: Severity | None = None
    message: str = ""

    def is_over(self, today: datetime.date) -> bool:
        """Whether it does not hold any more: the day it names is the last on which it does."""
        return self.expires is not None and self.expires < today


def accept(
    entries: Iterable[Entry],
    fingerprints: Sequence[str],
    *,
    known: Mapping[str, Finding],
    reason: str,
    owner: str,
    today: datetime.date,
    expires: datetime.date | None,
) -> list[Entry]:
    """The entries with these, each in the place of an earlier one. *known*: findings by their fingerprints."""
    blank = Entry(fingerprint="", reason=reason, owner=owner, accepted=today, expires=expires)
    fresh = [_entry(blank, fingerprint, known.get(fingerprint)) for fingerprint in fingerprints]
    return in_order([entry for entry in entries if entry.fingerprint not in set(fingerprints)] + fresh)


def prune(
    entries: Iterable[Entry], today: datetime.date, *, seen: Iterable[Finding] | None = None
) -> list[Entry]:
    """The entries that still serve: those not over, and, where a report is given, still found in it."""
    found = None if seen is None else {finding.fingerprint for finding in seen}
    return in_order(
        entry
        for entry in entries
        if not entry.is_over(today) and (found is None or entry.fingerprint in found)
    )


def without_accepted(report: Report, entries: Iterable[Entry], today: datetime.date) -> Report:
    """The report as it counts; its summary says what was accepted, and which of it is over or not seen any more."""
    mine = list(entries)
    if not mine:
        return report
    valid = {entry.fingerprint: entry for entry in mine if not entry.is_over(today)}
    silent = [each for each in report.findings if each.fingerprint in valid and each.rule not in NEUTRAL]
    counted = tuple(finding for finding in report.findings if finding not in silent)
    found = {finding.fingerprint for finding in report.findings}
    accepted = [_told(finding, valid[finding.fingerprint]) for finding in silent]
    summary = {
        "accepted": accepted,
        "expired": [
            entry.fingerprint for entry in mine if entry.is_over(today) and entry.fingerprint in found
        ],
        "not_seen": [entry.fingerprint for entry in mine if entry.fingerprint not in found],
    }
    return msgspec.structs.replace(
        report, verdict=verdict_of(counted), findings=counted, summary=report.summary | summary
    )


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """As a file keeps them, so that a change of one is a change of its lines."""
    return sorted(entries, key=lambda entry: (entry.rule, entry.where, entry.fingerprint))


def _told(finding: Finding, entry: Entry) -> dict[str, object]:
    until = entry.expires.isoformat() if entry.expires else None
    words = {"rule": finding.rule, "where": finding.where, "severity": finding.severity.value}
    return {
        "fingerprint": entry.fingerprint,
        **words,
        "reason": entry.reason,
        "owner": entry.owner,
        "expires": until,
    }


def _entry(blank: Entry, fingerprint: str, finding: Finding | None) -> Entry:
    if finding is None:
        return msgspec.structs.replace(blank, fingerprint=fingerprint)
    return msgspec.structs.replace(
        blank,
        fingerprint=fingerprint,
        rule=finding.rule,
        where=finding.where,
        severity=finding.severity,
        message=finding.message,
    )
