"""The contract check beside live exchanges. What comes is put down for it when it has been handed on, and with each
piece only so much is checked as nobody notices; the rest waits for the next one, or for the end.

Exchanges of any thread and loop may tell it. A fault of the check itself never reaches them: it is told as a finding
that leaves the exchange undecided.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from harness.cassette.model import Cassette, End
from harness.contract.check import report, validate
from harness.contract.ledger import Ledger
from harness.contract.live import ExchangeCheck
from harness.disk.validation import contract_for
from harness.upstreams.registry import upstream_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cassette.model import Headers, Interaction, Request
    from harness.finding import Finding, Report
    from harness.upstreams.upstream import Upstream

BUDGET_S = 0.0005
"""How long the check may work at a time. One slice is always checked; so long it takes, where explaining is needed."""
SLICE = 1024
"""Bytes that are checked in one go: a handful of events."""
MAX_WAITING = 2**25
"""Bytes that may wait to be checked; of an exchange that brings more, no more is checked."""


class Watch:
    """One exchange, told by whoever carries it. Everything here returns soon, and nothing raises."""

    def __init__(self, check: LiveCheck, request: Request, upstream: Upstream | None, number: int) -> None:
        self._live = check
        self._is_over = False
        self._made: ExchangeCheck | None = None
        self._ledger = Ledger(number)
        self._make = partial(_exchange_check, request, upstream, number)

    def head(self, status: int, reason: str, headers: Headers) -> None:
        """The status line and headers came."""
        self._put(lambda check: check.head(status, reason, headers))
        self._live.work()

    def piece(self, data: bytes) -> None:
        """Body bytes came, content-coding undone."""
        if not self._is_over and not self._live.has_room(len(data)):
            self.over(End.LIMIT)
        for start in range(0, len(data), SLICE):
            self._put(partial(_piece, data[start : start + SLICE]), min(SLICE, len(data) - start))
        self._live.work()

    def over(self, end: End) -> None:
        """Nothing more will come; told again, the first time counts."""
        self._put(lambda check: check.over(end))
        self._is_over = True
        self._live.work()

    @property
    def events(self) -> int:
        """Events checked so far."""
        return 0 if self._made is None else self._made.events

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All so far."""
        return (() if self._made is None else self._made.findings) + self._ledger.findings(0)

    def _put(self, step: Callable[[ExchangeCheck], None], size: int = 0) -> None:
        if not self._is_over:
            self._live.put(partial(self._step, step), size)

    def _step(self, step: Callable[[ExchangeCheck], None]) -> list[Finding]:
        if len(self._ledger):
            return []
        try:
            if self._made is None:
                self._made = self._make()
            step(self._made)
            return self._made.news()
        except Exception as fault:  # ours; whoever is listened in on is not to blame
            self._ledger.note("stream-crash", f"the check itself failed: {type(fault).__name__}")
            return self._ledger.since(0)


class LiveCheck:
    """The check of a cassette or proxy in use. *tell* is called with each new finding, by whoever brings
    the next piece; it should return soon.

    The contract of *upstream*, or of every upstream, is compiled here, before the first exchange.
    """

    def __init__(self, upstream: Upstream | None, tell: Callable[[Finding], None] | None = None) -> None:
        self._tell = tell
        for name in upstream_names() if upstream is None else (upstream.name,):
            contract_for(name)
        self._steps: deque[tuple[Callable[[], list[Finding]], int]] = deque()
        self._turn = threading.Lock()
        self._working = threading.Lock()
        self._waiting = 0
        self._watches: list[Watch] = []
        self._played: list[tuple[int, Interaction, Upstream | None]] = []
        self._count = 0

    def exchange(self, request: Request, upstream: Upstream | None) -> Watch:
        """A live exchange begins."""
        with self._turn:
            self._count += 1
            watch = Watch(self, request, upstream, self._count)
            self._watches.append(watch)
        return watch

    def played(self, interaction: Interaction, upstream: Upstream | None) -> None:
        """A recording was the answer; it is checked as it stands on the tape, when the report is made."""
        with self._turn:
            self._count += 1
            if all(known is not interaction for _, known, _ in self._played):
                self._played.append((self._count, interaction, upstream))

    def has_room(self, size: int) -> bool:
        """Whether so many bytes more may wait."""
        return self._waiting + size <= MAX_WAITING

    def put(self, step: Callable[[], list[Finding]], size: int) -> None:
        """Put a step down, to be done after those put down before it."""
        with self._turn:
            self._waiting += size
        self._steps.append((step, size))

    def work(self, budget_s: float = BUDGET_S, *, waits: bool = False) -> None:
        """Do what was put down, until there is none or the time is over. Where another thread is at it, it does it."""
        if not self._working.acquire(blocking=waits):
            return
        try:
            until = time.perf_counter() + budget_s
            while self._steps:
                self._do(*self._steps.popleft())
                if time.perf_counter() > until:
                    return
        finally:
            self._working.release()

    def report(self) -> Report:
        """What has been found, once all that was put down has been checked."""
        while self._steps:
            self.work(float("inf"), waits=True)
        findings = [finding for watch in self._watches for finding in watch.findings]
        events = sum(watch.events for watch in self._watches)
        for number, interaction, upstream in self._played:
            found = validate(
                Cassette((interaction,)),
                lambda known: contract_for(known.name),
                upstream=upstream.name if upstream else None,
            )
            findings += [replace(finding, interaction=number) for finding in found.findings]
            events += _events(found)
        return report(findings, interactions=len(self._watches) + len(self._played), events=events)

    def _do(self, step: Callable[[], list[Finding]], size: int) -> None:
        news = step()
        with self._turn:
            self._waiting -= size
        for finding in news if self._tell is not None else ():
            self._say(finding)

    def _say(self, finding: Finding) -> None:
        assert self._tell is not None  # asked just now
        with suppress(Exception):  # whose fault it is, the exchange that is listened in on has none
            self._tell(finding)


def _piece(data: bytes, check: ExchangeCheck) -> None:
    check.piece(data)


def _exchange_check(request: Request, upstream: Upstream | None, number: int) -> ExchangeCheck:
    contract = None if upstream is None else contract_for(upstream.name)
    return ExchangeCheck(contract, request, number=number)


def _events(found: Report) -> int:
    count = found.summary.get("events", 0)
    return count if isinstance(count, int) else 0
