"""Documents as places."""

import pytest

from harness.drift.jsonpaths import MAX_KEYS, is_below, key_of, kind_of, nodes, parent_of, path_of


def paths(document):
    return {node.path for node in nodes(document)}


def test_every_value_has_its_place():
    assert paths({"a": [{"b": None}], "c": 1}) == {"$", "$.a", "$.a[*]", "$.a[*].b", "$.c"}


def test_keys_that_are_content_become_one_place():
    assert paths({"m": {"2024-01-01": 1, "0f3a": 2}}) == {"$", "$.m", "$.m[*]"}


def test_an_object_with_many_keys_is_a_map():
    many = {"k" + "x" * number: 1 for number in range(MAX_KEYS + 1)}
    assert paths(many) == {"$", "$[*]"}


def test_odd_keys_are_quoted():
    assert paths({"a-b": 1}) == {"$", "$['a-b']"}


def test_a_deep_document_ends_somewhere():
    document: object = 1
    for _ in range(100):
        document = [document]
    assert len(paths(document)) < 20


@pytest.mark.parametrize(
    ("path", "parent", "key"),
    [("$.a.b", "$.a", "b"), ("$.a[*]", "$.a", "a[*]"), ("$", "", "$"), ("$.a[*].b", "$.a[*]", "b")],
)
def test_a_place_knows_its_parent_and_key(path, parent, key):
    assert (parent_of(path), key_of(path)) == (parent, key)


def test_below_means_inside():
    assert is_below("$.a.b", "$.a")
    assert is_below("$.a[*]", "$.a")
    assert not is_below("$.ab", "$.a")


def test_keys_make_a_path():
    assert path_of(("choices", "x")) == "$.choices.x"


@pytest.mark.parametrize(
    ("value", "kind"),
    [(None, "null"), (True, "boolean"), (1, "integer"), (1.0, "number"), ("", "string"), ({}, "object"), ([], "array")],
)
def test_types_have_the_words_of_json_schema(value, kind):
    assert kind_of(value) == kind
