"""What differs in the pace of streams and in the size of their pieces: one number a stream, tested, if it matters.

A time must have grown by a factor and by an amount that somebody would notice; then chance is asked. Faster is never a
finding. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from harness.drift.change import Change, share
from harness.drift.notes import value_of
from harness.drift.statistics import TAIL, median, more, needed_for_ranks, quantile, shifted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.drift.shape import Summary

EFFECT = 1.5
"""How much slower is worth a word."""
TAIL_EFFECT = 3.0
"""The same for the slow ones among the streams: they move with single streams."""
FAR = 2.0
"""Times the slowest stream of before: what lies beyond is no accident of sampling."""
SMALLER, LARGER = 1 / 2.6, 2.6
"""Ratios of the sizes of pieces that another language of the same model does not reach."""
RECUT = 1.15
"""A ratio of mean gaps that other cuts of the same stream do not reach."""


class Time(NamedTuple):
    """A number of a stream, the rule that speaks about it, and the milliseconds it must have grown by."""

    name: str
    rule: str
    floor: float
    tested: str = ""
    """The number that is tested, where it is another: a longer answer takes longer, and is not slow for it."""


TIMES = (
    Time("ttft", "ttft-slower", 20.0),
    Time("inter-chunk", "inter-chunk-slower", 4.0),
    Time("duration", "duration-longer", 100.0, tested="duration-each"),
    Time("tail", "duration-longer", 100.0),
)


def pace_changes(before: Summary, now: Summary) -> Iterator[Change]:
    """Slower, larger, or all at once."""
    yield from _rose(before, now, "burst", "paced", "stream-buffered")
    yield from _rose(before, now, "stall", "paced", "stalls-longer")
    yield from _rose(before, now, "one-piece", "spoke", "answer-in-one-piece")
    for time in TIMES:
        yield from _slower(before, now, time)
    yield from _slow_among_quick(before, now)
    yield from _pieces(before, now)


def numbers(summary: Summary, name: str) -> list[float]:
    """The numbers of the streams, sorted, each as exact as the steps of its scale."""
    steps = summary.scale(name)
    return [value_of(step) for step in sorted(steps) for _ in range(steps[step])]


def _rose(before: Summary, now: Summary, fact: str, base: str, rule: str) -> Iterator[Change]:
    """A fact of streams that is seen more often than chance allows; in all and never before is sure."""
    had, has = before.count("fact", fact), now.count("fact", fact)
    total, size = before.count("fact", base), now.count("fact", base)
    if not total or not size or has * total <= had * size:
        return
    is_sure = not had and has == size and min(total, size) > 1
    yield Change(
        rule, "", share(had, total), share(has, size), p=None if is_sure else more(had, total, has, size)
    )


def _slower(before: Summary, now: Summary, time: Time) -> Iterator[Change]:
    old, new = numbers(before, time.name), numbers(now, time.name)
    if not old or not new:
        return
    tested = numbers(before, time.tested), numbers(now, time.tested)
    one, other = tested if all(tested) else (old, new)
    if _ratio(median(old), median(new)) >= EFFECT <= _ratio(median(one), median(other)):
        yield from _change(time, median(old), median(new), (one, other), "median")
    if (
        _ratio(quantile(old, TAIL), quantile(new, TAIL))
        >= TAIL_EFFECT
        <= _ratio(quantile(one, TAIL), quantile(other, TAIL))
    ):
        words = f"slowest {1 - TAIL:.0%}"
        yield from _change(time, quantile(old, TAIL), quantile(new, TAIL), (one, other), words)
    yield from _beyond(old, new, time)


def _beyond(old: Sequence[float], new: Sequence[float], time: Time) -> Iterator[Change]:
    """Streams far slower than any was before: a tail that ranks see late."""
    limit = max(FAR * old[-1], old[-1] + time.floor)
    count = sum(value > limit for value in new)
    if count > 1 and time.name != "duration":
        p = more(0, len(old), count, len(new))
        yield Change(
            time.rule, "", f"never above {old[-1]:.0f} ms", share(count, len(new)), f"{limit:.0f} ms", p
        )


def _change(
    time: Time, old: float, new: float, tested: tuple[Sequence[float], Sequence[float]], what: str
) -> Iterator[Change]:
    if new - old >= time.floor:
        words = f"{what} {old:.0f} ms", f"{what} {new:.0f} ms"
        more_needed = needed_for_ranks(*map(len, tested))
        yield Change(time.rule, "", *words, f"{_ratio(old, new):.1f} times", shifted(*tested), more_needed)


def _slow_among_quick(before: Summary, now: Summary) -> Iterator[Change]:
    """Slow pieces among quick ones. Other cuts move them too, but not the mean gap."""
    old, new = numbers(before, "inter-chunk-slowest"), numbers(now, "inter-chunk-slowest")
    means = [numbers(side, "inter-chunk") for side in (before, now)]
    if not old or not new or not all(means):
        return
    mean = _ratio(median(means[0]), median(means[1]))
    if _ratio(median(old), median(new)) >= TAIL_EFFECT and RECUT <= mean < EFFECT:
        yield from _change(Time("", "stalls-longer", 100.0), median(old), median(new), (old, new), "95 %")


def _pieces(before: Summary, now: Summary) -> Iterator[Change]:
    """How much text a chunk brings."""
    old, new = numbers(before, "bytes"), numbers(now, "bytes")
    if old and new and not SMALLER < _ratio(median(old), median(new)) < LARGER:
        words = f"{median(old):.1f} bytes", f"{median(new):.1f} bytes"
        more_needed = needed_for_ranks(len(old), len(new))
        yield Change("piece-size-changed", "", *words, p=shifted(old, new), needed=more_needed)


def _ratio(old: float, new: float) -> float:
    return new / max(old, 1e-9)
