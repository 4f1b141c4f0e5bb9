"""Why a test fails although its own asserts hold: what happened to its cassette, judged. Pure: an outcome in,
complaints out.

A request that nothing answered explains the rest, so it is told alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.player import NO_RECORDING
from harness.errors import CassetteMiss, HarnessError
from harness.pytest_plugin.aging import parse_age, recorded_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from harness.pytest_plugin.outcome import Outcome
    from harness.pytest_plugin.terms import Terms

MANY = 3
"""Misses and unplayed interactions told one by one; of the rest only the number."""


def complaints(
    outcome: Outcome, terms: Terms, *, now: datetime, again: Callable[[str], str]
) -> list[HarnessError]:
    """All that is wrong, by the terms. `again` gives the command that runs the test in a record mode."""
    if outcome.misses and not terms.allow_misses:
        return list(told(outcome.misses, again))
    checks = (_nothing, _unplayed, _stale)
    return [complaint for check in checks if (complaint := check(outcome, terms, now, again)) is not None]


def told(misses: tuple[CassetteMiss, ...], again: Callable[[str], str]) -> Iterator[HarnessError]:
    """The first misses, each with the command that records what is missing."""
    for miss in misses[:MANY]:
        mode = "once" if miss.reason == NO_RECORDING else "new_episodes"
        miss.help = f"record it: {again(mode)}"
        yield miss
    if len(misses) > MANY:
        yield HarnessError(f"{len(misses) - MANY} more requests were not answered.")


def overdue(outcome: Outcome, terms: Terms, now: datetime) -> datetime | None:
    """When the tape was recorded, if that is longer ago than the test takes and it was not recorded anew."""
    oldest = recorded_at(outcome.on_tape)
    if terms.max_age is None or oldest is None or outcome.recorded:
        return None
    return oldest if now - oldest > parse_age(terms.max_age) else None


def _nothing(
    outcome: Outcome, terms: Terms, now: datetime, again: Callable[[str], str]
) -> HarnessError | None:
    if outcome.passed or outcome.misses or terms.allow_nothing:
        return None
    return HarnessError(
        "Nothing was recorded or played: no request passed through this test's cassette.",
        where=outcome.where,
        expected="at least one request, by a client that the cassette can see",
        found=f"refused: {', '.join(outcome.refused)}" if outcome.refused else None,
        help="for any other client: the fixture harness_proxy; for a test without requests: allow_nothing=True",
    )


def _unplayed(
    outcome: Outcome, terms: Terms, now: datetime, again: Callable[[str], str]
) -> HarnessError | None:
    left = outcome.unplayed
    if not left or terms.allow_unplayed or not (outcome.passed or terms.allow_nothing):
        return None
    return HarnessError(
        f"{len(left)} of {len(outcome.on_tape)} recorded interactions were never played.",
        where=outcome.where,
        expected="a request for each of them",
        found="; ".join(_listed(outcome)),
        help=f"record anew: {again('all')}; or allow it: allow_unplayed=True",
    )


def _listed(outcome: Outcome) -> Iterator[str]:
    left = {id(item) for item in outcome.unplayed}
    numbered = [(n, item) for n, item in enumerate(outcome.on_tape, 1) if id(item) in left]
    for number, item in numbered[:MANY]:
        yield f"interaction {number}, {item.request.method} {item.request.uri}"
    if len(numbered) > MANY:
        yield f"{len(numbered) - MANY} more"


def _stale(outcome: Outcome, terms: Terms, now: datetime, again: Callable[[str], str]) -> HarnessError | None:
    since = overdue(outcome, terms, now)
    if since is None or terms.allow_stale:
        return None
    return HarnessError(
        f"The recording is {(now - since).days} days old.",
        where=outcome.where,
        expected=f"at most {terms.max_age} since {since:%Y-%m-%d}",
        help=f"record anew: {again('all')}",
    )
