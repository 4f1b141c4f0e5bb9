"""One difference."""

from __future__ import annotations

from harness.drift.change import Change, share


def test_counts_read_as_words():
    assert share(0, 5) == "0 of 5"


def test_a_change_is_certain_unless_it_says_otherwise():
    assert Change("status-changed").p is None
