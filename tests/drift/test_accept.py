"""Entries of accepted findings: laws of settling, accepting and pruning, with today handed in."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drift.accept import accept, in_order, prune, settle
from harness.drift.change import Change
from harness.drift.judge import judge
from harness.errors import UsageError
from harness.finding import Acceptance, Verdict

DAY = date(2026, 11, 26)
LAST = date(2026, 12, 31)
TERMS = Acceptance("agreed", "ann", DAY, LAST, DAY)
REPORT = judge([Change("chunk-field-added", "$.tier"), Change("framing-space")], summary={})
ALL = [finding.fingerprint for finding in REPORT.findings]
ENTRIES = accept((), REPORT.findings, ALL, TERMS)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(st.sets(st.sampled_from(ALL)), DAYS)
def test_no_finding_is_lost_and_none_counts_twice(wanted, today):
    settled = settle(REPORT, accept((), REPORT.findings, wanted, TERMS), today=today)
    told = [finding.fingerprint for finding in (*settled.findings, *settled.accepted)]
    assert sorted(told) == sorted(ALL)
    assert {finding.fingerprint for finding in settled.accepted} == (wanted if today <= LAST else set())
    assert (settled.verdict is Verdict.CLEAN) == (not settled.findings)


@pytest.mark.parametrize(
    ("today", "verdict"), [(LAST, Verdict.CLEAN), (LAST + timedelta(days=1), Verdict.DRIFT)]
)
def test_an_entry_holds_up_to_its_last_day(today, verdict):
    assert settle(REPORT, ENTRIES, today=today).verdict is verdict


def test_what_has_expired_says_so():
    settled = settle(REPORT, ENTRIES, today=date(2027, 1, 1))
    assert all("until 2026-12-31; that is over." in finding.message for finding in settled.findings)


def test_settling_keeps_what_is_inconclusive_inconclusive():
    report = judge([Change("could-not-look")], summary={})
    entry = msgspec.structs.replace(ENTRIES[0], fingerprint=report.findings[0].fingerprint)
    assert settle(report, [entry], today=DAY).verdict is Verdict.INCONCLUSIVE


def test_accepting_anew_keeps_the_first_day_and_takes_the_new_terms():
    later = Acceptance("still agreed", "bob", LAST, date(2027, 6, 1), LAST)
    (entry,) = (
        each for each in accept(ENTRIES, REPORT.findings, ALL[:1], later) if each.fingerprint == ALL[0]
    )
    assert (entry.first_seen, entry.accepted, entry.owner) == (DAY, LAST, "bob")


@given(st.permutations(ALL))
def test_the_order_of_accepting_makes_no_difference(names):
    made = ()
    for name in names:
        made = accept(made, REPORT.findings, [name], TERMS)
    assert made == ENTRIES == in_order(reversed(ENTRIES))


@pytest.mark.parametrize("wanted", [ALL[0][:-1] + "x", ALL[0][:5], ALL[0].upper(), f" {ALL[0]} "])
def test_a_fingerprint_nearly_right_is_answered_with_the_right_one(wanted):
    with pytest.raises(UsageError) as caught:
        accept((), REPORT.findings, [wanted], TERMS)
    assert caught.value.help == f"did you mean {ALL[0]}?"


def test_a_beginning_that_several_share_is_no_hint():
    shared = [
        msgspec.structs.replace(each, fingerprint=f"abc{each.fingerprint[3:]}") for each in REPORT.findings
    ]
    with pytest.raises(UsageError) as caught:
        accept((), shared, ["abc"], TERMS)
    assert "did you mean" not in caught.value.help


@given(DAYS, st.none() | st.sets(st.sampled_from(ALL)))
def test_pruning_takes_nothing_away_without_a_reason(today, found):
    pruned = prune(ENTRIES, today=today, found=found)
    assert in_order((*pruned.kept, *(entry for entry, _ in pruned.removed))) == ENTRIES
    stays = today <= LAST
    assert {entry.fingerprint for entry in pruned.kept} == (
        (set(ALL) if found is None else found) if stays else set()
    )


def test_pruning_twice_is_pruning_once():
    once = prune(ENTRIES, today=DAY, found={ALL[0]})
    assert prune(once.kept, today=DAY, found={ALL[0]}) == (once.kept, ())
