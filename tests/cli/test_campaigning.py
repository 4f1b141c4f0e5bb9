"""What is told of a campaign as it goes on, and at its end."""

from __future__ import annotations

import io
import sys

import msgspec
import pytest

from harness.cli import campaigning
from harness.cli.campaigning import Board, shown, summary_of
from harness.fuzz.campaign import Failure, Progress, Seen
from harness.fuzz.edges import EDGES
from harness.fuzz.law import Breach
from harness.fuzz.laws import law_named
from harness.fuzz.streams import whole
from harness.fuzz.targets import Kind


def failed(law: str, place: str = "framing", crash: bool = False) -> Failure:
    return Failure(law_named(Kind.PARSER, law), whole(b"a"), Breach(place, "x", "y", crash), 1)


ONE = Progress("bom", Seen(100, frozenset(sorted(EDGES)[:5])), (failed("bom"),))
TWO = Progress(
    "cr", Seen(300, frozenset(EDGES), {"bom framing": 3, "cut ValueError in x": 4}), (failed("bom"),)
)
CRASHED = msgspec.structs.replace(
    TWO, failures=(*TWO.failures, failed("crlf", "ValueError in x", crash=True))
)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_what_is_new_is_given_once():
    board = Board(0.0)
    assert [len(board.take(each)) for each in (ONE, TWO, CRASHED)] == [1, 0, 1]


def test_failures_are_grouped_by_law_and_place():
    board = Board(0.0)
    board.take(CRASHED)
    assert board.groups() == "bom x4, crlf x5"


def test_the_line_tells_rate_and_edges(clock):
    board = Board(0.0, clock)
    board.take(TWO)
    clock.now = 2.0
    assert board.words("seed 1", edges=True) == (
        f"300 examples in 2.0 s, 150 a second; {len(EDGES)} of {len(EDGES)} edges; 1 found; seed 1"
    )
    assert "edges" not in board.words("seed 1", edges=False)


def test_a_line_is_due_now_and_then(clock):
    board = Board(0.0, clock)
    due = []
    for clock.now in (1.0, 5.5, 6.0, 11.0):
        due.append(board.is_time())
    assert due == [False, True, False, True]


def test_the_summary_has_counts_rate_edges_and_groups(clock):
    board = Board(0.0, clock)
    board.take(CRASHED)
    clock.now = 3.0
    assert summary_of(board, laws=28, seed=7, edges=True) == {
        "laws": 28,
        "examples": 300,
        "seed": "7",
        "rate": 100.0,
        "edges": {"walked": len(EDGES), "of": len(EDGES)},
        "groups": [
            {"rule": "law-bom", "where": "framing", "times": 4},
            {"rule": "law-crlf", "where": "ValueError in x", "times": 5},
        ],
    }
    assert "edges" not in summary_of(board, laws=8, seed=7, edges=False)


def test_where_nobody_watches_there_are_lines(capsys, clock):
    board = Board(0.0, clock)
    with shown(board, edges=True) as take:
        take(ONE)
        clock.now = 6.0
        take(TWO)
    first, second = capsys.readouterr().err.splitlines()
    assert first == "found  law-bom  framing"
    assert second.startswith("300 examples in 6.0 s, 50 a second;")


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_where_a_person_watches_a_line_is_drawn_over_itself(monkeypatch, clock):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    board = Board(0.0, clock)
    with shown(board, edges=True) as take:
        take(CRASHED)
        drawn = campaigning._line(board, True).plain
    told = terminal.getvalue()
    assert "found  law-bom  framing" in told
    assert "\x1b[2K" in told
    assert drawn.endswith("2 found; law cr  (bom x4, crlf x5)")


def test_the_line_says_so_before_anything_is_known():
    assert campaigning._line(Board(0.0), False).plain.endswith("0 found; beginning")
