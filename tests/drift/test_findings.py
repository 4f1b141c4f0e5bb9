"""What drift says, held against the texts that were read and found right."""

from __future__ import annotations

import pytest

from tests.drift.findings import CASES, cases_of, kept, told

KEPT = kept()


def variants(name):
    return [name + words for words in cases_of(name)]


@pytest.mark.parametrize("name", CASES)
def test_drift_says_what_it_said(name):
    assert told(name).split("\n\n") == [KEPT[variant] for variant in variants(name)]


def test_no_text_is_kept_for_nothing():
    assert list(KEPT) == [variant for name in CASES for variant in variants(name)]
