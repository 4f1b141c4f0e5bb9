"""One thing that differs between two summaries, and the questions that find it. Values and counts; no judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import msgspec

from harness.drift.statistics import chance_of_at_least, chance_of_at_most, needed_to_miss
from harness.drift.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.drift.summary import Fact


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """What differs: the rule that speaks of it, the place, and the counts it rests on."""

    rule: str
    where: str = ""
    detail: str = ""
    before: str = ""
    now: str = ""
    p: float | Literal["deterministic"] = "deterministic"
    needed: int | None = None


class Pair(msgspec.Struct, frozen=True):
    """Two summaries of the same upstream: what it was like, and what it is like."""

    before: Summary
    now: Summary

    def counts(self, *fact: str) -> tuple[int, int]:
        """In how many exchanges a fact was seen, before and now."""
        return self.before.count(*fact), self.now.count(*fact)

    def is_new(self, *fact: str) -> bool:
        """Never seen before, and seen now."""
        before, now = self.counts(*fact)
        return not before and bool(now)

    def keys(self, *start: str) -> set[str]:
        """The last word of every fact that begins so, on either side."""
        return _last_words(self.before.facts, start) | _last_words(self.now.facts, start)

    def words(self, *place: str) -> tuple[set[str], set[str]]:
        """The vocabularies of a place; an open one is empty."""
        return set(self.before.vocabulary(*place) or ()), set(self.now.vocabulary(*place) or ())


def appeared(
    pair: Pair, fact: Fact, base: Fact, *, rule: str, where: str = "", detail: str = ""
) -> list[Difference]:
    """The difference of a fact that was never there: for this, one exchange is enough."""
    (before, now), (of_before, of_now) = pair.counts(*fact), pair.counts(*base)
    if before or not now or not of_before:
        return []
    return [
        Difference(rule=rule, where=where, detail=detail, before=of(before, of_before), now=of(now, of_now))
    ]


def rose(pair: Pair, fact: Fact, base: Fact, *, rule: str, where: str = "") -> list[Difference]:
    """The difference of a fact that is seen more often than chance allows. In all and never before is sure."""
    (before, now), (of_before, of_now) = pair.counts(*fact), pair.counts(*base)
    if not of_before or now * of_before <= before * of_now:
        return []
    sure = not before and now == of_now and min(of_before, of_now) > 1
    chance = chance_of_at_least(now, of_now, before, of_before)
    return [
        Difference(
            rule=rule,
            where=where,
            before=of(before, of_before),
            now=of(now, of_now),
            p="deterministic" if sure else chance,
        )
    ]


def vanished(
    pair: Pair, fact: Fact, base: Fact, *, rule: str, where: str = "", detail: str = ""
) -> list[Difference]:
    """The difference of a fact that was there at times, or always, and is not any more."""
    (before, now), (of_before, of_now) = pair.counts(*fact), pair.counts(*base)
    if not before or now or not of_now:
        return []
    chance = "deterministic" if before == of_before else chance_of_at_most(0, of_now, before, of_before)
    needed = None if chance == "deterministic" else needed_to_miss(before, of_before, of_now)
    return [
        Difference(
            rule=rule,
            where=where,
            detail=detail,
            before=of(before, of_before),
            now=of(now, of_now),
            p=chance,  # type: ignore[arg-type]
            needed=needed or None,
        )
    ]


def of(count: int, whole: int) -> str:
    """`3 of 12`."""
    return f"{count} of {whole}"


def listed(words: Iterable[str], at_most: int = 4) -> str:
    """Some words for a message, in a settled order."""
    ordered = sorted(words)
    more = f" and {len(ordered) - at_most} more" if len(ordered) > at_most else ""
    return (", ".join(ordered[:at_most]) + more) or "none"


def _last_words(facts: Iterable[Fact], start: tuple[str, ...]) -> set[str]:
    size = len(start)
    return {fact[size] for fact in facts if len(fact) == size + 1 and fact[:size] == start}
