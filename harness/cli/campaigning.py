"""A campaign as it goes on: what it finds as soon as it is found, and how far it is.

Where a person watches, one line at the foot of the terminal is drawn over itself; elsewhere there is a line every few
seconds.
"""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, TypeAlias

from harness.cli.screen import say, screen_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.text import Text

    from harness.fuzz.campaign import Failure, Progress

Clock: TypeAlias = "Callable[[], float]"

TELL_EVERY = 5.0
"""Seconds between two lines of progress, where nothing is drawn over."""

_GROUPS = 4
"""Groups of failures on the line; the last ones."""


class Board:
    """What is known of a campaign, in words."""

    def __init__(self, began: float, clock: Clock = time.monotonic) -> None:
        from harness.fuzz.campaign import Progress

        self.began, self._clock = began, clock
        self._told = began
        self.last = Progress()

    def take(self, progress: Progress) -> Sequence[Failure]:
        """The next state; the failures that are new."""
        new = progress.failures[len(self.last.failures) :]
        self.last = progress
        return new

    def is_time(self) -> bool:
        """Whether another line is due."""
        due = self._clock() - self._told > TELL_EVERY
        self._told = self._clock() if due else self._told
        return due

    @property
    def rate(self) -> float:
        """Examples a second, from the beginning."""
        return self.last.examples / max(self._clock() - self.began, 1e-3)

    def words(self, more: str, *, edges: bool) -> str:
        """How far it is, in a line."""
        from harness.fuzz.edges import EDGES

        seconds, found = self._clock() - self.began, len(self.last.failures)
        walked = f" {len(self.last.seen.edges)} of {len(EDGES)} edges;" if edges else ""
        told = f"{self.last.examples:,} examples in {seconds:.1f} s, {self.rate:,.0f} a second;"
        return f"{told}{walked} {found} found; {more}"

    def groups(self) -> str:
        """The failures by law and place, with how often each was met; the last few."""
        shown = [f"{each.law.name} x{self.last.times(each):,}" for each in self.last.failures[-_GROUPS:]]
        return ", ".join(shown)


@contextmanager
def shown(board: Board, *, edges: bool) -> Iterator[Callable[[Progress], Sequence[Failure]]]:
    """A function that takes each progress, tells what is new, and gives that back."""
    live = screen_of(sys.stderr).live

    def take(progress: Progress) -> Sequence[Failure]:
        new = board.take(progress)
        for failure in new:
            say(f"found  {failure.law.rule}  {failure.breach.place}")
        if not live and board.is_time():
            say(board.words(f"law {progress.law}", edges=edges))
        return new

    with _drawn(lambda: _line(board, edges)) if live else nullcontext():
        yield take


@contextmanager
def _drawn(line: Callable[[], Text]) -> Iterator[None]:
    from rich.console import Console
    from rich.live import Live

    with Live(console=Console(stderr=True), get_renderable=line, refresh_per_second=4, transient=True):
        yield


def _line(board: Board, edges: bool) -> Text:
    from rich.text import Text

    more = f"law {board.last.law}" if board.last.law else "beginning"
    groups = board.groups()
    text = board.words(more, edges=edges) + (f"  ({groups})" if groups else "")
    return Text(text, no_wrap=True, overflow="ellipsis")


def summary_of(board: Board, *, laws: int, seed: int, edges: bool) -> dict[str, object]:
    """The campaign in the summary of its report: counts, the rate, the edges, the failures by law and place."""
    from harness.fuzz.edges import EDGES

    progress = board.last
    summary: dict[str, object] = {"laws": laws, "examples": progress.examples, "seed": str(seed)}
    summary["rate"] = round(board.rate, 1)
    if edges:
        summary["edges"] = {"walked": len(progress.seen.edges), "of": len(EDGES)}
    summary["groups"] = [
        {"rule": each.law.rule, "where": each.breach.place, "times": progress.times(each)}
        for each in progress.failures
    ]
    return summary
