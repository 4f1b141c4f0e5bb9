"""A search by bytes: the first one chooses the law, each failure is told once, shrunk, and the engine is handed in."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import strategies as st

from harness.fuzz.bytewise import Harness, Hit, bytewise, failure_of, given_of
from harness.fuzz.campaign import HANG, Budget
from harness.fuzz.law import Breach, Part
from harness.fuzz.laws import law_named, laws_for
from harness.fuzz.streams import whole
from harness.fuzz.targets import Hung, Kind
from tests.fuzz.sides import a_parser, examples
from tests.fuzz.test_campaign import NOBODY, a_law, broken, kept
from tests.laws.planted import parsers

BYTES = random.Random(1).randbytes(400)


def by_the_harness(laws, *, target=NOBODY, number=200):
    """An engine as plain as can be: it feeds bytes by chance, and says what a child would."""

    def engine(chosen):
        harness, chance = Harness(target, chosen), random.Random(3)
        for _ in range(number):
            hit = harness.feed(chance.randbytes(300))
            yield harness.seen()
            if hit:
                yield hit
                if hit.hung:
                    return

    return engine


def run(*laws, target=NOBODY, number=200, first=False):
    engine = by_the_harness(laws, target=target, number=number)
    *_, last = bytewise(target, laws, examples(100), engine, seed=1, first=first)
    return last


def named(last):
    return [(each.law.name, each.breach.place) for each in last.failures]


def test_the_first_byte_chooses_the_law():
    tried = []
    laws = [a_law(lambda target, stream, name=name: tried.append(name), name=name) for name in ("one", "two")]
    harness = Harness(NOBODY, laws)
    assert [harness.feed(bytes([first]) + BYTES) for first in (0, 1, 2, 255)] == [None] * 4
    assert (tried, harness.examples) == (["one", "two", "one", "two"], 4)


def test_too_few_bytes_are_no_example():
    harness = Harness(NOBODY, [a_law(kept)])
    assert (harness.feed(b""), harness.feed(b"\0"), harness.examples) == (None, None, 0)
    assert Harness(NOBODY, []).feed(BYTES) is None


def test_a_law_and_a_place_are_told_once():
    harness = Harness(NOBODY, [a_law(broken())])
    assert harness.feed(b"\0" + BYTES) == Hit("it", BYTES, Breach("here", "x", "y"))
    assert harness.feed(b"\0" + BYTES) is None


def test_a_crash_is_told_by_the_law_that_meets_it_first():
    harness = Harness(NOBODY, [a_law(broken(crash=True), name=name) for name in ("one", "two")])
    assert [bool(harness.feed(bytes([first]) + BYTES)) for first in (0, 1)] == [True, False]


def test_a_catch_all_is_left_out_once_a_clause_is_broken():
    laws = [a_law(broken("a"), name="one"), a_law(broken("b"), name="rest", part=Part.CATCH_ALL)]
    harness = Harness(NOBODY, laws)
    assert [harness.feed(bytes([first]) + BYTES).law for first in (1, 0)] == ["rest", "one"]
    assert harness.law_of(b"\1").name == "one"


def test_what_hangs_is_a_hit():
    def check(target, stream):
        raise Hung

    hit = Harness(NOBODY, [a_law(check)]).feed(b"\0" + BYTES)
    assert (hit.hung, hit.breach) == (True, HANG)


def test_what_the_engine_finds_is_shrunk(monkeypatch):
    law = law_named(Kind.PARSER, "bom")
    target = a_parser(parsers.bom_kept)
    hit = next(
        hit
        for n in range(999)
        if (hit := Harness(target, [law]).feed(b"\0" + random.Random(n).randbytes(300)))
    )
    failure = failure_of(hit, target, examples(1), seed=7)
    assert (failure.law, failure.seed, failure.given) == (law, 7, whole(b"\xef\xbb\xbfdata: a\n\n"))


def test_a_target_that_changes_its_mind_is_told_as_it_was_seen():
    hit = Hit("cut", BYTES, Breach("framing", "x", "y"))
    failure = failure_of(hit, a_parser(parsers.right), examples(1), seed=1)
    assert (failure.breach, failure.given) == (hit.breach, given_of(law_named(Kind.PARSER, "cut"), BYTES))


def test_what_never_comes_back_is_not_tried_again():
    def never(pieces):
        raise AssertionError("called again")

    failure = failure_of(Hit("cut", BYTES, HANG, lost=True), a_parser(never), examples(1), seed=1)
    assert (failure.law.name, failure.given) == ("hang", given_of(law_named(Kind.PARSER, "cut"), BYTES))


def test_a_search_tells_examples_and_failures():
    target = a_parser(parsers.bom_kept)
    laws = [law_named(Kind.PARSER, name) for name in ("plain", "bom", "crlf")]
    last = run(*laws, target=target)
    assert named(last) == [("bom", "framing")]
    assert 150 < last.examples <= 50 + 200


def test_the_engine_has_no_part_in_what_is_few_or_first():
    seen = []

    def engine(laws):
        seen.extend(laws)
        return iter(())

    laws = laws_for(a_parser(parsers.right))
    plain = [law for law in laws if law.part in (Part.FIRST, Part.CLAUSE)]
    list(bytewise(a_parser(parsers.right), plain, examples(5), engine, seed=1))
    assert {law.part for law in seen} == {Part.CLAUSE}


@pytest.mark.parametrize("first", [False, True])
def test_nothing_is_tried_behind_a_first_law_that_is_broken(first):
    laws = [a_law(broken(), name="one", part=Part.FIRST), a_law(broken(), name="two")]
    *_, last = bytewise(NOBODY, laws, examples(20), lambda laws: pytest.fail("tried"), seed=1, first=first)
    assert named(last) == [("one", "here")]


def test_the_first_finding_ends_it_when_that_is_asked_for(monkeypatch):
    monkeypatch.setattr("harness.fuzz.bytewise.law_named", lambda kind, name: two if name == "two" else one)
    one, two = (a_law(broken(name), name=name) for name in ("one", "two"))
    assert len(named(run(one, two, first=True))) == 1
    assert len(named(run(one, two))) == 2


def test_a_spent_budget_begins_nothing():
    budget = Budget(clock=time.monotonic, until=time.monotonic() - 1)
    assert list(bytewise(NOBODY, [a_law(kept)], budget, lambda laws: pytest.fail("tried"), seed=1)) == []


def test_an_input_can_be_seen_without_a_target():
    law = a_law(kept, inputs=st.just(whole(b"data: a\n\n")))
    assert given_of(law, BYTES) == whole(b"data: a\n\n")
