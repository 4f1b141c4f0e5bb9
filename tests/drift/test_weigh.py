"""A report for other clients, and under the reader's own severities."""

from __future__ import annotations

import pytest

from harness.drift.change import Change
from harness.drift.judge import judge
from harness.drift.rules import NEUTRAL, RULES
from harness.drift.weigh import LEVELS, weigh
from harness.errors import UsageError
from harness.finding import Severity, Verdict
from harness.upstreams.registry import get_upstream

ADDED, SPACE = Change("chunk-field-added", "$.tier"), Change("framing-space")
GONE = Change("chunk-field-removed", "$.system_fingerprint")
TEXT = Change("chunk-field-removed", "$.choices[*].delta.content")


def weighed(*changes, **how):
    return weigh(judge(changes, summary={}), get_upstream("vitalentum"), **how)


def told(report):
    return [(finding.rule, finding.severity.value) for finding in report.findings]


def test_nothing_changes_for_an_sdk():
    report = judge([ADDED, SPACE, GONE, TEXT], summary={})
    assert weigh(report, get_upstream("vitalentum")).findings == report.findings


def test_the_kind_of_clients_changes_severities_order_and_verdict():
    assert told(weighed(ADDED, SPACE, clients="wire")) == [
        ("framing-space", "breaking"),
        ("chunk-field-added", "benign"),
    ]
    assert told(weighed(ADDED, SPACE, clients="strict-typed"))[0] == ("chunk-field-added", "breaking")
    assert weighed(ADDED).verdict is Verdict.DRIFT
    assert weighed(ADDED, clients="tolerant").verdict is Verdict.BENIGN


def test_what_a_client_need_not_read_weighs_less():
    report = weighed(GONE, TEXT, clients="wire")
    assert [finding.severity for finding in report.findings] == [Severity.BREAKING, Severity.BENIGN]


def test_what_is_said_of_a_rule_is_stronger_than_the_kind_of_clients():
    levels = {"framing-space": "additive"}
    assert told(weighed(SPACE, clients="wire", levels=levels)) == [("framing-space", "additive")]


def test_a_rule_that_is_off_is_not_found_and_that_is_said():
    report = weighed(SPACE, levels={"framing-space": "off"})
    assert (report.verdict, report.findings, report.summary["off"]) == (Verdict.CLEAN, (), ["framing-space"])


def test_the_summary_names_the_clients():
    assert weighed(clients="tolerant").summary["clients"] == "tolerant"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"clients": "tolerent"}, "did you mean 'tolerant'?"),
        ({"levels": {"framing-spce": "off"}}, "did you mean 'framing-space'?"),
        ({"levels": {"framing-space": "braking"}}, "did you mean 'breaking'?"),
    ],
)
def test_a_word_that_does_not_exist_is_answered_with_the_nearest(how, words):
    with pytest.raises(UsageError, match=r"There (is|are) no|no severity") as caught:
        weighed(SPACE, **how)
    assert caught.value.help == words


@pytest.mark.parametrize("rule", sorted(NEUTRAL))
def test_why_nothing_was_seen_cannot_be_turned_off(rule):
    with pytest.raises(UsageError, match="says why nothing could be seen"):
        weighed(levels={rule: "off"})
    for clients in ("strict-typed", "tolerant", "wire"):
        assert weighed(Change(rule), clients=clients).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_may_be_said_of_every_other_rule(level):
    levels = dict.fromkeys(RULES.keys() - NEUTRAL, level)
    found = weighed(SPACE, ADDED, levels=levels).findings
    assert {finding.severity.value for finding in found} == ({level} - {"off"})
