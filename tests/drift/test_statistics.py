"""The tests of chance, held against published figures and against each other."""

from __future__ import annotations

import random

import pytest

from harness.drift.statistics import LEVEL, discoveries, fewer, median, more, needed, quantile, shifted

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
