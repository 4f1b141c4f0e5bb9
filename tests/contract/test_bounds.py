"""A document past a bound is refused when it is loaded; one at the bound is not."""

from typing import Any

import pytest

from harness.contract.bounds import MAX_BYTES, MAX_DEPTH, MAX_PARTS, MAX_PATTERN, check_bounds
from harness.errors import LimitError, UsageError


def nested(depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    for _ in range(depth):
        schema = {"not": schema}
    return schema


AT_THE_BOUND = {
    "depth": (nested(MAX_DEPTH), nested(MAX_DEPTH + 1)),
    "parts": ({"a": [{}] * (MAX_PARTS - 2)}, {"a": [{}] * (MAX_PARTS - 1)}),
    "bytes": ({"a": "x" * (MAX_BYTES - 8)}, {"a": "x" * (MAX_BYTES - 7)}),
    "pattern": ({"pattern": "x" * MAX_PATTERN}, {"pattern": "x" * (MAX_PATTERN + 1)}),
    "a key's pattern": (
        {"patternProperties": {"x" * MAX_PATTERN: True}},
        {"patternProperties": {"x" * (MAX_PATTERN + 1): True}},
    ),
}


@pytest.mark.parametrize("name", AT_THE_BOUND)
def test_a_document_at_a_bound_passes_and_one_past_it_does_not(name: str) -> None:
    within, beyond = AT_THE_BOUND[name]
    check_bounds(within)
    with pytest.raises(LimitError, match="more than"):
        check_bounds(beyond)


def test_depth_beyond_the_interpreters_stack_is_refused_in_the_same_words() -> None:
    with pytest.raises(LimitError, match="more than 100 levels"):
        check_bounds(nested(100_000))


def test_the_parts_of_documents_beside_it_count() -> None:
    with pytest.raises(LimitError, match="objects and arrays"):
        check_bounds({}, beside=MAX_PARTS)


@pytest.mark.parametrize("dialect", ["http://json-schema.org/draft-07/schema#", "http://127.0.0.1:9/x"])
def test_another_dialect_is_refused_wherever_it_stands(dialect: str) -> None:
    schema = {"$defs": {"inner": {"$schema": dialect}}}
    with pytest.raises(UsageError, match="dialect"):
        check_bounds(schema)
    check_bounds(schema, dialects=[dialect])


@pytest.mark.parametrize("pattern", ["^foo", "foo|bar", "^a+$", r"^a\+b*", "^[+*]*$"])
def test_a_simple_pattern_may_stand_beside_unevaluated_properties(pattern: str) -> None:
    check_bounds({"patternProperties": {pattern: True}, "unevaluatedProperties": False})


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*b*$", "(a{2,5}){3}", r"\p{L}", "("])
def test_a_hostile_pattern_may_not(pattern: str) -> None:
    with pytest.raises(UsageError, match="not simple enough"):
        check_bounds({"patternProperties": {pattern: True}, "unevaluatedProperties": False})
    check_bounds({"patternProperties": {pattern: True}})


@pytest.mark.parametrize(
    "schema", [{"const": "\ud800"}, {"properties": {"\udfff": {}}}, {"enum": [["\ud800"]]}]
)
def test_half_a_surrogate_pair_is_refused_in_words(schema: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="half of a surrogate pair"):
        check_bounds(schema)
