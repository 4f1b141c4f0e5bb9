"""Formats: what keeps to one, what only looks like it; the validator agrees."""

from __future__ import annotations

import jsonschema_rs
import pytest

from harness.contract.inference.formats import formats_of

KEPT = {
    "2026-11-22": {"date"},
    "2026-11-22T12:00:00Z": {"date-time"},
    "2026-11-22T12:00:00.123456+01:00": {"date-time"},
    "5f0c1a52-3c2e-4a51-9b6e-0a7f0c9be111": {"uuid"},
    "https://example.com/a?b=%20#c": {"uri"},
    "2026-02-30": set(),
    "2026-02-30T12:00:00Z": set(),
    "2026-11-22T25:00:00Z": set(),
    "2026-11-22\n": set(),
    "https://": set(),
    "https://a b": set(),
    "chatcmpl-0001": set(),
    "": set(),
    "https://example.com/" + "x" * 300: set(),
}


@pytest.mark.parametrize("text", KEPT)
def test_a_string_has_the_formats_it_keeps_to(text):
    assert formats_of(text) == KEPT[text]


@pytest.mark.parametrize("text", [text for text, formats in KEPT.items() if formats])
def test_the_validator_agrees(text):
    [name] = formats_of(text)
    assert jsonschema_rs.is_valid({"format": name}, text, validate_formats=True)
