"""The table of drift is complete and consistent."""

import re

import pytest

from harness.contract.catalog import RULES as CONTRACT
from harness.drift import diff, errorchanges, fieldchanges, headchanges, judge, streamchanges
from harness.drift.rules import ALONE, RULES, TABLE
from harness.finding import Layer, Severity
from tests.contract.test_catalog import PLAIN_WORDS

each = pytest.mark.parametrize("rule", TABLE, ids=lambda rule: rule.id)
MIRRORED = ("request", "chunk", "error")


def test_no_id_is_given_twice_nor_one_of_the_contract():
    assert len(RULES) == len(TABLE) > 70
    assert not RULES.keys() & CONTRACT.keys()


@each
def test_a_row_reads_like_the_others(rule):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.id)
    assert rule.what.endswith(".")
    assert rule.why.endswith(".")
    assert rule.help[0].islower()


@each
def test_a_place_is_one_of_the_published_words_or_a_path(rule):
    path = re.match(r"(request:|error:)?\$|(request:|error:)?header:", rule.where)
    assert rule.where == "" or rule.where in PLAIN_WORDS or path


@each
def test_an_id_begins_with_its_layer(rule):
    assert rule.inconclusive or Layer(rule.id.partition("-")[0]) is rule.layer


@each
def test_a_rule_has_its_mirror_or_a_reason(rule):
    prefix, _, name = rule.id.partition("-")
    if prefix not in ("request", "transport") or not name.startswith(
        ("header-", "path-", "method-", "body-", "credential-")
    ):
        return
    other = {"request": "transport", "transport": "request"}[prefix]
    assert f"{other}-{name}" in RULES or rule.id in ALONE


@pytest.mark.parametrize(
    "name", [rule.id.partition("-")[2] for rule in TABLE if rule.id.startswith("chunk-field-re")]
)
def test_rules_of_fields_stand_for_every_document(name):
    assert {f"{document}-{name}" for document in MIRRORED} <= RULES.keys()


def test_a_reason_is_a_reason_and_belongs_to_a_rule():
    assert ALONE.keys() <= RULES.keys()
    assert all(len(reason.split()) > 3 for reason in ALONE.values())


def test_what_the_modules_name_is_in_the_table():
    named = {rule for _, rule in streamchanges._NEVER_BEFORE} | {rule for _, rule, _ in streamchanges._TIMES}
    assert named <= RULES.keys()
    assert diff.CONSEQUENCES.keys() <= RULES.keys()


def test_what_follows_from_a_rule_is_the_beginning_of_another():
    patterns = [pattern.partition(" ")[0] for patterns in diff.CONSEQUENCES.values() for pattern in patterns]
    assert all(any(rule.startswith(pattern) for rule in RULES) for pattern in patterns)


def test_every_rule_is_raised_somewhere():
    sources = "".join(
        open(module.__file__).read()
        for module in (diff, errorchanges, fieldchanges, headchanges, judge, streamchanges)
    )
    raised = {
        rule
        for rule in RULES
        if rule in sources or rule.partition("-")[2] in sources or rule.rpartition("-")[2] in sources
    }
    assert raised == RULES.keys()


def test_the_named_rule_of_the_contract_breaks():
    assert RULES["chunk-field-removed"].severity is Severity.BREAKING
