"""One test and its cassette: opened before the test's own fixtures, judged when its function returns, put away after
its fixtures.

An edge: it reads the clock, opens sessions and servers, and shuts the network. What is on the tape and what is
wrong with that is said elsewhere (`harness.net.session`, `harness.pytest_plugin.verdict`).
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pytest

from harness.cassette.modes import OnMiss, RecordMode, rule_of
from harness.disk.cassettes import find_cassettes
from harness.errors import CassetteMiss, UsageError
from harness.net.offline import loopback_only
from harness.net.proxy import RecordingProxy
from harness.net.replay_server import ReplayServer
from harness.net.seam import used_everywhere
from harness.net.session import CassetteSession
from harness.pytest_plugin.aging import parse_age
from harness.pytest_plugin.failures import without_libraries
from harness.pytest_plugin.items import command, replacers, terms_of
from harness.pytest_plugin.naming import folder_name
from harness.pytest_plugin.outcome import Outcome, of_proxy, of_server, of_session
from harness.pytest_plugin.replacing import replaced
from harness.pytest_plugin.serving import in_thread
from harness.pytest_plugin.verdict import complaints, overdue, told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

_WAY_OUT = "allow it with @pytest.mark.harness(allow_hosts=[...]), or run with --harness-live"


class Taking:
    """What a test does with its cassette. `has_failed` is to be set to False once the test's function has
    succeeded.
    """

    def __init__(self, item: pytest.Item) -> None:
        self.terms = terms_of(item)
        parse_age(self.terms.max_age or 0)  # a wrong one is refused before the test
        self.has_failed = True
        self._has_judged = False
        self._item = item
        self._again = partial(command, item)
        self._refused: list[str] = []
        self._outcome: Callable[[], Outcome] = lambda: Outcome(where=str(self.terms.tape))

    # the ways in

    @contextmanager
    def cassette(self) -> Iterator[CassetteSession]:
        """The session of this test, used everywhere in the process."""
        session = self._session()
        session.open()
        self._outcome = lambda: of_session(session, self._refused)
        try:
            with self._border(is_open=session.may_record), used_everywhere(session):
                yield session
        finally:
            session.close(failed=self.has_failed, strict=False)

    def server(self) -> AbstractContextManager[ReplayServer]:
        """A server that plays the cassette of this test."""
        return self._playing(
            self.terms.tape,
            f"harness record --upstream U --base-url URL --messages FILE --out {self.terms.tape}",
        )

    def proxy(
        self, base_url: Callable[[], str | None]
    ) -> AbstractContextManager[ReplayServer | RecordingProxy]:
        """A server that plays the folder of this test, or a proxy that records into it; the mode says which.
        `base_url` is asked when there is something to record.
        """
        folder = self.terms.tape.with_name(folder_name(self.terms.tape.name))
        is_there = folder.is_dir() and bool(find_cassettes(folder))
        rule = rule_of(self.terms.mode)
        if rule.on_miss(tape_exists=is_there) is OnMiss.REFUSE:
            return self._playing(folder, self._again(RecordMode.ONCE))
        if is_there and rule.plays:
            raise UsageError(
                f"harness_proxy plays or records; mode {self.terms.mode!r} is both at once.",
                where=str(folder),
                help=f"record anew: {self._again(RecordMode.ALL)}",
            )
        return self._recording(folder, base_url())

    def _session(self) -> CassetteSession:
        terms = self.terms
        if terms.mode == RecordMode.ALL and len(tests := replacers(self._item)) > 1:
            raise UsageError(
                "In mode all each test replaces its tape, and several use this one.",
                where=str(terms.tape),
                found=f"{tests[0]}, {tests[1]}" + (f" and {len(tests) - 2} more" if len(tests) > 2 else ""),
                help="give each test a tape of its own; or record with --harness-mode=new_episodes",
            )
        return CassetteSession(
            terms.tape,
            mode=terms.mode,
            pace=terms.pace,
            cut=terms.cut,
            faults=terms.faults,
            upstream=terms.upstream,
            source=terms.source,
            recorded_from=terms.recorded_from,
        )

    @contextmanager
    def _playing(self, tapes: Path, command: str) -> Iterator[ReplayServer]:
        terms = self.terms
        if not tapes.exists():
            raise UsageError(
                "There is no recording to be played.", where=str(tapes), help=f"record it: {command}"
            )
        server = ReplayServer(
            tapes, pace=terms.pace, cut=terms.cut, faults=terms.faults, upstream=terms.upstream
        )
        with self._border(is_open=False), in_thread(server) as running:
            self._outcome = lambda: of_server(running, str(tapes), self._refused)
            yield running

    @contextmanager
    def _recording(self, folder: Path, base_url: str | None) -> Iterator[RecordingProxy]:
        terms, was_there = self.terms, folder.exists()
        with replaced(folder, when=lambda: not self.has_failed) as fresh:
            proxy = RecordingProxy(
                terms.upstream, base_url, fresh, source=terms.source, recorded_from=terms.recorded_from
            )
            with in_thread(proxy) as running:
                self._outcome = lambda: of_proxy(running, str(folder))
                yield running
        if self.has_failed and was_there:
            self._outcome = lambda: Outcome(where=str(folder))  # nothing of it was kept

    @contextmanager
    def _border(self, *, is_open: bool) -> Iterator[None]:
        if is_open or self.terms.live:
            yield
            return
        with loopback_only(allowed=self.terms.allow_hosts, help=_WAY_OUT) as self._refused:
            yield

    # the judgement

    def judge(self) -> None:
        """Fail the test for what happened to its cassette. Called when its function has returned."""
        found = complaints(self._outcome(), self.terms, now=datetime.now(UTC), again=self._again)
        if found:
            self._has_judged = True
            pytest.fail("\n\n".join(map(str, found)), pytrace=False)

    def clear_up(self, error: BaseException) -> None:
        """Make a miss that a test has failed with readable: the command that helps here, and no libraries."""
        self._misses()
        if isinstance(error, CassetteMiss):
            error.__traceback__ = without_libraries(error.__traceback__, self._item.config.rootpath)

    def explain(self, error: BaseException) -> str:
        """What the cassette has to say about an error that a test has failed with: it may be the consequence of a
        miss, or of a refused connection.
        """
        if self._has_judged:
            return ""
        misses = [] if isinstance(error, CassetteMiss) else self._misses()
        refused = [f"{host} was refused: {_WAY_OUT}" for host in dict.fromkeys(self._refused)]
        return "\n\n".join(misses + refused)

    def _misses(self) -> list[str]:
        return list(map(str, told(self._outcome().misses, self._again)))

    def properties(self) -> list[tuple[str, object]]:
        """What the report of the run needs to know, by names that fit a JUnit file."""
        outcome = self._outcome()
        facts = {
            "harness_cassette": outcome.where,
            "harness_played": outcome.played,
            "harness_recorded": outcome.recorded,
            "harness_stale": overdue(outcome, self.terms, datetime.now(UTC)) is not None,
        }
        return [(name, value) for name, value in facts.items() if value]
