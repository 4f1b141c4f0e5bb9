"""Every value is valid, for jsonschema and for the contract check; they reach what a schema allows, and shrink."""

from __future__ import annotations

import json
from functools import cache

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from jsonschema import validators

from harness.cassette.model import Request
from harness.contract.documents import Document
from harness.contract.ledger import Ledger
from harness.contract.request import check_request
from harness.disk.validation import contract_for
from harness.errors import UsageError
from harness.fuzz.strategies import values
from tests.cli.conftest import ROOT
from tests.contract.exchange import EXCHANGES, UPSTREAMS

SCHEMAS = sorted((ROOT / "schemas").rglob("*.json"))
FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
LOOK = settings(phases=[Phase.generate], max_examples=2000, database=None)


@cache
def documents(path):
    """The strategy, jsonschema's validator, and our own check where the dialect is its own."""
    schema = json.loads(path.read_text())
    own = Document(schema) if "2020-12" in schema["$schema"] else None
    return values(schema), validators.validator_for(schema)(schema), own


def is_kept(value, reference, own):
    on_the_wire = json.loads(json.dumps(value))
    assert reference.is_valid(on_the_wire)
    assert own is None or (own.fits(on_the_wire), own.faults(on_the_wire)) == (True, ())


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: f"{path.parent.name}/{path.name}")
@FEW
@given(data=st.data())
def test_values_of_each_schema_here_are_valid(path, data):
    made, reference, own = documents(path)
    is_kept(data.draw(made), reference, own)


@pytest.mark.parametrize("upstream", UPSTREAMS)
@FEW
@given(data=st.data())
def test_requests_made_of_their_schema_have_no_finding(upstream, data):
    contract, ledger = contract_for(upstream), Ledger()
    body = data.draw(values(contract_schema(upstream, "request")))
    inside = {name: data.draw(values(contract_schema(upstream, name))) for name in contract.strings}
    body |= {name: json.dumps(value) for name, value in inside.items()}
    request = Request("POST", EXCHANGES[upstream].uri, (), json.dumps(body).encode())
    assert check_request(contract, request, ledger)
    assert ledger.since(0) == []


def contract_schema(upstream, name):
    return (ROOT / "schemas" / upstream / f"{name}.schema.json").read_text()


BOUNDS = st.integers(-3, 9)
NAMES = st.sampled_from("abc")
FLAT = (
    st.fixed_dictionaries({"type": st.sampled_from(["null", "boolean", "integer", "number", "string"])}),
    st.fixed_dictionaries({"enum": st.lists(st.none() | BOUNDS | NAMES, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"const": st.booleans() | BOUNDS | NAMES | st.lists(NAMES, max_size=1)}),
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={
            **dict.fromkeys(["minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"], BOUNDS),
            "multipleOf": st.sampled_from([1, 2, 3, 0.5, 0.01, 2.5]),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("string")}, optional={"minLength": st.integers(0, 3), "maxLength": st.integers(2, 5)}
    ),
    st.sampled_from([{"pattern": "^[ab$]+$"}, {"pattern": r"^\d{2}"}, {"pattern": "x|[^\\s]$"}]),
    st.sampled_from([{"format": name, "type": "string"} for name in ("date", "date-time", "uri", "uuid")]),
)


