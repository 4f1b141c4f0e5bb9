"""Round numbers on the axes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.axes import LEFT, WIDTH, Scale, axes, ticks


@given(st.floats(1e-6, 1e9), st.integers(1, 8))
def test_ticks_begin_at_zero_and_stay_in_the_picture(most, about):
    made = ticks(most, about)
    assert made[0] == 0
    assert made[-1] <= most * (1 + 1e-9)
    assert len(made) <= about + 1


@pytest.mark.parametrize(("most", "made"), [(0, [0]), (10, [0, 5, 10]), (730, [0, 500])])
def test_ticks_are_round(most, made):
    assert ticks(most, 2) == made


def test_the_largest_value_lies_at_the_end_of_its_axis():
    scale = Scale(most_x=200, most_y=10, height=100)
    assert scale.x(0) == LEFT
    assert scale.x(200) < WIDTH
    assert scale.y(10) < scale.y(0) == scale.base


def test_an_empty_picture_has_axes_too():
    assert "<line" in axes(Scale(most_x=0, most_y=0, height=90), title="gap")
