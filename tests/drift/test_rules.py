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


ONE_DOCUMENT = "a question and an error are one document each: there are no places in a stream"
CALLERS = "what callers say, and how they write it, is theirs to choose"
FEW = "errors are few: what did not come this time is no sign"
NO_MIRROR = {
    ("everywhere", "request"): ONE_DOCUMENT,
    ("everywhere", "error"): ONE_DOCUMENT,
    ("moved", "request"): ONE_DOCUMENT,
    ("moved", "error"): ONE_DOCUMENT,
    ("optional", "request"): "a field that callers send now and then is one removed, with its chance",
    ("word-gone", "error"): FEW,
    ("format-changed", "request"): CALLERS,
    ("magnitude-changed", "request"): CALLERS,
    ("sum-broken", "request"): CALLERS,
    ("sum-broken", "error"): "errors count nothing",
    ("array-empty", "request"): CALLERS,
    ("array-empty", "error"): "clients take no first item of an error",
    ("array-longer", "request"): CALLERS,
    ("array-longer", "error"): "clients take no first item of an error",
}
"""Field rules of a chunk that a question or an error has not, and why."""


def test_every_field_rule_of_a_chunk_has_its_mirrors_or_a_reason():
    kinds = [rule.removeprefix("chunk-field-") for rule in RULES if rule.startswith("chunk-field-")]
    missing = {
        (kind, side) for kind in kinds for side in ("request", "error") if f"{side}-field-{kind}" not in RULES
    }
    assert missing == NO_MIRROR.keys()


def test_no_field_rule_of_a_question_or_an_error_stands_alone():
    mirrors = [rule for rule in RULES if rule.startswith(("request-field-", "error-field-"))]
    assert all(rule.replace(rule.partition("-")[0], "chunk", 1) in RULES for rule in mirrors)


def test_the_tables_speak_of_known_rules_only():
    named = {
        *APPEARED.values(),
        *VANISHED.values(),
        *FOLDS,
        *(pattern.partition(" ")[0] for patterns in FOLDS.values() for pattern in patterns),
    }
    assert named <= RULES.keys()
