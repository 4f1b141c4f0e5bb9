"""The laws of effort, with a clock that counts characters: exact, and the same on every machine."""

from __future__ import annotations

import pytest

from harness.fuzz.targets import Hung, our_target, parse
from harness.fuzz.work import MOST, SHAPES, is_linear, meets_a_limit, reads_all
from tests.fuzz.sides import a_parser
from tests.laws.planted import parsers


class Counted:
    """A parser that tells nothing, and a clock on which it spends `cost(bytes so far)` with each piece."""

    def __init__(self, cost):
        self.spent, self.cost = 0.0, cost

    def __call__(self, pieces):
        seen = 0
        for piece in pieces:
            seen += len(piece)
            self.spent += self.cost(len(piece), seen)
        return []

    def target(self):
        return a_parser(self, work=lambda: self.spent)


SHAPE = SHAPES["a long line in small pieces"]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_work_that_grows_with_the_bytes_is_linear(shape):
    assert is_linear(Counted(lambda piece, seen: piece * 1e-6).target(), shape) is None


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_work_that_grows_with_all_that_came_before_is_not(shape):
    breach = is_linear(Counted(lambda piece, seen: seen * 1e-8).target(), shape)
    assert "16 times the work" in breach.got


def test_work_in_one_piece_is_counted_too():
    breach = is_linear(Counted(lambda piece, seen: piece**2 * 1e-10).target(), SHAPE)
    assert "in one piece" in breach.got


def test_a_little_more_than_twice_is_for_caches():
    assert MOST > 2
    assert is_linear(Counted(lambda piece, seen: piece * seen**0.2 * 1e-7).target(), SHAPE) is None


def test_a_parser_too_quick_to_measure_is_not_judged():
    assert is_linear(Counted(lambda piece, seen: 0.0).target(), SHAPE) is None


def test_without_a_clock_no_work_is_counted():
    assert is_linear(a_parser(lambda pieces: []), SHAPE) is None


def test_a_parser_that_does_not_come_back_is_not_linear():
    def hangs(pieces):
        raise Hung

    assert "inf times" in is_linear(a_parser(hangs, work=lambda: 0.0), SHAPE).got


def test_one_dear_moment_is_measured_again():
    hiccups = iter([0.0] * 3 + [5.0] + [0.0] * 1000)

    class Busy(Counted):
        def __call__(self, pieces):
            self.spent += next(hiccups)
            return super().__call__(pieces)

    assert is_linear(Busy(lambda piece, seen: piece * 1e-6).target(), SHAPE) is None


@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_a_right_parser_reads_what_is_long(shape):
    assert reads_all(a_parser(parse), shape) is None


def test_who_gives_up_on_a_long_line_is_told_with_numbers():
    def narrow(pieces):
        for event in parsers.right(pieces):
            if len(event.data) > 1 << 16:
                raise ValueError("Chunk too big")
            yield event

    breach = reads_all(a_parser(narrow), SHAPE)
    assert breach.expected == "events: 1, letters: 262,144"
    assert breach.got == "events: 0, letters: 0, then ValueError: Chunk too big"


def test_who_is_wrong_on_the_short_stream_is_not_blamed_for_the_length():
    assert reads_all(a_parser(lambda pieces: ["wrong"]), SHAPE) is None


def test_a_hang_on_a_long_stream_is_for_the_law_of_work():
    def hangs(pieces):
        raise Hung

    assert reads_all(a_parser(hangs), SHAPE) is None


def test_our_parser_refuses_a_line_without_an_end():
    assert meets_a_limit(our_target("parser"), SHAPE) is None


def test_a_parser_that_keeps_everything_is_found_out():
    assert "no error" in meets_a_limit(a_parser(lambda pieces: [len(each) for each in pieces]), SHAPE).got


def test_another_error_is_not_the_documented_one():
    def fails(pieces):
        raise MemoryError

    assert meets_a_limit(a_parser(fails), SHAPE).crash
