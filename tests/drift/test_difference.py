"""One thing that differs."""

from harness.drift.difference import Pair, appeared, listed, of, rose, vanished
from harness.drift.summary import Summary

FACT, BASE = ("order", "usage"), ("stream",)


def pair(before, of_before, now, of_now):
    return Pair(Summary({FACT: before, BASE: of_before}), Summary({FACT: now, BASE: of_now}))


def test_what_was_never_there_appears_with_one():
    (change,) = appeared(pair(0, 9, 1, 5), FACT, BASE, rule="r")
    assert (change.before, change.now, change.p) == ("0 of 9", "1 of 5", "deterministic")
    assert appeared(pair(1, 9, 5, 5), FACT, BASE, rule="r") == []
    assert appeared(pair(0, 0, 5, 5), FACT, BASE, rule="r") == []


def test_what_was_always_there_vanishes_for_sure_and_the_rest_by_chance():
    (sure,) = vanished(pair(9, 9, 0, 5), FACT, BASE, rule="r")
    (unsure,) = vanished(pair(4, 9, 0, 2), FACT, BASE, rule="r")
    assert sure.p == "deterministic"
    assert isinstance(unsure.p, float)
    assert unsure.needed
    assert vanished(pair(9, 9, 1, 5), FACT, BASE, rule="r") == []


def test_a_rate_rises_by_chance_and_all_after_none_is_sure():
    (unsure,) = rose(pair(1, 9, 3, 5), FACT, BASE, rule="r")
    (sure,) = rose(pair(0, 9, 5, 5), FACT, BASE, rule="r")
    assert isinstance(unsure.p, float)
    assert sure.p == "deterministic"
    assert rose(pair(5, 9, 1, 5), FACT, BASE, rule="r") == []


def test_a_pair_answers_for_both_sides():
    both = pair(1, 2, 0, 4)
    assert both.counts(*FACT) == (1, 0)
    assert not both.is_new(*FACT)
    assert both.keys("order") == {"usage"}
    assert both.words("nowhere") == (set(), set())


def test_words_for_a_message_are_few_and_in_order():
    assert listed({"b", "a"}) == "a, b"
    assert listed([]) == "none"
    assert listed("abcdef") == "a, b, c, d and 2 more"
    assert of(1, 2) == "1 of 2"
