"""Findings: their defaults, and the fingerprint that outlives a recording."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.finding import Evidence, Finding, Layer, Report, Severity, Verdict, fingerprint

ANY = st.text(st.characters())
FINDING = Finding(rule="r", severity=Severity.RISKY, layer=Layer.CHUNK, where="$.id", message="m", help="h")


def test_a_finding_knows_its_fingerprint():
    assert FINDING.fingerprint == fingerprint("r", "chunk", "$.id") == "255a994fdf97"


def test_a_fingerprint_of_its_own_making_knows_rule_layer_and_place():
    other = msgspec.structs.replace(FINDING, message="another", event=7, cassette="x.yaml", fingerprint="")
    assert other.fingerprint == FINDING.fingerprint


@given(ANY, ANY)
def test_any_rule_and_place_have_twelve_hex_digits(rule, where):
    digits = fingerprint(rule, "chunk", where)
    assert len(digits) == 12
    assert set(digits) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("header:X-Id", "header:x-id"),
        ("error:header:Retry-After", "error:header:retry-after"),
        ("$.a[3].b", "$.a[*].b"),
    ],
)
def test_a_place_has_one_fingerprint_however_it_is_spelt(one, other):
    assert fingerprint("r", "chunk", one) == fingerprint("r", "chunk", other)


@pytest.mark.parametrize("other", [("q", "chunk", "$.a"), ("r", "error", "$.a"), ("r", "chunk", "$.A")])
def test_another_rule_layer_or_place_has_another_fingerprint(other):
    assert fingerprint("r", "chunk", "$.a") != fingerprint(*other) != fingerprint(*other, "string now")


def test_the_words_are_the_contracts():
    assert list(Severity) == ["breaking", "risky", "additive", "benign"]
    assert list(Layer) == ["request", "transport", "framing", "chunk", "sequence", "error", "timing"]
    assert list(Verdict) == ["clean", "benign", "drift", "invalid", "inconclusive"]


def test_without_other_words_a_finding_is_deterministic_and_a_report_empty():
    assert Evidence().p == "deterministic"
    assert Report(Verdict.CLEAN).findings == ()
