"""A document's facts."""

from __future__ import annotations

import pytest

from harness.drift.layout import MAX_DEPTH
from harness.drift.notes import Notes
from harness.drift.walk import Documents, format_of


def facts(*documents):
    notes, seen = Notes(), Documents("chunk")
    for document in documents:
        seen.add(document)
    seen.note(notes)
    return notes.summary()


def test_a_field_in_every_object_is_told_from_one_in_some():
    found = facts({"a": 1, "b": 2}, {"a": 3})
    assert found.count("every", "chunk", "", "$.a") == 1
    assert found.count("every", "chunk", "", "$.b") == 0
    assert found.count("present", "chunk", "", "$.b") == 1


def test_keys_that_nobody_chose_are_one_key():
    assert facts({"m": {"12": 1, "98": 2}}).count("present", "chunk", "", "$.m.*") == 1


def test_whole_numbers_and_others_are_told_apart():
    found = facts({"a": [1, 1.5, True, None]})
    kinds = {key[4] for key in found.tallies if key[:4] == ("type", "chunk", "", "$.a[*]")}
    assert kinds == {"integer", "number", "boolean", "null"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", "empty"),
        ("chatcmpl-VmABaNGlTduyopvKQ5ld8SmxsUjmz", "chatcmpl-token"),
        ("6f1c2e9a-0b1d-4c5e-8f00-0123456789ab", "uuid"),
        ("2026-11-26T12:00:00Z", "time"),
        ("stop", "words"),
        ("12", "digits"),
    ],
)
def test_strings_have_classes(text, kind):
    assert format_of(text) == kind


def test_a_total_is_held_against_its_parts():
    found = facts({"prompt": 1, "completion": 2, "total": 3}, {"prompt": 1, "completion": 2, "total": 4})
    assert found.count("sum", "chunk", "$.total", "prompt + completion") == 1
    assert found.count("no-sum", "chunk", "$.total", "prompt + completion") == 1


def test_a_number_that_looks_like_a_boolean_is_none():
    found = facts({"a": 1}, {"a": True}, {"a": 1.0})
    assert found.vocabulary("word", "chunk", "$.a") == {"true": 1}
    assert sum(found.scale("number", "chunk", "$.a").values()) == 1


def test_what_lies_too_deep_is_an_object_and_no_more():
    deep = {}
    for _ in range(3 * MAX_DEPTH):
        deep = {"a": deep}
    assert len({key for key in facts(deep).tallies if key[0] == "seen"}) == MAX_DEPTH + 1


def test_documents_of_other_shapes_add_up_place_by_place():
    found = facts({"a": "x", "b": 1}, {"b": 2, "a": "y"}, {"a": "x"})
    assert found.vocabulary("word", "chunk", "$.a") == {"x": 1, "y": 1}
    assert found.count("object", "chunk", "$") == 3
    assert found.count("field", "chunk", "$", "a") == 3
    assert found.count("field", "chunk", "$", "b") == 2


def test_phases_are_told_apart_and_together():
    notes, seen = Notes(), Documents("chunk")
    seen.add({"a": 1}, "first")
    seen.add({}, "text").times["text"] += 5
    seen.note(notes)
    found = notes.summary()
    assert found.count("every", "chunk", "first", "$.a") == 1
    assert found.count("every", "chunk", "", "$.a") == found.count("present", "chunk", "text", "$.a") == 0
    assert found.count("object", "chunk", "$") == 7
