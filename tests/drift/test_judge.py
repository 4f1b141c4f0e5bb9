"""Differences become findings: folded, tested, ordered."""

from __future__ import annotations

import pytest

from harness.drift.change import Change
from harness.drift.essence import essence
from harness.drift.judge import FOLDS, finding_of, in_order, judge
from harness.drift.rules import RULES
from harness.finding import Severity, Verdict, fingerprint


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


def rules(*changes, **how):
    return [finding.rule for finding in judge(changes, **{"summary": {}, **how}).findings]


@pytest.mark.parametrize(
    ("cause", "consequence"), [(cause, each) for cause in FOLDS for each in FOLDS[cause]]
)
def test_every_consequence_is_folded_and_is_told_without_its_cause(cause, consequence):
    rule, _, place = consequence.partition(" ")
    assert rules(Change(cause, "$.a"), Change(rule, place)) == [cause]
    assert rules(Change(rule, place)) == [rule]


def test_a_fold_of_one_place_folds_what_lies_inside_of_it_and_nothing_beside():
    gone = [Change("chunk-field-removed", place) for place in ("$.usage", "$.usages", "$.used")]
    found = judge([Change("usage-missing"), *gone], summary={}).findings
    assert [finding.where for finding in found] == ["$.usages", "$.used", "usage-chunk"]
    inner = [Change("chunk-field-removed", place) for place in ("$.usage.total", "$.usage[*]")]
    assert rules(Change("usage-missing"), *inner) == ["usage-missing"]


@pytest.mark.parametrize(
    ("rule", "where", "missed"),
    [
        ("chunk-field-removed", "$.choices", False),
        ("chunk-field-type-changed", "$.choices[*]", False),
        ("chunk-field-removed", "$.choices[*].delta.role", True),
        ("chunk-field-removed", "$.choice", True),
        ("chunk-field-optional", "$.choices", True),
    ],
)
def test_a_part_is_missed_unless_what_held_it_cannot_be_read(rule, where, missed):
    paths = {"role": "$.choices[*].delta.role"}
    found = rules(Change(rule, where), Change("role-repeated"), paths=paths)
    assert ("role-repeated" in found) is missed


@pytest.mark.parametrize("rule", ["reply-without-chunks", "order-changed"])
def test_where_no_text_can_be_read_its_order_is_not_told(rule):
    paths = {"text": "$.choices[*].delta.content"}
    gone = Change("chunk-field-removed", "$.choices")
    assert rules(gone, Change(rule), paths=paths) == ["chunk-field-removed"]
    assert rule in rules(gone, Change(rule), paths={"id": "$.choices.id"})


@pytest.mark.parametrize("rule", ["removed", "type-changed", "added"])
def test_what_came_went_or_became_another_thing_speaks_for_its_inside(rule):
    found = rules(Change(f"chunk-field-{rule}", "$.a"), Change("chunk-field-null", "$.a[*].b"))
    assert found == [f"chunk-field-{rule}"]
    assert len(rules(Change(f"chunk-field-{rule}", "$.a"), Change("chunk-field-null", "$.ab"))) == 2


def test_one_rule_speaks_of_one_place_once_and_of_two_twice():
    twice = [Change("chunk-field-null", "$.a", "1", "2"), Change("chunk-field-null", "$.a", "3", "4")]
    (found,) = judge(twice, summary={}).findings
    assert (found.evidence.before, found.evidence.now) == ("1", "2")
    assert len(rules(*twice, Change("chunk-field-null", "$.b"))) == 2


def test_of_one_event_tested_twice_the_less_likely_stands():
    (found,) = judge(
        [Change("ttft-slower", now="b", p=0.004), Change("ttft-slower", now="a", p=0.001)], summary={}
    ).findings
    assert (found.evidence.now, found.evidence.p, found.evidence.needed) == ("a", 0.001, 0)


def test_nothing_is_less_likely_than_what_has_no_chance():
    (found,) = judge([Change("ttft-slower", p=0.001), Change("ttft-slower", p=0.0)], summary={}).findings
    assert found.evidence.p == 0.0


def test_what_is_certain_is_not_tested_with_what_is_not():
    certain = [Change("chunk-field-null", f"$.a{number}") for number in range(50)]
    assert "ttft-slower" in rules(*certain, Change("ttft-slower", p=0.009))


