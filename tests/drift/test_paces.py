"""When is a stream slow? Numbers of streams in, differences out."""

from __future__ import annotations

import random

import pytest

from harness.drift.notes import step_of
from harness.drift.paces import pace_changes
from harness.drift.shape import Summary
from harness.drift.statistics import LEVEL


def summary(*, facts=(), **numbers):
    streams = max(map(len, numbers.values()), default=0)
    scales = {}
    for name, values in numbers.items():
        steps = [step_of(value) for value in values]
        scales[name.replace("_", "-"),] = {step: steps.count(step) for step in steps}
    tallies = {("fact", "paced"): streams, ("fact", "spoke"): streams, **{("fact", k): n for k, n in facts}}
    return Summary(tallies, {}, scales)


def times(seed, size=12, middle=300.0, spread=0.3):
    rng = random.Random(seed)
    return [middle * rng.lognormvariate(0, spread) for _ in range(size)]


def told(before, now):
    return {change.rule for change in pace_changes(before, now) if change.p is None or change.p < LEVEL}


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("ttft", "ttft-slower"),
        ("inter_chunk", "inter-chunk-slower"),
        ("duration", "duration-longer"),
        ("tail", "duration-longer"),
    ],
)
def test_three_times_as_slow_is_told_and_faster_never_is(number, rule):
    quick, slow = summary(**{number: times(1)}), summary(**{number: times(2, middle=900.0)})
    assert told(quick, slow) == {rule}
    assert told(slow, quick) == set()


def test_a_difference_that_nobody_notices_is_none_however_sure():
    assert told(summary(ttft=times(1, 400)), summary(ttft=times(2, 400, 380.0))) == set()
    assert told(summary(inter_chunk=times(1, 400, 0.5)), summary(inter_chunk=times(2, 400, 2.0))) == set()


def test_a_longer_answer_is_not_a_slow_one():
    short = summary(duration=times(1), duration_each=times(2, middle=30.0))
    long_ = summary(duration=times(3, middle=900.0), duration_each=times(4, middle=30.0))
    assert told(short, long_) == set()


def test_one_slow_stream_is_bad_luck_and_half_of_them_are_not():
    usual, calm = times(1), times(2)
    assert told(summary(ttft=usual), summary(ttft=[*calm[1:], 9000.0])) == set()
    assert told(summary(ttft=usual), summary(ttft=[*calm[6:], *times(3, 6, 4000.0)])) == {"ttft-slower"}


def test_what_all_streams_show_and_none_did_needs_no_test():
    before, now = summary(ttft=times(1, 5)), summary(ttft=times(2, 3), facts=[("burst", 3)])
    (change,) = pace_changes(before, now)
    assert (change.rule, change.p) == ("stream-buffered", None)


@pytest.mark.parametrize("factor", [6.0, 1 / 6])
def test_pieces_may_grow_or_shrink_too_far(factor):
    assert told(summary(bytes=times(1, middle=5.0)), summary(bytes=times(2, middle=5.0 * factor))) == {
        "piece-size-changed"
    }
    assert told(summary(bytes=times(1, middle=5.0)), summary(bytes=times(2, middle=9.0))) == set()
