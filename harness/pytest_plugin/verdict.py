"""Why a test fails although its own asserts hold: what happened to its cassette, judged. Pure: an outcome in,
complaints out.

A request that nothing answered explains the rest, so it is told alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.cassette.model import Interaction
from harness.cassette.player import NO_RECORDING
from harness.errors import CassetteMiss, HarnessError
from harness.pytest_plugin.aging import parse_age, recorded_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from harness.pytest_plugin.terms import Terms

MANY = 3
"""Misses and unplayed interactions told one by one; of the rest only the number."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What happened between a test and its cassette."""

    where: str
    """The tape, for messages."""
    on_tape: tuple[Interaction, ...] = ()
    unplayed: tuple[Interaction, ...] = ()
    misses: tuple[CassetteMiss, ...] = ()
    passed: int = 0
    """Requests that were answered or sent out."""
    played: int = 0
    recorded: int = 0
    refused: tuple[str, ...] = ()
    """Hosts that a socket was to reach, and did not."""


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


def is_stale(outcome: Outcome, terms: Terms, now: datetime) -> bool:
    """Whether the tape is older than the test takes."""
    oldest = recorded_at(outcome.on_tape)
    return terms.max_age is not None and oldest is not None and now - oldest > parse_age(terms.max_age)


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
        help="for other clients: the fixture harness_server; for a test without requests: allow_nothing=True",
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
    oldest = recorded_at(outcome.on_tape)
    if oldest is None or terms.allow_stale or outcome.recorded or not is_stale(outcome, terms, now):
        return None
    return HarnessError(
        f"The recording is {(now - oldest).days} days old.",
        where=outcome.where,
        expected=f"at most {terms.max_age} since {oldest:%Y-%m-%d}",
        help=f"record anew: {again('all')}",
    )
