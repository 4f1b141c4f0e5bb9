"""What a target says, in one form: events of every kind, and failures as values."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harness.errors import LimitError
from harness.fuzz.targets import Hung, parse
from harness.fuzz.told import Heard, clipped, failure_of, heard, shown, tell, until_done
from tests.fuzz.sides import a_parser


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("a", Heard("a")),
        (SimpleNamespace(data="a"), Heard("a")),
        (SimpleNamespace(data="a", event=None, id=None), Heard("a", "message", "")),
        (SimpleNamespace(data="a", event="", id=7), Heard("a", "message", "7")),
        (SimpleNamespace(data="a", event="x", id="1", retry="30"), Heard("a", "x", "1", 30)),
        (SimpleNamespace(data="a", retry="+5"), Heard("a", retry="+5")),
        (SimpleNamespace(data="a", retry=5), Heard("a", retry=5)),
    ],
)
def test_an_event_is_told_as_far_as_it_goes(given, told):
    assert heard(given) == told


@pytest.mark.parametrize("given", [b"a", 5, None, {"data": "a"}, SimpleNamespace(data=b"a")])
def test_what_is_no_event_is_told_with_its_type(given):
    with pytest.raises(TypeError, match=r"this one gave .*(bytes|int|NoneType|dict)"):
        heard(given)


def test_a_stream_is_handed_over_piece_by_piece():
    assert tell(a_parser(parse), [b"data: a", b"\n\n"]).events == (Heard("a", "message", "", None),)


def test_the_events_before_a_failure_are_kept():
    def breaks(pieces):
        yield "a"
        raise ValueError("no\nmore")

    told = tell(a_parser(breaks), [b"x"])
    assert told.events == (Heard("a"),)
    assert (told.failure.place, told.failure.words) == ("ValueError in test_told.py breaks", "ValueError: no")
    assert str(told) == "'a', then ValueError: no"


def test_a_target_that_leaves_the_program_has_failed():
    def leaves(pieces):
        raise SystemExit(3)

    assert tell(a_parser(leaves), [b""]).failure.place == "SystemExit in test_told.py leaves"


def test_whatever_is_raised_is_a_failure():
    class Odd(BaseException):
        def __str__(self):
            raise RuntimeError

    def raises(pieces):
        raise Odd

    told = tell(a_parser(raises), [b""])
    assert (told.failure.place, told.failure.words) == ("Odd in test_told.py raises", "Odd")


@pytest.mark.parametrize("error", [KeyboardInterrupt, Hung])
def test_whoever_stops_it_is_heard(error):
    def stopped(pieces):
        raise error

    with pytest.raises(error):
        tell(a_parser(stopped), [b""])


async def later():
    yield "a"


@pytest.mark.parametrize("given", [None, 5, "a", b"a", later()])
def test_what_is_no_iterable_of_events_is_told_as_the_result(given):
    failure = tell(a_parser(lambda pieces: given), [b""]).failure
    assert (failure.place, failure.words.startswith("a parser gives an iterable")) == ("result", True)


def test_events_without_an_end_are_a_failure():
    def endless(pieces):
        while True:
            yield "a"

    assert tell(a_parser(endless), [b"x"]).failure.place == "endless"


def test_only_our_own_limit_is_documented():
    assert failure_of(LimitError("x", limit="max_line", at_most=1)).documented
    assert not failure_of(ValueError()).documented


def test_what_comes_after_done_counts_for_nothing():
    assert until_done([Heard("a"), Heard("[DONE]"), Heard("b")]) == (Heard("a"),)


def test_what_is_shown_is_one_bounded_line():
    assert shown([]) == "no event"
    assert shown([Heard("a\n", "x", "1", 3), Heard("")]) == r"'a\n' event 'x' id '1' retry 3; ''"
    assert len(shown([Heard("a" * 9999)])) < 300
    assert clipped("abc") == "abc"
