"""Trials with broken streams break what their names say, and ask of a client what it can know."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.cassette.model import End
from harness.disk.validation import stream_check
from harness.fuzz.brokentrials import MUST_FAIL, broken_trials
from harness.fuzz.faults import FAULTS, faults_for
from harness.fuzz.trial import TEXTS, Expect
from harness.upstreams.registry import get_upstream, upstream_names

SEEDS = range(12)
ALL = "".join(TEXTS)


def trials(upstream, seed=0):
    return {trial.name: trial for trial in broken_trials(get_upstream(upstream), seed)}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("upstream", upstream_names())
def test_each_fault_has_its_trial_and_breaks_its_rules(upstream, seed):
    found = trials(upstream, seed)
    assert tuple(found) == faults_for(upstream)
    for name, trial in found.items():
        check = stream_check(upstream)
        breaches = [*check.feed(trial.interaction.response.body), *check.close(End.COMPLETE)]
        assert {breach.rule for breach in breaches} == set(FAULTS[name].breaks), name


@pytest.mark.parametrize("upstream", upstream_names())
def test_where_text_is_missing_a_client_has_to_fail(upstream):
    for seed in SEEDS:
        for name, trial in trials(upstream, seed).items():
            is_whole = trial.also is not None and name == "truncated-inside-event"
            assert (trial.expect is Expect.FAILURE) is (name in MUST_FAIL and not is_whole)
            assert trial.expect is Expect.FAILURE or ALL in trial.text.replace("x", "")


def test_a_reader_that_leaves_at_the_end_is_right_and_one_that_leaves_at_the_finish_as_well():
    found = trials("openai-chat")
    assert (found["event-after-terminal"].text, found["event-after-terminal"].also) == (ALL, ALL)
    assert (found["text-after-finish"].text, found["text-after-finish"].also) == (f"{ALL}late", ALL)
    assert found["invalid-utf8"].text == f"{ALL}\ufffd"


def test_where_a_stream_breaks_depends_on_the_seed_alone():
    assert trials("vitalentum", 3) == trials("vitalentum", 3)
    assert trials("vitalentum", 3) != trials("vitalentum", 4)


def test_an_upstream_without_words_for_an_answer_has_none():
    upstream = get_upstream("vitalentum")
    bare = replace(upstream, events=(replace(upstream.events[0], templates=()),))
    assert broken_trials(bare, 0) == []
