"""Which compatibility matters: every rule has its row, and the rows say what the kinds of clients mean."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest

from harness.drift.clients import (
    MEANING,
    ORDER,
    ROWS,
    UNSEEN,
    Clients,
    broken_by,
    is_read,
    read_places,
    row_of,
    severity_for,
)
from harness.drift.rules import RULES
from harness.finding import Layer, Severity
from harness.upstreams.registry import get_upstream, upstream_names

NAMES = [name for row in ROWS for name in row.rules.split()]


def severities(rule, *, read=True):
    """What a rule is for strict, SDK, tolerant and by-hand clients, a letter each."""
    found = [severity_for(kind, rule, RULES[rule].severity, read=read) for kind in Clients]
    return "".join(severity[0] if severity is not Severity.BREAKING else "!" for severity in found)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_its_row(rule):
    assert row_of(rule) is not UNSEEN


@pytest.mark.parametrize("name", NAMES)
def test_every_row_speaks_of_some_rule(name):
    assert any(fnmatchcase(rule, name) for rule in RULES)


def test_no_rule_is_named_twice():
    alone = [name for name in NAMES if "*" not in name]
    assert len(alone) == len(set(alone))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.rules.split()[0])
def test_a_row_says_who_breaks_and_where_that_was_seen(row):
    assert row.who.endswith(".")
    for thread in row.seen:
        owner, name, kind, number = thread.split("/")
        assert owner
        assert name
        assert kind in ("issues", "pull")
        assert number.isdigit()


def test_every_kind_of_clients_has_a_meaning():
    assert MEANING.keys() == set(Clients)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_for_an_sdk_a_rule_is_as_bad_as_the_rules_say(rule):
    assert severity_for(Clients.SDK, rule.id, rule.severity) is rule.severity


@pytest.mark.parametrize(
    ("rule", "read", "expected"),
    [
        ("chunk-field-added", False, "!abb"),
        ("chunk-field-removed", True, "!!!!"),
        ("chunk-field-removed", False, "!!rb"),
        ("chunk-field-optional", False, "!rbb"),
        ("chunk-field-null", True, "!!r!"),
        ("chunk-field-type-changed", True, "!!!!"),
        ("chunk-field-array-empty", True, "!!r!"),
        ("framing-space", True, "rrr!"),
        ("framing-line-ends", True, "rrr!"),
        ("comments-new", True, "rrr!"),
        ("sentinel-missing", True, "!!!!"),
        ("retry-field-changed", True, "bbbr"),
        ("role-missing", True, "!!rr"),
        ("text-cumulative", True, "!!!!"),
        ("request-field-added", True, "rrrr"),
        ("could-not-look", True, "bbbb"),
    ],
)
def test_a_rule_weighs_what_its_row_says(rule, read, expected):
    assert severities(rule, read=read) == expected


def test_how_a_question_is_asked_is_the_same_for_all():
    asked = [rule for rule in RULES.values() if rule.layer is Layer.REQUEST]
    assert all(len(set(severities(rule.id))) == 1 for rule in asked)


@pytest.mark.parametrize("rule", RULES)
def test_strict_clients_bear_no_more_than_an_sdk_and_tolerant_ones_no_less(rule):
    strict, sdk, tolerant, _ = (
        ORDER.index(severity_for(kind, rule, RULES[rule].severity)) for kind in Clients
    )
    assert strict <= sdk <= tolerant


def test_a_severity_that_the_place_made_stays_a_step_on_the_scale():
    assert severity_for(Clients.STRICT_TYPED, "chunk-field-optional", Severity.BREAKING) is Severity.BREAKING
    assert severity_for(Clients.TOLERANT, "role-missing", Severity.BENIGN) is Severity.BENIGN


def test_the_kinds_that_break_are_known_by_the_rule():
    assert broken_by("chunk-field-added") == [Clients.STRICT_TYPED]
    assert broken_by("framing-space") == [Clients.WIRE]
    assert broken_by("ttft-slower") == []


@pytest.mark.parametrize("upstream", upstream_names())
def test_text_is_read_and_what_holds_it(upstream):
    assert any(place.endswith((".content", ".text")) for place in read_places(get_upstream(upstream)))


def test_a_place_is_read_when_the_text_lies_in_it():
    places = read_places(get_upstream("vitalentum"))
    assert [is_read(where, places) for where in ("$.choices", "$.choices[*].finish_reason", "sentinel")] == [
        True
    ] * 3
    assert not any(
        is_read(where, places) for where in ("$.id", "$.choices[*].delta.role", "$.choices[*].logprobs")
    )
