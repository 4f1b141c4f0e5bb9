"""Drift in one call: two sets of recordings in, a report out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.change import Change, share
from harness.drift.diff import changes
from harness.drift.judge import judge
from harness.drift.stream import places_of
from harness.drift.summarise import summarise
from harness.drift.words import NO_WORDS, Listed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Interaction
    from harness.drift.shape import Summary
    from harness.finding import Report
    from harness.upstreams.upstream import Upstream

TELLING = ("reply", "error", "redirect")
"""Outcomes from which something can be learned."""


def compare(
    baseline: Iterable[Interaction],
    current: Iterable[Interaction],
    upstream: Upstream,
    *,
    words: Listed = NO_WORDS,
) -> Report:
    """What moved between two sets of recordings of one upstream. *words* are those that its schemas list."""
    return compare_summaries(
        summarise(baseline, upstream), summarise(current, upstream), upstream, words=words
    )


def compare_summaries(
    before: Summary, now: Summary, upstream: Upstream, *, words: Listed = NO_WORDS
) -> Report:
    """The same for recordings that have been summed up already."""
    counts: dict[str, object] = {
        "old_recordings": before.count("all"),
        "new_recordings": now.count("all"),
        "old_answers": before.count("outcome", "reply"),
        "new_answers": now.count("outcome", "reply"),
        "blocked_answers": now.count("outcome", "blocked"),
    }
    blind = why_blind(before, now)
    found = [blind] if blind is not None else changes(before, now, upstream, words) or no_answer(before, now)
    return judge(found, summary=counts, paths=places_of(upstream))


def why_blind(before: Summary, now: Summary) -> Change | None:
    """Why nothing can be told, as a change; None where something can."""
    total, size = before.count("all"), now.count("all")
    seen, sees = _telling(before), _telling(now)
    if not total or not size:
        return Change("nothing-to-compare", "", share(seen, total), share(sees, size))
    if seen and not sees:
        return Change("could-not-look", "", share(seen, total), share(sees, size))
    return None


def no_answer(before: Summary, now: Summary) -> list[Change]:
    """The refusals of before came again, and every answer was held up on the way: that is not `nothing moved`."""
    if (
        not before.count("outcome", "reply")
        or now.count("outcome", "reply")
        or not now.count("outcome", "blocked")
    ):
        return []
    seen, sees = _telling(before), _telling(now)
    return [Change("could-not-look", "", share(seen, before.count("all")), share(sees, now.count("all")))]


def _telling(summary: Summary) -> int:
    return sum(summary.count("outcome", outcome) for outcome in TELLING)
