"""The whole way, over the tables of the benchmark: each change alarms, and the ordinary does not."""

import pytest
from benchmarks.drift.__main__ import case_of, is_found, is_placed, is_rated
from benchmarks.drift.controls import CONTROLS, INCONCLUSIVE
from benchmarks.drift.corpus import corpus, render
from benchmarks.drift.operators import OPERATORS

import harness
from harness.drift.compare import compare, compare_summaries
from harness.drift.shape import summarise
from harness.finding import Verdict
from tests.drift.exchanges import UPSTREAM, several

SIZE = 10


def compared(row, seed=0):
    case = case_of(row, seed, SIZE)
    return harness.compare(case.before, case.now)


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda row: row.name)
def test_each_change_is_found_rated_and_placed(operator):
    report = compared(operator)
    assert is_found(report, operator)
    assert is_rated(report, operator)
    assert is_placed(report, operator)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda row: row.name)
def test_the_ordinary_is_clean(control):
    report = compared(control)
    assert [(each.rule, each.where) for each in report.findings] == []
    assert report.verdict is Verdict.CLEAN


@pytest.mark.parametrize("control", INCONCLUSIVE, ids=lambda row: row.name)
def test_who_could_not_look_says_so(control):
    assert compared(control).verdict is Verdict.INCONCLUSIVE


def halves_alarm(seed, flavour):
    whole = [render(soft) for soft in corpus(("halves", seed), 16, flavour)]
    return compare(whole[:8], whole[8:], UPSTREAM).verdict is not Verdict.CLEAN


def test_one_half_of_a_corpus_is_like_the_other():
    assert sum(halves_alarm(seed, "plain") for seed in range(10)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("flavour", ["plain", "rich", "mixed"])
def test_one_half_of_a_corpus_is_like_the_other_in_two_hundred(flavour):
    assert sum(halves_alarm(seed, flavour) for seed in range(200)) <= 2


def test_summaries_can_be_compared_without_the_recordings():
    summary = summarise(several(), UPSTREAM)
    assert compare_summaries(summary, summary, UPSTREAM).verdict is Verdict.CLEAN
