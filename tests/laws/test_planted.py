"""Bugs planted on purpose are found, each by the law that names it, and shrunk to a few events.

The default run tries one seed and few examples; the slow one what is promised: five seeds, each within 30 seconds.
"""

from __future__ import annotations

import time

import pytest

from harness.disk.found import target_of
from harness.fuzz.campaign import Budget, Failure, campaign
from harness.fuzz.encoding import History
from harness.fuzz.laws import law_named, laws_for
from harness.fuzz.targets import Kind, Target
from harness.sse import split_events
from tests.laws.planted import encoders, parsers

PLANTED = [
    *((Kind.PARSER, parsers, name, law) for name, law in parsers.PLANTED.items()),
    *((Kind.ENCODER, encoders, name, law) for name, law in encoders.PLANTED.items()),
]
every = pytest.mark.parametrize(
    ("kind", "module", "bug", "law"), PLANTED, ids=[bug for _, _, bug, _ in PLANTED]
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """Nobody wants to wait five seconds to see that something hangs."""
    monkeypatch.setattr("harness.disk.found.PATIENCE", 1.0)


def planted(kind: Kind, module: object, bug: str) -> Target:
    return target_of(getattr(module, bug), name=f"planted:{bug}", kind=kind)


LONG = 21
"""Messages that `history_cut` takes, at least."""


def events_in(failure: Failure) -> int:
    if isinstance(failure.given, History):
        return len(failure.given.messages)
    return len(split_events(failure.given.body))


def test_there_are_twenty_of_them():
    assert len(PLANTED) >= 20


@every
def test_the_law_of_a_bug_finds_it(kind, module, bug, law):
    target = planted(kind, module, bug)
    searched = [law_named(kind, "no-colon" if law == "hang" else law)]
    *_, last = campaign(target, searched, Budget(clock=time.monotonic, examples=60), seed=1)
    assert {failure.law.name for failure in last.failures} == {law}
    assert max(map(events_in, last.failures)) <= (LONG if bug == "history_cut" else 3)


@pytest.mark.slow
@pytest.mark.timeout(200)
@pytest.mark.parametrize("seed", range(5))
@every
def test_a_search_for_everything_finds_it_within_thirty_seconds(kind, module, bug, law, seed):
    target = planted(kind, module, bug)
    began = time.monotonic()
    budget = Budget(clock=time.monotonic, until=began + 30)
    for progress in campaign(target, laws_for(target), budget, seed=seed):
        if hit := [each for each in progress.failures if each.law.name == law]:
            assert events_in(hit[0]) <= (LONG if bug == "history_cut" else 3)
            return
    raise AssertionError(f"not found in {time.monotonic() - began:.0f} s")
