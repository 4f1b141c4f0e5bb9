"""What one interaction shows becomes counts of one."""

from __future__ import annotations

import pytest

from harness.drift.notes import Notes, step_of, value_of


def test_a_fact_counts_once_an_interaction():
    notes = Notes()
    notes.note("fact", "bom")
    notes.note("fact", "bom")
    assert notes.summary().count("fact", "bom") == 1


@pytest.mark.parametrize("value", [0.001, 1.0, 7.3, 1_700_000_000.0])
def test_a_step_is_near_its_value(value):
    assert value_of(step_of(value)) == pytest.approx(value, rel=0.03)


def test_zero_has_a_step_of_its_own():
    assert value_of(step_of(0)) == 0.0
