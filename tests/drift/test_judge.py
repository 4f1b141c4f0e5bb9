"""Differences become findings: folded, tested, ordered."""

from __future__ import annotations

from harness.drift.change import Change
from harness.drift.judge import judge
from harness.finding import Severity, Verdict


def report(*changes):
    return judge(changes, summary={})


def test_a_consequence_is_folded_into_its_cause():
    found = report(Change("sentinel-changed"), Change("sentinel-missing"))
    assert [finding.rule for finding in found.findings] == ["sentinel-changed"]


def test_chance_is_silent():
    assert report(Change("ttft-slower", p=0.2)).verdict is Verdict.CLEAN
    assert report(Change("ttft-slower", p=0.001)).verdict is Verdict.DRIFT


def test_the_worst_comes_first():
    found = report(Change("server-changed", "header:server"), Change("sentinel-missing"))
    assert [finding.severity for finding in found.findings] == [Severity.BREAKING, Severity.BENIGN]


def test_what_is_benign_alone_is_benign():
    assert report(Change("id-field-changed")).verdict is Verdict.BENIGN


def test_the_inside_of_what_is_gone_is_not_told():
    found = report(Change("chunk-field-removed", "$.usage"), Change("chunk-field-null", "$.usage.total"))
    assert [finding.where for finding in found.findings] == ["$.usage"]


def test_evidence_says_how_sure():
    evidence = report(Change("chunk-field-removed", "$.a", "9 of 9", "0 of 3")).findings[0].evidence
    assert (evidence.before, evidence.now, evidence.p) == ("9 of 9", "0 of 3", "deterministic")
