"""A document's facts."""

from __future__ import annotations

import pytest

from harness.drift.notes import Notes
from harness.drift.walk import close, format_of, walk


def facts(*documents):
    notes = Notes()
    for document in documents:
        walk(notes, document, document="chunk")
    close(notes, "chunk")
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
