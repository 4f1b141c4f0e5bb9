"""A campaign: every law against one target, in rounds, until the budget is spent. The clock is handed in.

Each round looks twice as long at each law as the one before. A breach is grouped by law and place, told once, and
shrunk before it is told. The same seed finds the same, as long as the examples decide and not the seconds.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis.database import InMemoryExampleDatabase
from hypothesis.errors import Flaky

from harness.fuzz.edges import Edge, walked
from harness.fuzz.encoding import History
from harness.fuzz.law import Breach, Law, Part
from harness.fuzz.laws import law_named
from harness.fuzz.streams import Stream, whole
from harness.fuzz.targets import Hung
from harness.sse import split_events

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.fuzz.targets import Target

FIRST_ROUND, LONGEST_ROUND = 50, 1600
"""Examples of one law in a round."""

HANG = Breach("hang", "the target comes back", "it does not")

QUIET = settings(
    database=None,
    deadline=None,
    derandomize=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)
"""hypothesis as an engine: it says nothing, keeps nothing, and takes its time."""


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """How long to look: until *clock*, which counts seconds, says *until*; at most so many *examples* of each law."""

    clock: Callable[[], float]
    until: float | None = None
    examples: int | None = None

    def is_spent(self) -> bool:
        """Whether the time is over."""
        return self.until is not None and self.clock() >= self.until


class Failure(msgspec.Struct, frozen=True):
    """A law that did not hold, the smallest input that shows it, and what happened there."""

    law: Law
    given: Stream | History
    breach: Breach
    seed: int


class Seen(msgspec.Struct, frozen=True):
    """What inputs have shown: how many there were, the edges of the stream grammar that they walked, and how often each
    place that was known by then failed again under a law.
    """

    examples: int = 0
    edges: frozenset[Edge] = frozenset()
    again: Mapping[str, int] = {}

    def __add__(self, other: Seen) -> Seen:
        return Seen(
            self.examples + other.examples,
            self.edges | other.edges,
            Counter(self.again) + Counter(other.again),
        )


def key_of(law: Law, breach: Breach) -> str:
    """The group of a breach: its law and its place."""
    return f"{law.name} {breach.place}"


class Progress(msgspec.Struct, frozen=True):
    """How far a campaign is: the law looked at last, what was seen so far, and all that was found."""

    law: str = ""
    seen: Seen = Seen()
    failures: tuple[Failure, ...] = ()

    @property
    def examples(self) -> int:
        """How many inputs were tried."""
        return self.seen.examples

    def times(self, failure: Failure) -> int:
        """How often a failure was met: once when it was told, and every time after that. A crash is met by any law."""
        keys = self.seen.again.items()
        if failure.breach.crash:
            return 1 + sum(number for key, number in keys if key.partition(" ")[2] == failure.breach.place)
        return 1 + self.seen.again.get(key_of(failure.law, failure.breach), 0)


class TimeUp(BaseException):
    """The budget is spent in the middle of a search. Passes through hypothesis, which catches exceptions only."""


class Broken(Exception):
    """What hypothesis shrinks: an input that breaks the law."""


class _Enough(BaseException):
    """A law whose inputs are few and dear has nothing to shrink. Passes through hypothesis as well."""


def by_bytes(test: Any) -> Callable[[bytes], object]:
    """A test of hypothesis as a function of the bytes that it draws its choices from; None for too few of them."""
    found: Callable[[bytes], object] = test.hypothesis.fuzz_one_input
    return found


class Search:
    """The search for one breach of one law that is not known yet."""

    def __init__(self, target: Target, law: Law, budget: Budget, known: frozenset[str]) -> None:
        self._target, self._law, self._budget, self._known = target, law, budget, known
        self._place: str | None = None
        self._edges: set[Edge] = set()
        self._again: Counter[str] = Counter()
        self.examples = 0
        self.last: Any = None
        self.smallest: tuple[Any, Breach] | None = None

    def run(self, *, seed_: int, examples: int) -> None:
        """Try so many examples. Raises TimeUp and Hung; what was found until then is in `smallest`."""
        quiet = settings(QUIET, max_examples=examples, phases=(Phase.generate, Phase.shrink))
        self._run(seed(seed_)(quiet(given(self._law.inputs)(self._attempt))))

    def replay(self, data: bytes) -> None:
        """Try the input that *data* chooses, and shrink it where it breaks the law. Raises TimeUp and Hung."""
        kept = settings(QUIET, database=InMemoryExampleDatabase(), phases=(Phase.reuse, Phase.shrink))
        test = kept(given(self._law.inputs)(self._attempt))
        self._run(partial(by_bytes(test), data))
        if self.smallest:
            self._run(test)

    def _run(self, test: Callable[[], object]) -> None:
        """What breaks the law is in `smallest` then, also where the target changes its mind; another error is ours."""
        try:
            test()
        except (Broken, _Enough):
            return
        except Flaky:
            if self.smallest is None:
                raise

    def _attempt(self, given: Any) -> None:
        if self._budget.is_spent():
            raise TimeUp
        self.examples += 1
        self.last = given
        self._edges |= walked(given)
        try:
            breach = self._law.check(self._target, given)
        except Hung:
            self.smallest = self._part_that_hangs(given), HANG
            self._law = law_named(self._law.kind, "hang")
            raise
        if breach is None or self._is_known(breach) or self._place not in (None, breach.place):
            return
        self._place = breach.place
        if self.smallest is None or size(given) < size(self.smallest[0]):
            self.smallest = given, breach
        raise _Enough if self._law.part is Part.ONCE else Broken

    def _is_known(self, breach: Breach) -> bool:
        if breach.place not in self._known:
            return False
        self._again[key_of(self._law, breach)] += 1
        return True

    def _part_that_hangs(self, given: Any) -> Any:
        """One event or message of *given* that is enough, or all of it: each hanging try costs seconds."""
        for part in parts(given):
            try:
                self._law.check(self._target, part)
            except Hung:
                return part
        return given

    @property
    def seen(self) -> Seen:
        """What its inputs have shown."""
        return Seen(self.examples, frozenset(self._edges), self._again)

    def failure(self, seed_: int) -> Failure | None:
        """What was found."""
        return None if self.smallest is None else Failure(self._law, *self.smallest, seed_)


def campaign(
    target: Target, laws: Sequence[Law], budget: Budget, *, seed: int, first: bool = False
) -> Iterator[Progress]:
    """Try the laws in rounds and tell the progress after each law; the last value tells all that was found.

    Ends when the budget is spent, when a target hangs, with the first failure when *first* is asked for, and when no
    law is left to try.
    """
    failures: list[Failure] = []
    seen = Seen()
    tried = dict.fromkeys((law.name for law in laws), 0)
    number = 0
    while left := [law for law in laws if _is_open(law, failures, tried, budget, number)]:
        for law in left:
            if not _is_open(law, failures, tried, budget, number):
                continue
            search = Search(target, law, budget, known_to(law, failures))
            over = _looked(search, _seed_of(seed, law, number), _share(law, tried, budget, number))
            tried[law.name] += search.examples
            seen += search.seen
            if found := search.failure(seed):
                failures.append(found)
            yield Progress(law.name, seen, tuple(failures))
            if over or any(first or each.law.part is Part.FIRST for each in failures):
                return
        number += 1


def parts(given: Stream | History) -> Iterator[Stream | History]:
    """The events of a stream, or the messages of a history, each by itself."""
    if isinstance(given, History):
        yield from (History((each,)) for each in given.messages)
    else:
        yield from map(whole, split_events(given.body))


def size(given: Stream | History) -> tuple[int, int, str]:
    """How large an input is; of two, the smaller one is shown."""
    if isinstance(given, History):
        return sum(1 + len(content) for _, content in given.messages), len(given.messages), repr(given)
    return len(given.body), len(given.pieces), repr(given)


def _looked(search: Search, seed_: int, examples: int) -> bool:
    """Search, and say whether the campaign is over with it."""
    try:
        search.run(seed_=seed_, examples=examples)
    except (TimeUp, Hung):
        return True
    return False


def _is_open(
    law: Law, failures: Sequence[Failure], tried: dict[str, int], budget: Budget, number: int
) -> bool:
    if law.part is Part.CATCH_ALL and any(each.law.part is Part.CLAUSE for each in failures):
        return False
    if law.part is Part.ONCE and number > 0:
        return False
    return not budget.is_spent() and tried[law.name] < (budget.examples or _ENDLESS)


_ENDLESS = 1 << 60


def _share(law: Law, tried: dict[str, int], budget: Budget, number: int) -> int:
    """How many examples of *law* this round tries."""
    share = min(FIRST_ROUND << min(number, 10), LONGEST_ROUND)
    return min(share, (budget.examples or _ENDLESS) - tried[law.name])


def known_to(law: Law, failures: Sequence[Failure]) -> frozenset[str]:
    """Places that are no news to *law*: its own, and wherever the target failed under any law."""
    return frozenset(each.breach.place for each in failures if each.law is law or each.breach.crash)


def _seed_of(seed: int, law: Law, number: int) -> int:
    return zlib.crc32(f"{seed} {law.name} {number}".encode())
