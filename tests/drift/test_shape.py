"""Laws of the monoid, over generated recordings."""

from __future__ import annotations

import random

import pytest

from harness.drift.shape import EMPTY, MAX_SAMPLES, MAX_WORDS, TOO_MANY, Summary, merge, merge_all
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