def grown(inner):
    several = st.lists(inner, min_size=1, max_size=3)
    sizes = {"minItems": st.integers(0, 2), "maxItems": st.integers(1, 4), "uniqueItems": st.booleans()}
    counts = {"minProperties": st.integers(0, 2), "maxProperties": st.integers(1, 4)}
    return st.one_of(
        st.fixed_dictionaries({}, optional={"prefixItems": several, "items": inner, **sizes}),
        st.fixed_dictionaries(
            {"type": st.just("object")},
            optional={
                "properties": st.dictionaries(NAMES, inner, max_size=3),
                "patternProperties": st.dictionaries(
                    st.sampled_from(["^a", "[bc]$", "x"]), inner, max_size=2
                ),
                "required": st.lists(NAMES, max_size=2, unique=True),
                "additionalProperties": inner | st.booleans(),
                "propertyNames": st.sampled_from([{"maxLength": 2}, {"pattern": "^[a-c]"}]),
                **counts,
            },
        ),
        st.fixed_dictionaries({}, optional={"anyOf": several, "allOf": several, "oneOf": several}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner}),
        st.fixed_dictionaries({"$ref": st.just("#/$defs/a"), "$defs": st.fixed_dictionaries({"a": inner})}),
    )


def without_own(schema):
    """The same with its `$defs` gone: only those at the top are referred to."""
    if isinstance(schema, list):
        return [without_own(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: without_own(value) for key, value in schema.items() if key not in ("$defs", "$ref")}


ANY_SCHEMA = st.recursive(st.booleans() | st.one_of(FLAT), grown, max_leaves=6).map(
    lambda schema: (
        {"allOf": [without_own(schema), {"$ref": "#/$defs/a"}], "$defs": {"a": True}}
        if isinstance(schema, bool) or "$ref" not in schema
        else {**without_own(schema), "$ref": "#/$defs/a", "$defs": without_own(schema["$defs"])}
    )
)


@settings(suppress_health_check=[*HealthCheck])
@given(ANY_SCHEMA, st.data())
def test_values_of_any_schema_are_valid(schema, data):
    try:
        made = values(schema)
    except UsageError:
        assume(False)
    assume(not made.is_empty)
    is_kept(data.draw(made), jsonschema.Draft202012Validator(schema), Document(schema))


@pytest.mark.parametrize(
    ("schema", "smallest"),
    [
        ({}, None),
        ({"type": ["string", "null"]}, None),
        ({"type": "string"}, ""),
        ({"type": "string", "minLength": 3}, "000"),
        ({"type": "string", "pattern": "^[a-z]{2,}$"}, "aa"),
        ({"type": "integer"}, 0),
        ({"type": "integer", "exclusiveMinimum": 4.5}, 5),
        ({"type": "number", "maximum": -2}, -2),
        ({"type": "integer", "multipleOf": 3, "minimum": 1}, 3),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "uniqueItems": True}, [False, True]),
        ({"not": {"type": ["null", "boolean"]}}, 0),
        ({"enum": ["auto", "default", None]}, None),
        ({"type": "string", "enum": ["default", "auto"]}, "auto"),
        ({"type": "array", "items": {"type": "integer"}}, []),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 2}, [False, False]),
        ({"prefixItems": [{"const": 1}, {"const": 2}], "type": "array", "minItems": 1}, [1]),
        ({"type": "object"}, {}),
        ({"type": "object", "properties": {"a": {}, "b": {"type": "string"}}, "required": ["b"]}, {"b": ""}),
        ({"type": "object", "minProperties": 1, "additionalProperties": {"type": "null"}}, {"": None}),
        ({"type": "string", "format": "date"}, "2000-01-01"),
        ({"type": "string", "format": "date-time"}, "2000-01-01T00:00:00Z"),
    ],
    ids=json.dumps,
)
def test_values_shrink_to_the_smallest(schema, smallest):
    assert find(values(schema), lambda value: True, settings=settings(database=None)) == smallest


