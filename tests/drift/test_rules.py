"""The table of rules: whole, mirrored, used."""

from __future__ import annotations

import pytest

from harness.drift.diff import APPEARED, VANISHED
from harness.drift.judge import FOLDS
from harness.drift.rules import HELP, RULES
from harness.finding import Layer


def test_every_layer_has_help():
    assert HELP.keys() == set(Layer)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_a_rule_says_what_why_and_what_to_do(rule):
    assert rule.what.endswith(".")
    assert rule.why.endswith(".")
    assert rule.help


def test_field_rules_of_a_chunk_have_a_mirror_for_errors_or_requests():
    alone = {
        rule.removeprefix("chunk-field-")
        for rule in RULES
        if rule.startswith("chunk-field-")
        and not {rule.replace("chunk", "request", 1), rule.replace("chunk", "error", 1)} & RULES.keys()
    }
    # places in a stream, sums and lengths are a stream's own: a question and an error are one document each
    assert alone == {"everywhere", "moved", "sum-broken", "array-empty", "array-longer"}


def test_the_tables_speak_of_known_rules_only():
    named = {
        *APPEARED.values(),
        *VANISHED.values(),
        *FOLDS,
        *(pattern.partition(" ")[0] for patterns in FOLDS.values() for pattern in patterns),
    }
    assert named <= RULES.keys()
