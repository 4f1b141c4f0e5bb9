"""Accepting, as values."""

from __future__ import annotations

import datetime

import pytest

from harness import compare
from harness.drift.accepted import accept, in_order, prune, without_accepted
from harness.finding import Finding, Layer, Report, Severity, Verdict
from tests.drift.operators import OPERATORS

TODAY = datetime.date(2026, 11, 26)
RISKY = Finding(rule="a", severity=Severity.RISKY, layer=Layer.CHUNK, where="$.a", message="m", help="h")
BENIGN = Finding(rule="b", severity=Severity.BENIGN, layer=Layer.CHUNK, where="$.b", message="m", help="h")
BLIND = Finding(
    rule="could-not-look",
    severity=Severity.BENIGN,
    layer=Layer.TRANSPORT,
    where="status",
    message="m",
    help="h",
)


def accepted(*findings, expires=None):
    known = {finding.fingerprint: finding for finding in findings}
    return accept((), [*known], known=known, reason="r", owner="o", today=TODAY, expires=expires)


def test_the_verdict_is_that_of_what_counts():
    report = Report(Verdict.DRIFT, (RISKY, BENIGN))
    assert without_accepted(report, accepted(RISKY), TODAY).verdict is Verdict.BENIGN
    assert without_accepted(report, accepted(RISKY, BENIGN), TODAY).verdict is Verdict.CLEAN
    assert without_accepted(report, [], TODAY) is report


@pytest.mark.parametrize(("days", "counts"), [(-1, 1), (0, 0), (1, 0)])
def test_it_holds_until_the_end_of_its_day(days, counts):
    entries = accepted(RISKY, expires=TODAY + datetime.timedelta(days))
    assert len(without_accepted(Report(Verdict.DRIFT, (RISKY,)), entries, TODAY).findings) == counts


def test_that_nobody_could_look_stays():
    report = Report(Verdict.INCONCLUSIVE, (BLIND,))
    assert without_accepted(report, accepted(BLIND), TODAY).verdict is Verdict.INCONCLUSIVE


def test_accepting_again_takes_the_place_of_the_earlier_entry():
    entries = accept(
        accepted(RISKY), [RISKY.fingerprint], known={}, reason="new", owner="p", today=TODAY, expires=None
    )
    assert [(entry.reason, entry.owner) for entry in entries] == [("new", "p")]


def test_pruning_keeps_what_serves():
    entries = in_order([*accepted(RISKY), *accepted(BENIGN, expires=datetime.date(2020, 1, 1))])
    assert prune(entries, TODAY) == accepted(RISKY)
    assert prune(entries, TODAY, seen=[BENIGN]) == []


@pytest.mark.parametrize("name", OPERATORS)
def test_a_change_recorded_anew_has_the_same_fingerprint(name):
    operator = OPERATORS[name]
    one, other = (
        {found.fingerprint for found in compare(*operator.sides(seed)).findings} for seed in (1, 11)
    )
    assert one & other


def test_two_changes_at_one_place_have_two():
    names = ("created string", "created float")
    prints = [{found.fingerprint for found in compare(*OPERATORS[name].sides(1)).findings} for name in names]
    assert not prints[0] & prints[1]
