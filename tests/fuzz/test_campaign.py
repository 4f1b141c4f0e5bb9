"""Campaigns: rounds, budgets, groups, shrinking, and a target that hangs."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from harness.fuzz.campaign import Budget, campaign, parts, size
from harness.fuzz.encoding import History
from harness.fuzz.law import Breach, Law, Part
from harness.fuzz.streams import WORDS, Stream, whole
from harness.fuzz.targets import Hung, Kind
from tests.fuzz.sides import a_parser, examples, found_by

NOBODY = a_parser(lambda pieces: [])


def a_law(check, *, name="it", part=Part.CLAUSE, inputs=None) -> Law:
    plain = st.lists(WORDS, min_size=1, max_size=9).map(lambda words: whole(b"".join(words)))
    made = plain if inputs is None else inputs
    return Law(name=name, says="So.", why="So.", kind=Kind.PARSER, inputs=made, check=check, part=part)


def broken(place="here", *, crash=False, when=lambda body: True):
    return lambda target, stream: Breach(place, "x", "y", crash) if when(stream.body) else None


def kept(target, stream):
    return None


def run(*laws, number=100, **options):
    *_, last = campaign(NOBODY, laws, examples(number), seed=1, **options)
    return [(each.law.name, each.breach.place) for each in last.failures]


def test_a_failure_is_shrunk():
    law = a_law(broken(when=lambda body: len(body) > 6 and b"c" in body))
    *_, last = campaign(NOBODY, [law], examples(300), seed=1)
    (failure,) = last.failures
    assert len(failure.given.body) == 7


def test_a_law_and_a_place_are_told_once():
    law = a_law(lambda target, stream: Breach("ab"[len(stream.body) % 2], "x", "y"))
    assert sorted(run(law, number=400)) == [("it", "a"), ("it", "b")]


def test_a_crash_at_one_place_is_told_by_the_first_law_that_meets_it():
    laws = [a_law(broken(crash=True), name=name) for name in ("one", "two")]
    assert run(*laws) == [("one", "here")]


def test_two_laws_may_be_broken_at_one_place():
    laws = [a_law(broken(), name=name) for name in ("one", "two")]
    assert run(*laws) == [("one", "here"), ("two", "here")]


def test_nothing_is_tried_behind_a_first_law_that_is_broken():
    assert run(a_law(broken(), name="one", part=Part.FIRST), a_law(broken(), name="two")) == [("one", "here")]


def test_a_first_law_that_holds_ends_nothing_in_later_rounds():
    laws = [a_law(kept, name="one", part=Part.FIRST), a_law(broken(), name="two")]
    *_, last = campaign(NOBODY, laws, examples(400), seed=1)
    assert last.examples == 800


def test_a_catch_all_is_tried_while_no_clause_is_broken():
    catch_all = a_law(broken(), name="rest", part=Part.CATCH_ALL)
    assert run(a_law(kept), catch_all) == [("rest", "here")]
    assert run(a_law(broken()), catch_all) == [("it", "here")]


def test_the_first_finding_ends_it_when_that_is_asked_for():
    assert run(a_law(broken(), name="one"), a_law(broken(), name="two"), first=True) == [("one", "here")]


def test_what_is_dear_is_tried_once_and_not_shrunk():
    seen = []

    def check(target, stream):
        seen.append(stream)
        return Breach("here", "x", "y")

    law = a_law(check, part=Part.ONCE, inputs=st.sampled_from([Stream((b"a",)), Stream((b"b",))]))
    assert run(law, a_law(kept), number=300) == [("it", "here")]
    assert len(seen) == 1


def test_a_target_that_changes_its_mind_is_told_all_the_same():
    turns = iter(range(10**6))
    law = a_law(lambda target, stream: Breach("here", "x", "y") if next(turns) % 3 == 1 else None)
    assert run(law, number=200) == [("it", "here")]


def test_an_error_of_a_law_is_no_silence():
    turns = iter(range(10**6))

    def check(target, stream):
        raise (KeyError if next(turns) % 2 else ValueError)("ours")

    with pytest.raises((KeyError, ValueError, Flaky)):
        run(a_law(check))


def test_so_many_examples_and_no_more():
    tried = []
    law = a_law(lambda target, stream: tried.append(stream))
    assert run(law, number=321) == []
    assert len(tried) == 321


def test_the_clock_ends_it_in_the_middle_of_a_law():
    ticks = iter(range(10**6))
    budget = Budget(clock=lambda: float(next(ticks)), until=25.0)
    *_, last = campaign(NOBODY, [a_law(kept), a_law(kept, name="two")], budget, seed=1)
    assert 10 < last.examples < 26


def test_what_was_found_before_the_clock_ran_out_is_told():
    ticks = iter(range(10**6))
    budget = Budget(clock=lambda: float(next(ticks)), until=12.0)
    *_, last = campaign(NOBODY, [a_law(broken())], budget, seed=1)
    assert len(last.failures) == 1


def test_a_target_that_hangs_ends_it():
    def check(target, stream):
        if len(stream.body) > 3:
            raise Hung

    *_, last = campaign(NOBODY, [a_law(check), a_law(kept, name="two")], examples(500), seed=1)
    (failure,) = last.failures
    assert (failure.law.name, last.law) == ("hang", "it")
    assert len(failure.given.body) > 3


def test_of_what_hangs_one_event_is_told_where_that_is_enough():
    def check(target, stream):
        if b"c" in stream.body and len(stream.body) > 10:
            raise Hung

    law = a_law(check, inputs=st.just(whole(b"data: a\n\ndata: ccccc\n\ndata: b\n\n")))
    *_, last = campaign(NOBODY, [law], examples(5), seed=1)
    assert last.failures[0].given == whole(b"data: ccccc\n\n")


def test_the_parts_of_an_input_are_its_events_or_messages():
    assert list(parts(whole(b"data: a\n\ndata: b\n\n"))) == [whole(b"data: a\n\n"), whole(b"data: b\n\n")]
    assert len(list(parts(History((("user", "a"), ("user", "b")))))) == 2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_finds_the_same(seed):
    def collect():
        seen = []
        law = a_law(lambda target, stream: seen.append(stream.body))
        list(campaign(NOBODY, [law], examples(200), seed=seed))
        return seen

    assert collect() == collect()


def test_another_seed_looks_elsewhere():
    def collect(seed):
        seen = []
        list(campaign(NOBODY, [a_law(lambda t, stream: seen.append(stream.body))], examples(50), seed=seed))
        return seen

    assert collect(1) != collect(2)


def test_a_target_is_seen_through_real_laws():
    (failure,) = found_by(a_parser(lambda pieces: []), only="plain")
    assert failure.given == whole(b"data: a\n\n")


def test_of_two_inputs_the_shorter_is_the_smaller():
    assert size(whole(b"a")) < size(Stream((b"a", b""))) < size(whole(b"ab"))
    assert size(History((("user", "a"),))) < size(History((("user", "a"), ("user", ""))))
