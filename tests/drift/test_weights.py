"""What rules weigh, and for whom."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from harness.drift.rules import RULES
from harness.drift.weights import WEIGHTS, Clients, Weights, own_weights, weighed
from harness.errors import UsageError
from harness.finding import Finding, Layer, Report, Severity, Verdict


def finding(rule):
    return Finding(
        rule=rule, severity=RULES[rule].severity, layer=RULES[rule].layer, where="$", message="m", help="h"
    )


def verdict(rule, weights):
    return weighed(Report(Verdict.DRIFT, (finding(rule),)), weights).verdict


@pytest.mark.parametrize(
    ("rule", "clients", "severity"),
    [
        ("chunk-field-added", "sdk", "additive"),
        ("chunk-field-added", "strict-typed", "breaking"),
        ("chunk-field-added", "tolerant", "benign"),
        ("framing-space", "wire", "breaking"),
        ("framing-space", "tolerant", "additive"),
        ("chunk-field-removed", "tolerant", "breaking"),
        ("ttft-slower", "wire", "risky"),
    ],
)
def test_a_rule_weighs_what_its_clients_feel(rule, clients, severity):
    assert Weights(Clients(clients)).of(finding(rule)) == severity


@pytest.mark.parametrize("clients", Clients)
def test_every_pattern_fits_a_rule_and_changes_something(clients):
    for pattern, severity in WEIGHTS[clients]:
        fitting = [rule for rule in RULES.values() if fnmatchcase(rule.id, pattern)]
        assert any(rule.severity is not severity for rule in fitting), pattern


def test_nothing_that_all_clients_need_is_benign_to_one():
    core = (
        "chunk-field-removed",
        "chunk-field-type-changed",
        "chunk-field-null",
        "text-cumulative",
        "chunks-doubled",
    )
    assert {Weights(clients).of(finding(rule)) for clients in Clients for rule in core} == {Severity.BREAKING}


def test_what_a_project_says_comes_first():
    weights = Weights(Clients.TOLERANT, dict(own_weights(["chunk-field-added=breaking", "ttft-slower=off"])))
    assert weights.of(finding("chunk-field-added")) is Severity.BREAKING
    assert verdict("ttft-slower", weights) is Verdict.CLEAN


def test_that_nobody_could_look_weighs_what_it_weighs():
    assert verdict("could-not-look", Weights(Clients.WIRE)) is Verdict.INCONCLUSIVE
    with pytest.raises(UsageError):
        own_weights(["could-not-look=off"])


def test_the_worst_comes_first():
    report = Report(
        Verdict.DRIFT, tuple(map(finding, ("chunk-field-null", "framing-space", "chunk-field-added")))
    )
    order = [each.severity for each in weighed(report, Weights(Clients.WIRE)).findings]
    assert order == sorted(order, key=list(Severity).index)
    assert {each.layer for each in weighed(report, Weights()).findings} >= {Layer.CHUNK, Layer.FRAMING}
