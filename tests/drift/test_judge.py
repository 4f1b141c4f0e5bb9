"""Differences to findings, findings to a word."""

import pytest
from harness.drift.difference import Difference

from harness.drift.judge import judge
from harness.drift.shape import summarise
from harness.finding import Severity, Verdict
from tests.drift.exchanges import UPSTREAM, several

BEFORE = summarise(several(), UPSTREAM)


def report(*differences, now=BEFORE, before=BEFORE, **more):
    return judge(differences, before, now, UPSTREAM, **more)


@pytest.mark.parametrize(
    ("rules", "verdict"),
    [
        ((), Verdict.CLEAN),
        (("framing-id-changed",), Verdict.BENIGN),
        (("framing-id-changed", "chunk-field-added"), Verdict.DRIFT),
        (("chunk-field-removed",), Verdict.DRIFT),
    ],
)
def test_the_verdict_is_that_of_the_findings(rules, verdict):
    assert report(*(Difference(rule=rule) for rule in rules)).verdict is verdict


def test_the_worst_comes_first_and_a_severity_can_be_overridden():
    found = [Difference(rule="framing-id-changed"), Difference(rule="framing-sentinel-missing")]
    assert [each.severity for each in report(*found).findings] == ["breaking", "benign"]
    severities = {"framing-sentinel-missing": Severity.BENIGN}
    assert report(*found, severities=severities).verdict is Verdict.BENIGN


def test_a_chance_stands_only_beside_the_others():
    lone = report(Difference(rule="timing-ttft-slower", p=0.004))
    crowd = report(
        *(
            Difference(rule=rule, p=p)
            for rule, p in (
                ("timing-ttft-slower", 0.004),
                ("timing-gap-slower", 0.9),
                ("timing-gap-tail", 0.9),
            )
        )
    )
    assert lone.verdict is Verdict.DRIFT
    assert (crowd.verdict, crowd.summary["undecided"]) == (Verdict.CLEAN, 3)


def test_what_does_not_stand_silences_nothing():
    found = [Difference(rule="sequence-chunk-repeated", p=0.9), Difference(rule="sequence-role-repeated")]
    assert [each.rule for each in report(*found).findings] == ["sequence-role-repeated"]


def test_nothing_recorded_is_inconclusive():
    nothing = summarise([], UPSTREAM)
    assert report(now=nothing).verdict is report(before=nothing).verdict is Verdict.INCONCLUSIVE


def test_nothing_seen_is_inconclusive_but_a_change_of_requests_is_told():
    blocked = summarise(several(status=429, body=b"{}"), UPSTREAM)
    assert report(now=blocked).verdict is Verdict.INCONCLUSIVE
    assert report(Difference(rule="request-path-changed"), now=blocked).verdict is Verdict.DRIFT


def test_a_finding_says_what_it_rests_on():
    (finding,) = report(
        Difference(rule="chunk-field-removed", where="$.id", before="9 of 9", now="0 of 5")
    ).findings
    assert (finding.where, finding.evidence.before, finding.evidence.p) == ("$.id", "9 of 9", "deterministic")
    assert len(finding.fingerprint) == 12
