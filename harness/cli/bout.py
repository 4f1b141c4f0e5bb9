"""The demo's fuzzing: a short look at this package's own parser, and one at a naive one that does not stand it.

The seed is fixed and the examples are counted, so that every demo tells the same.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from harness.cli.naive import naive
from harness.finding import Report

if TYPE_CHECKING:
    from harness.fuzz.campaign import Progress
    from harness.fuzz.targets import Target

NAIVE = "harness.cli.naive:naive"
SEED = 3
OURS_EACH, NAIVE_EACH = 5, 30
"""Examples of each law: enough to show how it goes, in a second; `harness fuzz` takes half a minute by itself."""


class Bout(msgspec.Struct, frozen=True):
    """What came of it: examples and laws for our own parser, what it broke, and what the naive one broke."""

    laws: int
    examples: int
    ours: Report
    naive: Report

    @property
    def as_expected(self) -> bool:
        """Ours stood and the naive one did not."""
        return not self.ours.findings and bool(self.naive.findings)


def bout() -> Bout | None:
    """Fuzz both; None where hypothesis is not installed."""
    try:
        from harness.fuzz.laws import laws_for
    except ImportError:
        return None
    from harness.disk.found import load_target, target_of

    parser = load_target("parser")
    ours = _look(parser, examples=OURS_EACH, first=False)
    other = _look(target_of(naive, name=NAIVE), examples=NAIVE_EACH, first=True)
    return Bout(len(laws_for(parser)), ours.examples, _report(ours, "parser"), _report(other, NAIVE))


def _look(target: Target, *, examples: int, first: bool) -> Progress:
    from harness.fuzz.campaign import Budget, campaign
    from harness.fuzz.laws import laws_for

    budget = Budget(clock=time.monotonic, examples=examples)
    *_, last = campaign(target, laws_for(target), budget, seed=SEED, first=first)
    return last


def _report(progress: Progress, name: str) -> Report:
    from harness.fuzz.found import found_of
    from harness.fuzz.telling import finding_of, report_of

    findings = [finding_of(found_of(failure, name), failure.breach) for failure in progress.failures]
    return report_of(findings, {"examples": progress.examples})