def test_what_is_asked_for_beside_stays_and_the_rest_goes():
    entry = {"type": "object", "required": ["who"], "properties": {"who": {"enum": ["a", "bb"]}, "x": {}}}
    schema = {"type": "array", "items": entry}
    assert find(values(schema), lambda value: any(each["who"] == "bb" for each in value)) == [{"who": "bb"}]


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        pytest.param({}, lambda value: isinstance(value, dict) and value, id="any value"),
        pytest.param({"type": "number"}, lambda value: isinstance(value, float), id="floats"),
        pytest.param({"type": "number"}, lambda value: isinstance(value, int), id="whole numbers"),
        pytest.param({"type": "string"}, lambda value: not value.isascii(), id="any characters"),
        pytest.param({"type": "array", "items": {"const": 1}}, lambda value: len(value) > 5, id="long lists"),
        pytest.param(
            {"type": "array", "prefixItems": [{"const": 1}, {"const": 2}]},
            lambda v: v == [1],
            id="short lists",
        ),
        pytest.param(
            {"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": {"const": 2}},
            lambda value: value.get("a") == 1 and 2 in value.values(),
            id="unlisted properties",
        ),
        pytest.param(
            {"type": "array", "items": {"$ref": "#"}}, lambda value: [[[]]] in value, id="a schema in itself"
        ),
        pytest.param(
            {"oneOf": [{"type": "string"}, {"const": 5}]}, lambda value: value == 5, id="each choice"
        ),
    ],
)
def test_values_reach(schema, wanted):
    assert wanted(find(values(schema), wanted, settings=LOOK))


def test_who_lists_properties_has_no_others():
    schema = {"type": "object", "properties": {"a": {}}}
    with pytest.raises(NoSuchExample):
        find(values(schema), lambda value: value.keys() - {"a"}, settings=settings(LOOK, max_examples=200))


def test_a_schema_may_be_its_text():
    assert find(values(b'{"const": "a"}'), lambda value: True) == "a"


def test_a_schema_that_nothing_fits_is_refused():
    with pytest.raises(UsageError, match="No value fits"):
        values({"type": "string", "const": 5})


ENDLESS = {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}}


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "integer", "minimum": 5, "maximum": 3},
        {"type": "integer", "multipleOf": 7, "minimum": 8, "maximum": 13},
        {"type": "string", "minLength": 5, "maxLength": 3},
        {"type": "array", "minItems": 3, "maxItems": 1},
        {"type": "array", "items": False, "minItems": 1},
        {"type": "array", "items": {"$ref": "#"}, "minItems": 1},
        {"type": "object", "maxProperties": 0, "required": ["a"]},
        {"type": "object", "minProperties": 2, "properties": {"a": {}}, "additionalProperties": False},
        {"type": "object", "propertyNames": {"enum": ["a"]}, "required": ["c"]},
        {"type": "object", "patternProperties": {"a": False}, "required": ["a"]},
        {"not": {}},
        ENDLESS,
    ],
    ids=json.dumps,
)
def test_a_schema_that_contradicts_itself_is_refused(schema):
    with pytest.raises(UsageError, match="No value fits"):
        values(schema)


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"anyOf": [{"$ref": "#"}, {"type": "null"}]}, "leads back to itself"),
        ({"not": {"$ref": "#"}}, "leads back to itself"),
        ({"type": "array", "minItems": 10**6}, "minItems 1000000 is more than is made here"),
        ({"type": "string", "minLength": 10**6}, "at most 4000"),
        ({"patternProperties": {"(": {}}}, "none that Python reads"),
        ({"contains": {}}, "keyword contains is not known"),
        (
            {"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 5, "exclusiveMinimum": True},
            "of an older draft",
        ),
    ],
    ids=json.dumps,
)
def test_what_cannot_be_made_is_refused_by_name(schema, words):
    with pytest.raises(UsageError, match=words):
        values(schema)


def test_items_are_equal_where_json_schema_says_so():
    made = values({"type": "array", "items": {"enum": [1, 1.0, True, [1], [True]]}, "uniqueItems": True})
    assert len(find(made, lambda items: len(items) == 4, settings=LOOK)) == 4
    with pytest.raises(NoSuchExample):
        find(made, lambda items: len(items) == 5, settings=settings(LOOK, max_examples=200))


def test_a_text_that_is_no_json_is_refused():
    with pytest.raises(UsageError, match="no JSON"):
        values("{")
