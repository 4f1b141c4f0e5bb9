"""The contract check beside live exchanges, in a thread of its own: what comes is put down for it and nobody waits.

Exchanges of any thread and loop may tell it. A fault of the check itself never reaches them: it is told as a finding
that leaves the exchange undecided.
"""

from __future__ import annotations

import threading
from functools import partial
from queue import SimpleQueue
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

MAX_WAITING = 2**25
"""Bytes that may wait to be checked; of an exchange that brings more, no more is checked."""


class Watch:
    """One exchange, told by whoever carries it. Everything here returns at once, and nothing raises."""

    def __init__(self, check: LiveCheck, request: Request, upstream: Upstream | None, number: int) -> None:
        self._live = check
        self._is_over = False
        self._made: ExchangeCheck | None = None
        self._ledger = Ledger(number)
        self._make = partial(_exchange_check, request, upstream, number)

    def head(self, status: int, reason: str, headers: Headers) -> None:
        """The status line and headers came."""
        self._do(lambda check: check.head(status, reason, headers))

    def piece(self, data: bytes) -> None:
        """Body bytes came, content-coding undone."""
        if not self._is_over and not self._live.has_room(len(data)):
            self.over(End.LIMIT)
        self._do(lambda check: check.piece(data), size=len(data))

    def over(self, end: End) -> None:
        """Nothing more will come; told again, the first time counts."""
        self._do(lambda check: check.over(end))
        self._is_over = True

    @property
    def events(self) -> int:
        """Events checked so far."""
        return 0 if self._made is None else self._made.events

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All so far."""
        return (() if self._made is None else self._made.findings) + self._ledger.findings(0)

    def _do(self, step: Callable[[ExchangeCheck], None], size: int = 0) -> None:
        if not self._is_over:
            self._live.soon(partial(self._step, step), size)

    def _step(self, step: Callable[[ExchangeCheck], None]) -> list[Finding]:
        """In the thread of the check."""
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
    """The check of a cassette or proxy in use. *tell* is called with each new finding, in the thread of the check.

    The contract of *upstream*, or of every upstream, is compiled here, before the first exchange.
    """

    def __init__(self, upstream: Upstream | None, tell: Callable[[Finding], None] | None = None) -> None:
        self._tell = tell
        for name in upstream_names() if upstream is None else (upstream.name,):
            contract_for(name)
        self._steps: SimpleQueue[tuple[Callable[[], list[Finding]], int] | None] = SimpleQueue()
        self._turn = threading.Lock()
        self._thread: threading.Thread | None = None
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

    def soon(self, step: Callable[[], list[Finding]], size: int) -> None:
        """Have a step done in the thread of the check, after those put down before it."""
        with self._turn:
            self._waiting += size
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="harness contract check", daemon=True)
                self._thread.start()
        self._steps.put((step, size))

    def report(self) -> Report:
        """What has been found, once all that was put down has been checked. The check ends here."""
        self._steps.put(None)
        if self._thread is not None:
            self._thread.join()
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

    def _work(self) -> None:
        while (put_down := self._steps.get()) is not None:
            step, size = put_down
            for finding in step():
                self._say(finding)
            with self._turn:
                self._waiting -= size

    def _say(self, finding: Finding) -> None:
        if self._tell is not None:
            self._tell(finding)


def _exchange_check(request: Request, upstream: Upstream | None, number: int) -> ExchangeCheck:
    contract = None if upstream is None else contract_for(upstream.name)
    return ExchangeCheck(contract, request, number=number)


def _events(found: Report) -> int:
    count = found.summary.get("events", 0)
    return count if isinstance(count, int) else 0
