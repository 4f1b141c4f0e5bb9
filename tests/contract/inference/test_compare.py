"""What moved between two schemas: laws first (mirror, same is clean, a second opinion), then each rule once."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.inference.compare import compare_schemas
from harness.contract.inference.corpus import of_stream
from harness.contract.inference.rules import MIRRORS, RULES
from harness.contract.inference.schema import schema_of
from harness.disk.schemas import load_schema
from harness.finding import Verdict
from tests.contract.inference.test_schema import schema
from tests.contract.inference.test_summary import values

BACKWARDS = MIRRORS | {mirror: rule for rule, mirror in MIRRORS.items()}
PHASES = st.sampled_from(["opener", "text"])
corpora = st.lists(st.tuples(PHASES, values), min_size=1, max_size=6).map(of_stream)


def of(corpus):
    return schema_of(corpus, title="Seen", identifier="urn:seen")


def found(old, new):
    return {(each.rule, each.where) for each in compare_schemas(old, new).findings}


@given(corpora)
def test_nothing_moved_between_a_schema_and_itself(corpus):
    report = compare_schemas(of(corpus), of(corpus))
    assert (report.verdict, report.findings) == (Verdict.CLEAN, ())


@given(corpora, corpora)
def test_backwards_every_change_is_its_mirror(one, other):
    forwards = found(of(one), of(other))
    assert found(of(other), of(one)) == {(BACKWARDS[rule], where) for rule, where in forwards}


@given(st.lists(values, min_size=1, max_size=5), st.lists(values, min_size=1, max_size=5))
def test_a_second_opinion_where_readers_have_nothing_to_fear(one, other):
    """Without a breaking or risky change, the old schema takes all that the new one takes, or nobody can tell."""
    old, new = schema(one), schema(other)
    if compare_schemas(old, new).verdict is not Verdict.DRIFT:
        covers = jsonschema_rs.canonicalize(old).covers(jsonschema_rs.canonicalize(new))
        assert covers != jsonschema_rs.canonical.Containment.NO


@given(st.lists(values, min_size=1, max_size=5), values)
def test_what_the_old_schema_refuses_shows(seen, value):
    old = schema(seen)
    if not jsonschema_rs.is_valid(old, value):
        assert compare_schemas(old, schema(seen, [value])).findings


FIELD = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def field(**keywords):
    return {"type": "object", "properties": {"a": keywords}, "required": ["a"]}


CASES = {
    "schema-field-removed": (FIELD, {"type": "object"}),
    "schema-optional-field-removed": ({**FIELD, "required": []}, {"type": "object"}),
    "schema-field-now-optional": (FIELD, {key: FIELD[key] for key in ("type", "properties")}),
    "schema-null-added": (FIELD, field(type=["string", "null"])),
    "schema-type-added": (FIELD, field(type=["string", "integer"])),
    "schema-value-added": (field(enum=["stop"]), field(enum=["stop", "length"])),
    "schema-values-opened": (field(type="string", const="stop"), FIELD),
    "schema-format-removed": (field(type="string", format="uuid"), FIELD),
    "schema-bound-loosened": (field(type="integer", minimum=0), field(type="integer")),
    "schema-phase-removed": (
        {
            "anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/usage"}],
            "$defs": {"text": FIELD, "usage": FIELD},
        },
        {"anyOf": [{"$ref": "#/$defs/text"}], "$defs": {"text": FIELD}},
    ),
    "schema-rule-changed": (field(type="string", pattern="a"), field(type="string", pattern="b")),
}


@pytest.mark.parametrize("rule", CASES)
def test_each_change_is_found_and_backwards_too(rule):
    old, new = CASES[rule]
    forwards, backwards = compare_schemas(old, new), compare_schemas(new, old)
    assert [each.rule for each in forwards.findings] == [rule]
    assert [each.rule for each in backwards.findings] == [MIRRORS[rule]]
    assert forwards.findings[0].severity is RULES[rule].severity


def test_every_rule_has_its_case():
    assert CASES.keys() == MIRRORS.keys()


@pytest.mark.parametrize(
    ("rule", "verdict"), [("schema-field-removed", Verdict.DRIFT), ("schema-null-added", Verdict.DRIFT)]
)
def test_the_verdict_is_that_of_the_worst(rule, verdict):
    old, new = CASES[rule]
    assert (compare_schemas(old, new).verdict, compare_schemas(new, old).verdict) == (verdict, Verdict.BENIGN)


def test_the_same_change_in_several_phases_is_one_finding_that_names_them():
    phases = [{"$ref": "#/$defs/opener"}, {"$ref": "#/$defs/text"}]
    old = {"anyOf": phases, "$defs": {"opener": FIELD, "text": FIELD}}
    new = {"anyOf": phases, "$defs": {"opener": {"type": "object"}, "text": {"type": "object"}}}
    [finding] = compare_schemas(old, new).findings
    assert finding.message == "$.a is gone (opener, text)"


def test_places_within_arrays_are_places_of_any_item():
    old = {"type": "array", "items": FIELD}
    assert found(old, {"type": "array", "items": {"type": "object"}}) == {("schema-field-removed", "$[*].a")}


def test_how_often_it_was_seen_is_the_evidence():
    old, new = schema([{"a": 1}, {"a": 2}]), schema([{"a": 1}, {}, {}])
    [finding] = compare_schemas(old, new).findings
    assert (finding.evidence.before, finding.evidence.now) == ("always there", "in 1 of 3 objects")


def test_words_and_counts_are_no_difference():
    assert not found(FIELD, {**FIELD, "title": "x", "description": "y", "x-observed": {"values": 3}})


def test_phases_against_a_schema_in_one_piece_are_laid_together():
    phased = {
        "anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
        "$defs": {"a": FIELD, "b": {"type": "object"}},
    }
    assert found(phased, FIELD) == {("schema-field-now-required", "$.a")}
    assert found(FIELD, phased) == {("schema-field-now-optional", "$.a")}


def test_a_schema_that_refers_to_itself_comes_to_an_end():
    endless = {"type": "object", "properties": {"a": {"$ref": "#"}}}
    assert not found(endless, endless)
    assert found(endless, json.loads(json.dumps(endless).replace("object", "array")))


def test_the_published_schema_is_the_same_as_itself():
    published = load_schema("vitalentum", "chunk")
    assert not found(published, published)
