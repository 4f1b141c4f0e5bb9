"""Little bars for a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.sparkline import ASCII_BARS, BARS, sparkline


@pytest.mark.parametrize(
    ("values", "bars"),
    [([], ""), ([0, 0], "▁▁"), ([1], "█"), ([0, 1, 2, 4], "▁▃▅█")],
    ids=["none", "all zero", "one", "rising"],
)
def test_bars_are_as_high_as_their_values(values, bars):
    assert sparkline(values) == bars


def test_a_stall_stays_visible_however_narrow_the_line():
    assert BARS[-1] in sparkline([1.0] * 500 + [300.0] + [1.0] * 500, width=20)


@given(st.lists(st.floats(0, 1e9), max_size=200), st.integers(1, 80))
def test_the_line_fits_its_width(values, width):
    assert len(sparkline(values, width=width)) == min(len(values), width)


def test_an_ascii_screen_gets_ascii_bars():
    assert sparkline([1, 2, 3], bars=ASCII_BARS).isascii()
