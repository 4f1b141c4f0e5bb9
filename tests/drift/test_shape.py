"""Laws of the monoid, over generated recordings."""

from __future__ import annotations

import random

import pytest

from harness.drift.shape import EMPTY, MAX_WORDS, TOO_MANY, Summary, merge, vocabulary
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


def test_too_many_words_stay_too_many():
    key = ("word",)
    full = Summary(words={key: vocabulary({str(number): 1 for number in range(MAX_WORDS + 1)})})
    assert full.words[key] is TOO_MANY
    few = Summary(words={key: {"a": 1}})
    assert merge(full, few).words[key] is merge(few, full).words[key] is TOO_MANY


def test_a_merge_can_outgrow_the_cap():
    one, other = ({f"{side}{number}": 1 for number in range(MAX_WORDS)} for side in "ab")
    assert merge(Summary(words={("w",): one}), Summary(words={("w",): other})).words[("w",)] is TOO_MANY
