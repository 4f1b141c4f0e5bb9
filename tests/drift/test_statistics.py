"""How sure: the published figures, and the laws of probabilities."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drift.statistics import (
    chance_of_at_least,
    chance_of_at_most,
    chance_of_shift,
    discoveries,
    needed_to_miss,
    shift,
    tail_shift,
)

counts = st.integers(0, 30)


@pytest.mark.parametrize(
    ("before", "new", "chance"), [(5, 1, 0.083), (5, 3, 0.0056), (10, 2, 0.0057), (10, 3, 0.0011), (50, 1, 0.0098)]
)
def test_all_absent_after_all_present_is_as_rare_as_the_beta_binomial_says(before, new, chance):
    assert chance_of_at_most(0, new, before, before) == pytest.approx(chance, rel=0.05)


@given(counts, counts, counts, counts)
def test_a_chance_is_a_chance_and_both_tails_overlap_in_one_count(seen, of, before, of_before):
    seen, before = min(seen, of), min(before, of_before)
    low, high = chance_of_at_most(seen, of, before, of_before), chance_of_at_least(seen, of, before, of_before)
    assert 0 <= low <= 1 + 1e-9
    assert 0 <= high <= 1 + 1e-9
    assert low + high >= 1 - 1e-9


def test_how_many_more_is_what_settles_it():
    more = needed_to_miss(5, 10, 3)
    assert more is not None
    assert chance_of_at_most(0, 3 + more, 5, 10) < 0.01 <= chance_of_at_most(0, 2 + more, 5, 10)


def test_what_is_very_rare_is_not_waited_for():
    assert needed_to_miss(1, 1000, 3) is None


def test_a_threefold_shift_is_sure_with_five_on_each_side_and_not_with_three():
    dice = random.Random(3)
    old, new = ([dice.lognormvariate(0, 0.3) * factor for _ in range(5)] for factor in (1, 3))
    assert chance_of_shift(old, new) < 0.01
    assert chance_of_shift(old[:1], new) == 1.0


def test_equal_samples_are_equal():
    assert chance_of_shift([1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10], [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 10]) > 0.5


def test_a_shift_is_a_ratio_of_medians_and_a_tail_one_of_the_slow():
    assert shift([1, 1, 1], [2, 2, 90]) == 2
    assert tail_shift([1] * 10, [1] * 8 + [9] * 2) > 5


def test_one_small_chance_among_many_is_no_discovery():
    assert discoveries([0.004]) == {0}
    assert discoveries([0.004, 0.5, 0.6, 0.7]) == set()
    assert discoveries([0.004, 0.004, 0.004]) == {0, 1, 2}
    assert discoveries([]) == set()


def test_large_samples_are_thinned():
    assert chance_of_shift([1.0] * 5000, [1.0] * 5000) > 0.5
