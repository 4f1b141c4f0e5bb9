"""What moved at a place: which way, and in one change for all that moved the same way."""

from __future__ import annotations

import pytest

from harness.contract.inference.changes import Pair, changes, seen_in_words
from harness.contract.inference.flat import Opened
from harness.errors import UsageError


def moved(old, new):
    """Rule and message of each change."""
    return [(each.rule, each.message) for each in changes(old, new, Pair(Opened(old), Opened(new)))]


@pytest.mark.parametrize(
    ("before", "now", "rule"),
    [
        ({"minItems": 1}, {"minItems": 0}, "bound-loosened"),
        ({"maxLength": 9}, {"maxLength": 5}, "bound-tightened"),
        ({"maximum": 1}, {"maximum": 2}, "bound-loosened"),
        ({}, {"maximum": 2}, "bound-tightened"),
        ({"minimum": 2}, {}, "bound-loosened"),
    ],
)
def test_which_way_a_bound_moved(before, now, rule):
    assert [each for each, _ in moved(before, now)] == [rule]


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        ({"enum": ["a"]}, {"enum": ["b", "c"]}, ["value-added", "value-removed"]),
        ({"const": "a"}, {"enum": ["a", None]}, ["null-added"]),
        ({"type": "integer"}, {"type": "number"}, ["type-added"]),
        ({"type": "number"}, {"type": ["integer", "number"]}, []),
        ({"type": "string"}, {}, ["null-added", "type-added"]),
        ({"const": True}, {"const": 1}, ["type-added", "type-removed", "value-added", "value-removed"]),
        ({"format": "date"}, {"format": "uuid"}, ["format-removed", "format-added"]),
        ({"if": {"title": "a"}}, {"if": {"title": "b"}}, []),
        ({"items": {"type": "string"}}, {}, ["rule-changed"]),
        ({"additionalProperties": False}, {}, ["rule-changed"]),
    ],
)
def test_what_moved_at_a_place(before, now, changed):
    assert [each for each, _ in moved(before, now)] == changed


def test_new_values_are_told_together():
    assert moved({"enum": ["a"]}, {"enum": ["a", "b", "c"]}) == [("value-added", '$ may be "b", "c"')]


def test_how_often_a_place_was_seen_is_told_where_it_is_known():
    assert seen_in_words({"x-observed": {"values": 3, "streams": 2}}) == "3 times, streams: 2"
    assert seen_in_words({"type": "string"}) is None


def test_a_schema_that_branches_back_to_itself_comes_to_an_end():
    tree = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}
    assert moved(tree, tree) == []
    assert {rule for rule, _ in moved(tree, {**tree, "type": "array"})} == {"type-added", "type-removed"}


def test_definitions_that_unfold_without_end_are_refused():
    doubled = {
        f"d{n}": {"properties": {side: {"$ref": f"#/$defs/d{n + 1}"} for side in "ab"}} for n in range(40)
    }
    document = {"$ref": "#/$defs/d0", "$defs": {**doubled, "d40": {}}}
    with pytest.raises(UsageError, match="too large to compare"):
        moved(document, document)