@pytest.mark.parametrize(("p", "is_said"), [(0.1, True), (0.11, False)])
def test_a_suspicion_is_said_up_to_one_in_ten(p, is_said):
    undecided = report(Change("ttft-slower", "$.x", "1", "2", p=p)).summary["undecided"]
    assert [each["where"] for each in undecided] == ["$.x"] * is_said


def test_the_chance_of_a_suspicion_has_two_digits_and_is_said_once():
    undecided = report(Change("ttft-slower", p=0.0567), Change("ttft-slower", p=0.0412)).summary["undecided"]
    assert [each["p"] for each in undecided] == [0.041]


def test_one_suspicion_is_no_finding_beside_one_that_stands():
    found = report(
        Change("ttft-slower", p=0.0001),
        Change("duration-longer", p=0.08),
        Change("ttft-slower", "$.x", p=0.09),
    )
    assert [finding.where for finding in found.findings] == ["ttft"]
    assert {each["where"] for each in found.summary["undecided"]} == {"duration", "$.x"}


def test_a_summary_keeps_what_it_said():
    assert judge([], summary={"new_answers": 3}).summary == {"new_answers": 3, "undecided": []}


@pytest.mark.parametrize(
    ("change", "message", "evidence"),
    [
        (
            Change("framing-space"),
            "The space after `data:` came or went.",
            (None, None, "deterministic", None),
        ),
        (
            Change("framing-space", "", "0 of 8", "8 of 8", "data tight"),
            "The space after `data:` came or went (data tight: before 0 of 8, now 8 of 8).",
            ("0 of 8", "8 of 8", "deterministic", None),
        ),
        (
            Change("framing-space", "", "0 of 8", "", "data tight", p=0.012345, needed=4),
            "The space after `data:` came or went (data tight).",
            ("0 of 8", None, 0.012, 4),
        ),
        (
            Change("framing-space", "", "", "8 of 8", p=0.5),
            "The space after `data:` came or went.",
            (None, "8 of 8", 0.5, None),
        ),
    ],
)
def test_a_finding_says_what_was_seen_before_and_now(change, message, evidence):
    found = finding_of(change)
    told = found.evidence
    assert (found.message, (told.before, told.now, told.p, told.needed)) == (message, evidence)


@pytest.mark.parametrize("name", ["framing-space", "chunk-field-removed", "ttft-slower"])
def test_a_finding_has_the_layer_the_help_and_the_place_of_its_rule(name):
    rule, found = RULES[name], finding_of(Change(name))
    assert (found.rule, found.layer, found.help, found.where, found.severity) == (
        (name, rule.layer, rule.help, rule.where, rule.severity)
    )
    assert found.fingerprint == fingerprint(name, rule.layer, rule.where, essence(Change(name)))
    assert finding_of(Change(name, "$.x")).fingerprint != found.fingerprint


def test_what_differs_is_part_of_the_fingerprint():
    tight, spaced = (finding_of(Change("framing-space", detail=f"data {how}")) for how in ("tight", "spaced"))
    assert tight.fingerprint == fingerprint("framing-space", tight.layer, tight.where, "data tight")
    assert tight.fingerprint != spaced.fingerprint


def test_a_place_may_weigh_more_or_less_than_its_rule():
    assert finding_of(Change("framing-space", severity=Severity.BREAKING)).severity is Severity.BREAKING


def test_findings_of_one_weight_come_by_layer_and_then_by_place():
    names = [
        ("ttft-slower", ""),
        ("framing-space", ""),
        ("chunk-field-everywhere", "$.b"),
        ("chunk-field-everywhere", "$.a"),
    ]
    found = in_order(finding_of(Change(*each)) for each in names)
    assert [finding.where for finding in found] == ["$.a", "$.b", "framing", "ttft"]


@pytest.mark.parametrize(
    ("names", "verdict"),
    [
        ([], Verdict.CLEAN),
        (["id-field-changed"], Verdict.BENIGN),
        (["id-field-changed", "chunk-field-added"], Verdict.DRIFT),
        (["could-not-look", "chunk-field-added"], Verdict.INCONCLUSIVE),
    ],
)
def test_one_word_for_a_whole_report(names, verdict):
    assert report(*map(Change, names)).verdict is verdict
