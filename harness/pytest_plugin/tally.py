"""The books of a whole run: what was played and recorded, what is past its age, what no test asks for. Pure:
facts in, lines out.

The facts of a test travel as properties of its report, so that they come from every process of the run, and
stand in a JUnit file as well.
"""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX = "harness_"


class Tally:
    """Adds up what tests report, tape by tape."""

    def __init__(self) -> None:
        self._played: Counter[str] = Counter()
        self._recorded: Counter[str] = Counter()
        self._stale: set[str] = set()
        self.unused: set[str] = set()

    def add(self, properties: Iterable[tuple[str, object]]) -> None:
        """Note the properties of one test; those of others are passed over."""
        facts = {name.removeprefix(PREFIX): value for name, value in properties if name.startswith(PREFIX)}
        tape = str(facts.get("cassette"))
        self._played[tape] += _number(facts.get("played"))
        self._recorded[tape] += _number(facts.get("recorded"))
        self._stale |= {tape} if facts.get("stale") else set()

    def lines(self, root: PurePath) -> Iterator[str]:
        """The report, a line each; none where nothing happened. Tapes are named as seen from `root`."""
        if count := self._played.total():
            yield f"played    {_counted(count, 'interaction')} from {_counted(len(+self._played), 'cassette')}"
        if count := self._recorded.total():
            yield f"recorded  {_counted(count, 'interaction')} onto {_counted(len(+self._recorded), 'cassette')}:"
            yield from _listed(+self._recorded, root)
        if self._stale:
            yield f"stale     {_counted(len(self._stale), 'cassette')} past the age a test takes:"
            yield from _listed(self._stale, root)
        if self.unused:
            yield f"unused    {_counted(len(self.unused), 'cassette')} that no test asks for:"
            yield from _listed(self.unused, root)


def _listed(tapes: Iterable[str], root: PurePath) -> Iterator[str]:
    return (f"          {_seen_from(root, PurePath(tape))}" for tape in sorted(tapes))


def _seen_from(root: PurePath, tape: PurePath) -> PurePath:
    return tape.relative_to(root) if tape.is_relative_to(root) else tape


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
