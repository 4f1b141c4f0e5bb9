"""The tests, against figures that others published or that can be counted by hand."""

from __future__ import annotations

from itertools import combinations

import pytest

from harness.drift.statistics import discoveries, fewer, median, more, needed, rank_test


@pytest.mark.parametrize(
    ("base", "n", "p"), [(5, 1, 0.083), (5, 3, 0.0056), (10, 2, 0.0057), (10, 3, 0.0011), (50, 2, 3e-4)]
)
def test_all_gone_after_all_there(base, n, p):
    assert fewer(base, base, 0, n) == pytest.approx(p, rel=0.07)


def test_more_mirrors_fewer():
    assert more(0, 10, 3, 3) == pytest.approx(fewer(10, 10, 0, 3))


def test_the_whole_of_a_distribution_is_one():
    assert fewer(3, 9, 7, 7) == pytest.approx(1.0)


def test_ten_of_ten_need_two_new_streams():
    assert needed(10, 10, 0) == 2


def test_the_exact_rank_test_counts_orders():
    values = range(7)
    us = []
    for ours in combinations(values, 3):
        us.append(sum(one > other for one in ours for other in values if other not in ours))
    for u in range(7):
        two_sided = min(1.0, 2 * sum(each <= u for each in us) / len(us))
        ours = next(
            c for c in combinations(values, 3) if sum(a > b for a in c for b in values if b not in c) == u
        )
        rest = {value: 1 for value in values if value not in ours}
        assert rank_test(rest, dict.fromkeys(ours, 1)) == pytest.approx(two_sided)


def test_three_against_three_cannot_go_below_a_tenth():
    assert rank_test({1: 1, 2: 1, 3: 1}, {7: 1, 8: 1, 9: 1}) == pytest.approx(0.1)


def test_large_samples_use_the_normal_tail():
    one, other = dict.fromkeys(range(30), 1), dict.fromkeys(range(30, 60), 1)
    assert rank_test(one, other) < 1e-9
    assert rank_test(one, one) > 0.5


def test_the_median_counts_repeats():
    assert median({1: 3, 9: 1}) == 1.0
    assert median({1: 1, 3: 1}) == 2.0


def test_the_step_up_procedure_keeps_the_strong_ones():
    assert discoveries([0.5, 0.001, 0.004, 0.9]) == [False, True, True, False]
    assert discoveries([]) == []
