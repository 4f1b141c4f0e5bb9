"""Counting: what a tool said of each case, beside what a person would say."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.drift.case import BREAKING, sides
from harness.finding import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.drift.case import Case
    from benchmarks.drift.tools import Said, Tool


@dataclass(frozen=True)
class Outcome:
    """One case of one seed, and what was said of it."""

    case: Case
    seed: int
    said: Said

    @property
    def found(self) -> bool:
        """The verdict is the one expected; for a change, that it is one."""
        return self.said.verdict is self.case.verdict

    @property
    def rated(self) -> bool:
        """The worst finding is as bad as a person would say."""
        return self.said.severity in self.case.severities

    @property
    def placed(self) -> bool:
        """Some finding names the place."""
        return not set(self.said.places).isdisjoint(self.case.where)

    @property
    def right(self) -> bool:
        return self.found and (self.case.layer is None or (self.rated and self.placed))


@dataclass
class Run:
    """A tool over all cases: what it said, and its processor time for each."""

    tool: Tool
    size: int
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def changes(self) -> list[Outcome]:
        """Changes that must alarm."""
        return [each for each in self.outcomes if each.case.verdict is Verdict.DRIFT]

    @property
    def breaking(self) -> list[Outcome]:
        return [each for each in self.changes if each.case.severities == (BREAKING,)]

    @property
    def benign(self) -> list[Outcome]:
        return [each for each in self.outcomes if each.case.verdict is Verdict.BENIGN]

    @property
    def ordinary(self) -> list[Outcome]:
        return [each for each in self.outcomes if each.case.verdict is Verdict.CLEAN]

    @property
    def blind(self) -> list[Outcome]:
        return [each for each in self.outcomes if each.case.verdict is Verdict.INCONCLUSIVE]


def look(tools: Iterable[Tool], cases: Iterable[Case], seeds: int, size: int) -> list[Run]:
    """Every tool looks at every case, in turns."""
    runs = [Run(tool, size) for tool in tools]
    for case in cases:
        for seed in range(seeds):
            before, now = sides(case, seed, size)
            for run in runs:
                start = time.process_time()
                said = run.tool.look(before, now)
                run.seconds.append(time.process_time() - start)
                run.outcomes.append(Outcome(case, seed, said))
    return runs
