"""Opened schemas: references followed or refused, phases told apart, and laid together."""

from __future__ import annotations

import pytest

from harness.contract.inference.flat import Opened, together
from harness.errors import UsageError

TEXT = {"type": "object", "properties": {"a": {"type": "string"}, "b": {"const": 1}}, "required": ["a", "b"]}
LAST = {"type": "object", "properties": {"a": {"type": "null"}, "b": {"const": 2}}, "required": ["a"]}
PHASED = {
    "anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/a~1b%20c"}],
    "$defs": {"text": TEXT, "a/b c": LAST},
}


def test_a_reference_is_followed_and_what_stands_beside_it_counts():
    document = Opened({"$defs": {"x": {"$ref": "#/$defs/y", "title": "x"}, "y": {"type": "string"}}})
    assert document.followed({"$ref": "#/$defs/x"}) == {"type": "string", "title": "x"}


@pytest.mark.parametrize(
    "pointer", ["#/$defs/none", "http://127.0.0.1/x", "other.json", "#/$defs/round", "#/title"]
)
def test_a_reference_that_leads_nowhere_is_refused(pointer):
    document = Opened({"title": "x", "$defs": {"round": {"$ref": "#/$defs/round"}}})
    with pytest.raises(UsageError):
        document.followed({"$ref": pointer})


def test_definitions_that_are_offered_are_phases():
    assert Opened(PHASED).phases() == {"text": TEXT, "a/b c": LAST}


@pytest.mark.parametrize(
    "document", [TEXT, {"anyOf": [{"type": "string"}]}, {"anyOf": []}, {**PHASED, **TEXT}]
)
def test_anything_else_is_in_one_piece(document):
    assert Opened(document).phases() is None


def test_phases_laid_together_say_what_all_of_them_say():
    whole = together([TEXT, LAST], Opened({}))
    assert whole == {
        "type": ["object"],
        "properties": {"a": {"type": ["null", "string"]}, "b": {"enum": [1, 2]}},
        "required": ["a"],
    }


def test_a_schema_that_refers_to_itself_comes_to_an_end():
    endless = {"type": "object", "properties": {"a": {"$ref": "#/$defs/x"}}}
    document = Opened({"$defs": {"x": endless}})
    assert together([endless, TEXT], document)["properties"]
