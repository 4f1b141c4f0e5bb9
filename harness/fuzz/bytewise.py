"""A search that an engine of bytes drives, such as libFuzzer: one harness for all laws. Pure; the engine is handed in.

The first byte of an input chooses the law, the others are the choices that hypothesis draws from. What the engine finds
is tried again here, shrunk by hypothesis, and told as by any campaign.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec
from hypothesis import given

from harness.fuzz.campaign import (
    FIRST_ROUND,
    HANG,
    QUIET,
    Broken,
    Budget,
    Failure,
    Progress,
    Search,
    Seen,
    TimeUp,
    by_bytes,
    campaign,
    key_of,
)
from harness.fuzz.edges import Edge, walked
from harness.fuzz.law import Breach, Law, Part
from harness.fuzz.laws import law_named
from harness.fuzz.targets import Hung

if TYPE_CHECKING:
    from harness.fuzz.targets import Target

SHRINKING = 10.0
"""Seconds of shrinking for one failure."""

BY_CHANCE = (Part.FIRST, Part.ONCE)
"""Parts of laws that no engine of bytes is needed for: the plainest inputs, and those that are few."""


class Hit(msgspec.Struct, frozen=True):
    """An input that broke a law: its name, the bytes behind the one that chose it, and what was seen."""

    law: str
    data: bytes
    breach: Breach
    lost: bool = False
    """Whether the target never came back, not even by an alarm: nobody tries this again."""

    @property
    def hung(self) -> bool:
        """Whether the target did not come back."""
        return self.breach == HANG


Engine: TypeAlias = Callable[[Sequence[Law]], Iterator[Hit | Seen]]
"""Runs a `Harness` of these laws somewhere and hands on what it says."""


class Harness:
    """What an engine calls with bytes. It tells each law at each place once, as a campaign does."""

    def __init__(self, target: Target, laws: Sequence[Law]) -> None:
        self._target, self._laws = target, list(laws)
        self._tests = {law.name: self._test(law) for law in laws}
        self._told: set[tuple[str | None, str]] = set()
        self._edges: set[Edge] = set()
        self._again: Counter[str] = Counter()
        self.examples = 0

    def seen(self) -> Seen:
        """What the inputs since the last time of asking have shown."""
        seen = Seen(self.examples, frozenset(self._edges), dict(self._again))
        self.examples = 0
        self._edges.clear()
        self._again.clear()
        return seen

    def feed(self, data: bytes) -> Hit | None:
        """Try the input that *data* chooses; what it breaks, where that is news."""
        law = self.law_of(data)
        if law is None:
            return None
        try:
            self._tests[law.name](data[1:])
        except Broken as broken:
            return self._news(law, data, broken.args[0])
        except Hung:
            return Hit(law.name, data[1:], HANG)
        return None

    def _news(self, law: Law, data: bytes, breach: Breach) -> Hit | None:
        if {(law.name, breach.place), (None, breach.place)} & self._told:
            self._again[key_of(law, breach)] += 1
            return None
        self._told.add((None if breach.crash else law.name, breach.place))
        if law.part is Part.CLAUSE:
            self._laws = [each for each in self._laws if each.part is not Part.CATCH_ALL]
        return Hit(law.name, data[1:], breach)

    def law_of(self, data: bytes) -> Law | None:
        """The law that the first byte chooses."""
        return self._laws[data[0] % len(self._laws)] if data and self._laws else None

    def _test(self, law: Law) -> Callable[[bytes], object]:
        def attempt(given: Any) -> None:
            self.examples += 1
            self._edges |= walked(given)
            if breach := law.check(self._target, given):
                raise Broken(breach)

        return by_bytes(QUIET(given(law.inputs)(attempt)))


def bytewise(
    target: Target, laws: Sequence[Law], budget: Budget, engine: Engine, *, seed: int, first: bool = False
) -> Iterator[Progress]:
    """Try the plainest and the few inputs by chance, then let *engine* look for the rest until it ends."""
    last = Progress()
    examples = min(FIRST_ROUND, budget.examples or FIRST_ROUND)
    before = msgspec.structs.replace(budget, examples=examples)
    for last in campaign(
        target, [law for law in laws if law.part in BY_CHANCE], before, seed=seed, first=first
    ):
        yield last
    if budget.is_spent() or any(first or each.law.part is not Part.ONCE for each in last.failures):
        return
    left = [law for law in laws if law.part not in BY_CHANCE]
    for told in engine(left) if left else ():
        yield (last := _with(last, told, target, budget, seed))
        if first and last.failures:
            return


def _with(last: Progress, told: Hit | Seen, target: Target, budget: Budget, seed: int) -> Progress:
    if isinstance(told, Seen):
        return msgspec.structs.replace(last, seen=last.seen + told)
    failure = failure_of(told, target, budget, seed)
    return Progress(told.law, last.seen, (*last.failures, failure))


def failure_of(hit: Hit, target: Target, budget: Budget, seed: int) -> Failure:
    """The failure that a hit is, shrunk; as it was seen where the target changes its mind."""
    law = law_named(target.kind, hit.law)
    shown = law_named(target.kind, "hang") if hit.hung else law
    if hit.lost:
        return Failure(shown, given_of(law, hit.data), hit.breach, seed)
    until = budget.clock() + SHRINKING
    search = Search(target, law, Budget(clock=budget.clock, until=until), frozenset())
    with suppress(TimeUp, Hung):
        search.replay(hit.data)
    return search.failure(seed) or Failure(shown, search.last, hit.breach, seed)


def given_of(law: Law, data: bytes) -> Any:
    """The input that *data* chooses; no target sees it."""
    seen: list[Any] = []
    by_bytes(QUIET(given(law.inputs)(lambda given: seen.append(given))))(data)
    return seen[0] if seen else None
