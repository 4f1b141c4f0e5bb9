"""A kept case tried again has one of three outcomes."""

from __future__ import annotations

from harness.fuzz.found import Found
from harness.fuzz.laws import law_named
from harness.fuzz.replaying import Outcome, replay
from harness.fuzz.streams import whole
from harness.fuzz.targets import Hung, Kind
from tests.fuzz.sides import a_parser, an_encoder
from tests.laws.planted import parsers

CASE = Found(law=law_named(Kind.PARSER, "bom"), target="m:f", seed=1, given=whole(b"\xef\xbb\xbfdata: a\n\n"))
HANG = Found(law=law_named(Kind.PARSER, "hang"), target="m:f", seed=1, given=whole(b"data\n"))


def hangs(pieces):
    raise Hung


def test_a_law_that_holds_now_is_fixed():
    assert replay(CASE, a_parser(parsers.right)).outcome is Outcome.FIXED
    assert replay(HANG, a_parser(parsers.right)).outcome is Outcome.FIXED


def test_a_law_that_is_broken_has_failed_and_says_how():
    replayed = replay(CASE, a_parser(parsers.bom_kept))
    assert (replayed.outcome, replayed.breach.got) == (Outcome.FAILED, "no event")


def test_a_target_that_hangs_has_failed():
    assert replay(HANG, a_parser(hangs)).breach.place == "hang"


def test_a_target_of_another_kind_is_an_error():
    replayed = replay(CASE, an_encoder(str))
    assert (replayed.outcome, replayed.words) == (
        Outcome.ERROR,
        "the case was found with a target of another kind: parser",
    )
