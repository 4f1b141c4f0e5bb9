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


def test_no_chunks_follow_from_data_that_cannot_be_read():
    found = report(Change("reply-without-chunks"), Change("chunk-not-json"))
    assert [finding.rule for finding in found.findings] == ["chunk-not-json"]


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


def test_too_few_to_tell_is_said():
    found = report(
        Change("ttft-slower", before="300 ms", now="900 ms", p=0.04, needed=3), Change("ttft-slower", p=0.6)
    )
    assert found.verdict is Verdict.CLEAN
    assert found.summary["undecided"] == [
        {"rule": "ttft-slower", "where": "ttft", "before": "300 ms", "now": "900 ms", "p": 0.04, "needed": 3}
    ]


def test_what_stands_is_not_undecided():
    assert report(Change("ttft-slower", p=0.0001)).summary["undecided"] == []


def test_one_event_is_not_tested_many_times():
    crowd = [Change("ttft-slower", p=0.009), *(Change("inter-chunk-slower", p=0.5) for _ in range(9))]
    assert [finding.rule for finding in report(Change("ttft-slower", p=0.004), *crowd).findings] == [
        "ttft-slower"
    ]


def test_what_cannot_be_read_any_more_is_not_missed():
    changes = [Change("chunk-field-removed", "$.choices"), Change("role-missing"), Change("finish-missing")]
    paths = {"role": "$.choices[*].delta.role", "finish": "$.choices[*].finish_reason"}
    assert [finding.rule for finding in judge(changes, summary={}, paths=paths).findings] == [
        "chunk-field-removed"
    ]
