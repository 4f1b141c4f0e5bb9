"""Fewer of many, and nothing that matters lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.report.thinning import runs, thinned

MOST = st.integers(1, 12)
POINTS = st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), max_size=40)


@given(st.lists(st.integers(), max_size=40), MOST)
def test_runs_in_a_row_are_the_values(values, most):
    made = runs(values, most)
    assert [value for run in made for value in run] == values
    assert len(made) <= most
    assert all(made)


@given(POINTS, MOST)
def test_the_last_point_stays_and_the_number_is_kept(points, most):
    kept = thinned(points, most)
    assert len(kept) == min(len(points), most)
    assert kept[-1:] == points[-1:]


@given(POINTS)
def test_few_points_stay_as_they_are(points):
    assert thinned(points, 40) == points
