"""The reference says what jsonschema itself says, except that its patterns take no time."""

import time
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.reference import additional, best_first, matches, nearest, reference_for

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "ab", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=6,
)
SCHEMAS: list[Any] = [
    {"pattern": "^a"},
    {"patternProperties": {"a|b": {"type": "string"}}},
    {"properties": {"a": {}}, "patternProperties": {"^b": True}, "additionalProperties": False},
    {"properties": {"a": {}}, "additionalProperties": {"type": "integer"}},
    {"additionalProperties": False},
]


@given(st.sampled_from(SCHEMAS), values)
def test_it_finds_what_jsonschema_finds(schema: dict[str, Any], value: object) -> None:
    def places(validator: Any) -> list[tuple[object, ...]]:
        return [(e.validator, *e.absolute_path, *e.schema_path) for e in validator.iter_errors(value)]

    ours, theirs = reference_for(schema, {}), jsonschema.Draft202012Validator(schema)
    assert sorted(places(ours), key=str) == sorted(places(theirs), key=str)


def test_a_pattern_takes_time_in_proportion_to_the_text() -> None:
    began = time.process_time()
    assert not matches("^(a+)+$", "a" * 100_000 + "!")
    assert time.process_time() - began < 2


def test_half_a_surrogate_pair_is_text_like_other_text() -> None:
    assert matches("^.a$", "\ud800a")
    assert not matches("^a$", "\ud800a")


def test_what_is_additional_is_in_neither_list() -> None:
    schema = {"properties": {"a": {}}, "patternProperties": {"^x-": {}}}
    assert additional({"a": 1, "x-b": 2, "c": 3}, schema) == ["c"]


def test_what_is_wrong_comes_before_what_is_unknown_and_the_top_before_the_depths() -> None:
    schema = {"properties": {"a": {"properties": {"b": {"type": "null"}}}, "c": {"type": "null"}}}
    errors = reference_for({**schema, "additionalProperties": False}, {}).iter_errors(
        {"a": {"b": 1}, "c": 1, "d": 1}
    )
    said = [(e.validator, *e.path) for e in sorted(errors, key=best_first)]
    assert said == [("type", "c"), ("type", "a", "b"), ("additionalProperties",)]


def test_the_nearest_shape_is_one_of_the_right_type() -> None:
    shapes = [{"type": "string"}, {"type": "object", "required": ["a"]}]
    (error,) = reference_for({"anyOf": shapes}, {}).iter_errors({})
    found = nearest(error)
    assert found is not None
    assert found.validator == "required"


@pytest.mark.parametrize("uri", ["http://127.0.0.1:9/x", "other.json"])
def test_a_reference_leads_nowhere_but_into_what_is_given(uri: str) -> None:
    with pytest.raises(Exception, match="Unresolvable"):
        list(reference_for({"$ref": uri}, {}).iter_errors(1))
    assert list(reference_for({"$ref": uri}, {uri: {"type": "null"}}).iter_errors(None)) == []
