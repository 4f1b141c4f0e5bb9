"""Where a schema is said not to look at a string, no string changes its answer."""

from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.depends import depends
from harness.disk.schemas import load_schema

words = st.sampled_from(["a", "b", "aa", "x", "long text"])
leaves: list[Any] = [
    {},
    True,
    {"type": "string"},
    {"type": ["string", "null"]},
    {"const": "a"},
    {"enum": ["a", "b"]},
    {"minLength": 1},
    {"minLength": 2},
    {"maxLength": 2},
    {"pattern": "^a"},
    {"type": "integer"},
    {"format": "date"},
    {"description": "text", "default": "a"},
    {"not": {"const": "a"}},
    {"$ref": "#/$defs/a"},
    {"$ref": "#/$defs/free"},
    {"$ref": "#"},
]
DEFS = {"a": {"const": "a"}, "free": {"type": "string"}}


def combined(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        *(
            st.builds(lambda value, key=key: {key: value}, lists)
            for key in ("allOf", "anyOf", "oneOf", "prefixItems")
        ),
        *(
            st.builds(lambda value, key=key: {key: value}, inner)
            for key in ("not", "additionalProperties", "items", "contains", "unevaluatedProperties")
        ),
        st.builds(lambda a, b: {"properties": {"k": a, "other": b}, "required": ["k"]}, inner, inner),
        st.builds(lambda a: {"patternProperties": {"^k": a}}, inner),
        st.builds(lambda a, b, c: {"if": a, "then": b, "else": c}, inner, inner, inner),
        st.builds(lambda a: {"dependentSchemas": {"k": a}}, inner),
        st.just({"uniqueItems": True}),
        st.just({"const": {"k": "a"}}),
    )


schemas = st.recursive(st.sampled_from(leaves), combined, max_leaves=5)


def put(word: str, path: tuple[str | int, ...]) -> Any:
    value: Any = word
    for key in reversed(path):
        value = [value, "b"] if isinstance(key, int) else {key: value, "other": "b"}
    return value


@given(schemas, st.lists(st.sampled_from(["k", 0]), max_size=3), words, words)
def test_what_does_not_depend_on_a_string_says_the_same_whatever_the_string(
    schema: Any, path: list[str | int], one: str, other: str
) -> None:
    if isinstance(schema, dict):
        schema = {**schema, "$defs": DEFS}
    if not depends(schema, tuple(path)):
        try:
            answers = {
                jsonschema.Draft202012Validator(schema).is_valid(put(word, tuple(path)))
                for word in (one, other)
            }
        except RecursionError:  # a schema that refers to itself at one place has no answer at all
            return
        assert len(answers) == 1


@pytest.mark.parametrize(
    ("place", "does"),
    [
        (("choices", 0, "delta", "content"), False),
        (("system_fingerprint",), False),
        (("id",), False),
        (("object",), True),
        (("choices", 0, "finish_reason"), True),
    ],
)
def test_a_published_schema_looks_at_the_words_it_fixes_and_at_no_text(
    place: tuple[str | int, ...], does: bool
) -> None:
    assert depends(load_schema("vitalentum", "chunk"), place) is does


def test_a_reference_that_cannot_be_followed_counts_as_a_question() -> None:
    assert depends({"$ref": "urn:x"}, ())
    assert depends({"$id": "urn:x", "properties": {"a": {"$id": "urn:y", "$ref": "#/$defs/a"}}}, ("a",))
    moved = {"$id": "urn:y", "$ref": "#/$defs/a", "$defs": {"a": {"const": "x"}}}
    assert depends({"properties": {"a": moved}, "$defs": {"a": True}}, ("a",))
    assert depends({"unheardOf": 1}, ())
