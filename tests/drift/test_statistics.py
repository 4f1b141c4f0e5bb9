"""The tests of chance, held against published figures and against each other."""

from __future__ import annotations

import random

import pytest

from harness.drift import statistics
from harness.drift.statistics import (
    LEVEL,
    MOST,
    discoveries,
    fewer,
    median,
    more,
    needed,
    needed_for_ranks,
    quantile,
    shifted,
)

ABSENT = [
    # all n new streams lack what all N earlier ones had; the measured table of the predictive test
    *((5, 1, 0.083), (5, 3, 0.0056), (10, 1, 0.045), (10, 2, 0.0057), (10, 3, 0.0011)),
    *((20, 2, 0.0016), (50, 1, 0.0098), (50, 5, 7e-8)),
]


@pytest.mark.parametrize(("total", "size", "chance"), ABSENT)
def test_what_was_always_there_and_is_missing(total, size, chance):
    assert fewer(total, total, 0, size) == pytest.approx(chance, rel=0.1)


@pytest.mark.parametrize(("share", "streams"), [(45, 3), (25, 8), (15, 15), (10, 25)])
def test_rarer_facts_need_more_streams(share, streams):
    assert (needed(share, 50, 0) or 0) == pytest.approx(streams, abs=1)


def test_a_fact_that_is_hardly_ever_there_cannot_be_missed():
    assert needed(1, 200, 5) is None


def test_more_is_fewer_of_the_others():
    assert more(2, 10, 5, 6) == pytest.approx(fewer(8, 10, 1, 6))


@pytest.mark.parametrize(
    ("n", "m", "streams"),
    [(5, 5, 4), (7, 7, 0), (3, 3, 18), (2, 2, 60), (2, 100, 0), (1, 1, None), (1, 390, None)],
)
def test_so_many_more_streams_would_let_ranks_be_sure(n, m, streams):
    assert needed_for_ranks(n, m) == streams


@pytest.mark.parametrize(("n", "m"), [(1000, 3), (3, 1000), (1000, 1000)])
def test_ranks_are_of_those_that_are_taken(monkeypatch, n, m):
    monkeypatch.setattr(statistics, "MOST", 3)
    assert needed_for_ranks(n, m) is None


def test_a_weaker_level_needs_fewer_streams():
    assert needed_for_ranks(5, 5, level=0.1) == 0
    assert needed(8, 8, 0, level=0.1) < needed(8, 8, 0)


def streams(seed, size, factor=1.0):
    rng = random.Random(seed)
    return [factor * rng.lognormvariate(0, 0.5) for _ in range(size)]


def test_nought_is_a_very_small_number():
    assert shifted([0.0, 0.0, 0.0, 0.0], [300.0, 310.0, 290.0]) < LEVEL
    assert shifted([0.0] * 3, [0.0] * 3) == 1.0


def test_one_stream_says_nothing():
    assert shifted([1.0, 2.0, 3.0], [900.0]) == 1.0


@pytest.mark.parametrize(
    ("before", "now", "factor"), [(30, 20, 2.5), (8, 8, 6.0), (10, 3, 10.0), (3, 3, 30.0)]
)
def test_a_plain_shift_is_seen(before, now, factor):
    assert shifted(streams(1, before), streams(2, now, factor)) < LEVEL


@pytest.mark.parametrize("size", [3, 5, 10, 40])
def test_streams_alike_seldom_seem_to_differ(size):
    alarms = sum(shifted(streams(seed, size), streams(seed + 999, size)) < LEVEL for seed in range(300))
    assert alarms <= 3 + 300 * LEVEL


def test_a_tail_is_seen_where_the_middle_hardly_moved():
    slow = [*streams(3, 24), *streams(4, 16, 10.0)]
    assert median(slow) / median(streams(5, 60)) < 2
    assert shifted(streams(5, 60), slow) < LEVEL


def test_many_questions_are_answered_with_care():
    alone, crowd = discoveries([0.009]), discoveries([0.009, *[0.5] * 39])
    assert (alone, crowd[0]) == ([True], False)
    assert discoveries([]) == []


def test_quantiles_lie_between_neighbours():
    assert quantile([1.0, 2.0, 3.0], 0.5) == 2.0
    assert quantile([1.0, 2.0], 0.75) == 1.75
    assert quantile([7.0], 0.9) == 7.0


@pytest.mark.parametrize(
    ("before", "now", "chance"),
    [
        # by logarithms: as scipy's ttest_ind says of them, with `equal_var=False`; their spread is 0.1 at least
        ([100.0, 200.0, 400.0], [300.0, 700.0, 1200.0], 0.113),
        ([100.0] * 3, [110.0] * 3, 0.308),
        # by ranks, twice the smaller of both: 2 / C(14, 7) is the least there is
        (list(range(1, 8)), list(range(11, 18)), 4 / 3432),
        (list(range(1, 22)), [50.0, 900.0, 16000.0], 4 / 2024),
    ],
)
def test_the_chance_of_a_shift_is_what_the_books_say(before, now, chance):
    assert shifted(before, now) == pytest.approx(chance, rel=0.01)


def test_what_is_the_same_is_as_likely_as_can_be():
    assert shifted(list(range(40)), list(range(40))) == 1.0


def test_of_very_many_streams_an_even_part_is_as_good():
    many = [float(number) for number in range(2 * MOST - 1)]
    later = [number + 100.0 for number in range(1, 2 * MOST, 2)]
    chance = shifted(many[::2], later)
    assert LEVEL < chance < 1
    assert shifted(many, later) == shifted(many[::-1], later) == chance


def test_the_level_itself_is_enough():
    assert discoveries([LEVEL]) == [True]
