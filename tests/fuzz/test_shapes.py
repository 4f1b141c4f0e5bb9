"""Shapes of a schema: references followed, choices spread, the impossible left out, the unknown refused."""

from __future__ import annotations

import pytest

from harness.errors import UsageError
from harness.fuzz.shapes import UNKNOWN, SchemaDocument, Shape, is_open, required


def shapes(schema):
    document = SchemaDocument(schema)
    return document.shapes(document.root)


def test_a_flat_schema_is_one_shape():
    assert shapes({"type": "string", "title": "x"}) == [Shape(({"type": "string"},))]
    assert (shapes(True), shapes(False)) == ([Shape()], [])


def test_references_and_all_of_are_joined():
    (shape,) = shapes(
        {"$ref": "#/$defs/a~1b", "allOf": [{"minimum": 1}], "$defs": {"a/b": {"type": "integer"}}}
    )
    assert {key for part in shape.parts for key in part} == {"type", "minimum"}


def test_choices_are_shapes_of_their_own():
    assert len(shapes({"anyOf": [{"type": "null"}, {"anyOf": [{"type": "string"}, {"type": "array"}]}]})) == 3


def test_one_of_is_unlike_the_others():
    first, second = shapes({"oneOf": [{"type": "string"}, {"const": "a"}]})
    assert (first.unlike, second.unlike) == (({"const": "a"},), ({"type": "string"},))


def test_if_is_then_or_unlike_it():
    then, otherwise = shapes({"if": {"minimum": 5}, "then": {"type": "integer"}, "else": {"type": "null"}})
    assert (then.parts, otherwise.unlike) == (({"minimum": 5}, {"type": "integer"}), ({"minimum": 5},))


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"allOf": [{"type": "string"}, {"type": "null"}]}, id="types"),
        pytest.param({"allOf": [{"enum": [1, 2]}, {"const": 3}]}, id="lists"),
        pytest.param({"const": 5, "maximum": 4}, id="a list and a bound"),
        pytest.param(
            {
                "type": "object",
                "required": ["a"],
                "allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"a": {"const": 2}}}],
            },
            id="a required property",
        ),
        pytest.param({"type": "object", "properties": {}, "required": ["a"]}, id="required and not listed"),
    ],
)
def test_what_no_value_can_have_is_left_out(schema):
    assert shapes({"anyOf": [schema, {"type": "boolean"}]}) == [Shape(({"type": "boolean"},))]


def test_whole_numbers_are_numbers():
    (shape,) = shapes({"allOf": [{"type": "number"}, {"type": ["integer", "null"]}]})
    assert shape.types() == ["integer"]


def test_who_lists_properties_has_listed_all():
    (listed,) = shapes({"type": "object", "properties": {"a": {}}})
    (opened,) = shapes({"type": "object", "properties": {"a": {}}, "additionalProperties": True})
    (free,) = shapes({"type": "object", "required": ["a"]})
    assert [is_open(shape) for shape in (listed, opened, free)] == [False, True, True]
    assert required(free) == ["a"]


@pytest.mark.parametrize("keyword", sorted(UNKNOWN))
def test_what_is_not_known_is_refused_where_it_stands(keyword):
    odd = {"multipleOf": 2, "uniqueItems": True, "minContains": 1, "maxContains": 1, "dependentRequired": {}}
    odd |= dict.fromkeys(("$dynamicRef", "$recursiveRef"), "#")
    inner = {keyword: odd.get(keyword, {})}
    with pytest.raises(UsageError) as refused:
        SchemaDocument({"type": "object", "properties": {"a": {"items": inner}}})
    assert keyword in refused.value.what
    assert refused.value.where == f"#/properties/a/items/{keyword}"


@pytest.mark.parametrize(
    ("schema", "words", "where"),
    [
        ({"$ref": "other.json"}, "leads to no schema of this document", "#/$ref"),
        ({"$ref": "#/$defs/nix"}, "leads to no schema of this document", "#/$ref"),
        ({"$ref": "#"}, "leads back to itself", "#/$ref"),
        (
            {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"contains": {}}}},
            "keyword contains",
            "#/$defs/a/contains",
        ),
        ({"format": "email"}, "format 'email'", "#/format"),
        ({"pattern": r"\p{L}"}, "none that Python reads", "#/pattern"),
        ({"type": "strng"}, "no JSON Schema", "#/type"),
        (5, "no JSON Schema", "#"),
    ],
)
def test_what_cannot_be_used_is_explained(schema, words, where):
    with pytest.raises(UsageError, match=words) as refused:
        SchemaDocument(schema)
    assert refused.value.where == where


def test_what_nothing_refers_to_is_passed_over():
    assert shapes({"type": "null", "$defs": {"odd": {"not": {}}}, "x-note": {"not": 1}})


def test_a_schema_may_refer_to_itself_within():
    tree = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}}
    assert len(shapes(tree)) == 1
