"""Laws of the monoid, over generated recordings."""

from __future__ import annotations

import random

import pytest

from harness.drift.shape import EMPTY, MAX_SAMPLES, MAX_WORDS, TOO_MANY, Fold, Summary, merge, merge_all
from harness.drift.summarise import summarise
from harness.upstreams import get_upstream
from tests.drift.corpus import Style, corpus

UPSTREAM = get_upstream("vitalentum")
PARTS = [summarise([each], UPSTREAM) for each in corpus(3, 12, Style(usage=True, optional=0.5, map=True))]


def test_empty_is_neutral():
    assert merge(EMPTY, PARTS[0]) == PARTS[0] == merge(PARTS[0], EMPTY)


@pytest.mark.parametrize("seed", range(10))
def test_order_and_grouping_do_not_matter(seed):
    rng = random.Random(seed)
    parts = rng.sample(PARTS, len(PARTS))
    cut = rng.randint(1, len(parts) - 1)
    assert merge(merge(*parts[:cut]), merge(*parts[cut:])) == merge(*PARTS)


def test_the_parts_make_the_whole():
    recordings = corpus(3, 12, Style(usage=True, optional=0.5, map=True))
    assert summarise(recordings, UPSTREAM) == merge_all(PARTS)


def words(*names, kind="word"):
    return Summary(words={(kind,): dict.fromkeys(names, 1)})


def test_too_many_words_stay_too_many():
    full = merge(*(words(str(number)) for number in range(MAX_WORDS + 1)))
    assert full.words["word",] is TOO_MANY
    assert merge(full, words("a")).words["word",] is merge(words("a"), full).words["word",] is TOO_MANY


def test_as_many_words_as_are_kept_are_kept():
    full = words(*map(str, range(MAX_WORDS)))
    assert merge(full, full).words["word",] == dict.fromkeys(map(str, range(MAX_WORDS)), 2)


def test_a_merge_can_outgrow_the_cap():
    one, other = (words(*(f"{side}{number}" for number in range(MAX_WORDS))) for side in "ab")
    assert merge(one, other).words["word",] is TOO_MANY


@pytest.mark.parametrize("seed", range(5))
def test_of_very_many_questions_a_sample_is_kept_whatever_the_grouping(seed):
    rng = random.Random(seed)
    parts = [
        Summary(words={("answer", f"{rng.getrandbits(48):012x}"): {"reply 200": 1}})
        for _ in range(4 * MAX_SAMPLES)
    ]
    cut = rng.randint(1, len(parts) - 1)
    whole = merge(*parts)
    assert len(whole.words) == MAX_SAMPLES
    assert merge(merge(*parts[cut:]), merge(*parts[:cut])) == whole


def test_what_is_kept_under_a_key_and_what_is_not():
    summary = Summary({("all",): 3}, {("word", "a"): {"x": 1}}, {("number", "a"): {7: 2}})
    assert (summary.count("all"), summary.count("outcome", "reply")) == (3, 0)
    assert (summary.vocabulary("word", "a"), summary.vocabulary("word")) == ({"x": 1}, {})
    assert (summary.scale("number", "a"), summary.scale("number")) == ({7: 2}, {})


def test_merging_adds_up_whatever_was_counted():
    one = Summary({("a",): 1, ("b",): 2}, {("w",): {"x": 1}}, {("n",): {1: 1, 2: 5}})
    other = Summary({("a",): 3}, {("w",): {"x": 2, "y": 1}}, {("n",): {2: 1}, ("m",): {0: 1}})
    assert merge(one, other) == Summary(
        {("a",): 4, ("b",): 2}, {("w",): {"x": 3, "y": 1}}, {("n",): {1: 1, 2: 6}, ("m",): {0: 1}}
    )


@pytest.mark.parametrize("times", [1, MAX_SAMPLES, MAX_SAMPLES + 1, 2 * MAX_SAMPLES + 1])
def test_single_interactions_add_up_like_summaries(times):
    fold = Fold()
    for number in range(times):
        groups = [frozenset({("seen", str(number)), ("seen", "always")})]
        fold.add_one([("all",)], groups, {("object",): 2}, {("w",): ["x"]}, {("n",): [4]})
    summary = fold.summary()
    assert (summary.count("all"), summary.count("object"), summary.count("seen", "always")) == (
        times,
        2 * times,
        times,
    )
    assert all(summary.count("seen", str(number)) == 1 for number in range(times))
    assert (summary.vocabulary("w"), summary.scale("n")) == ({"x": times}, {4: times})


def test_single_words_that_are_too_many_stay_too_many():
    fold = Fold()
    for number in range(MAX_WORDS + 2):
        fold.add_one([], [], {}, {("w",): [str(number)], ("v",): ["same"]}, {})
    assert fold.summary().words == {("w",): TOO_MANY, ("v",): {"same": MAX_WORDS + 2}}


def test_samples_are_those_that_sort_first_and_other_words_are_all_kept():
    fold = Fold()
    for number in reversed(range(3 * MAX_SAMPLES)):
        fold.add_one(
            [], [], {}, {("answer", f"{number:04}"): ["reply 200"], ("word", f"{number:04}"): ["x"]}, {}
        )
    kept = fold.summary().words
    assert sorted(key[1] for key in kept if key[0] == "answer") == [
        f"{number:04}" for number in range(MAX_SAMPLES)
    ]
    assert sum(key[0] == "word" for key in kept) == 3 * MAX_SAMPLES


def test_while_it_adds_up_a_fold_is_bounded():
    fold = Fold()
    for number in range(5 * MAX_SAMPLES):
        fold.add_one(
            [],
            [frozenset({("seen", str(number % 7))}), frozenset({("f", str(number))})],
            {},
            {("answer", str(number)): ["x"]},
            {},
        )
        assert len(fold._groups) <= MAX_SAMPLES + 2
        assert len(fold._words) <= 2 * MAX_SAMPLES + 1
