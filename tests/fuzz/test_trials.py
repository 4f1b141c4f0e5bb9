"""The trials of clients: good ones are good by our own contract, for every upstream; names are told apart."""

from __future__ import annotations

import pytest

from harness.cassette.model import End
from harness.chat.reply import fold
from harness.disk.validation import stream_check
from harness.fuzz.faults import faults_for
from harness.fuzz.trial import Expect
from harness.fuzz.trials import trials_for
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import read
from harness.upstreams.registry import get_upstream, upstream_names

UPSTREAMS = upstream_names()


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_a_good_reply_keeps_the_contract_and_says_its_text(upstream):
    profile = get_upstream(upstream)
    for trial in trials_for(profile, examples=3):
        if trial.expect is not Expect.WHOLE:
            continue
        body = trial.interaction.response.body
        check = stream_check(upstream)
        assert [*check.feed(body), *check.close(End.COMPLETE)] == []
        parser = parser_for(profile)
        events = [*parser.feed(body), *parser.close()]
        assert fold(said for event in events for said in read(profile, event)).text == trial.text


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_no_two_trials_have_one_name(upstream):
    names = [trial.name for trial in trials_for(get_upstream(upstream), examples=3, seed=5)]
    assert len(names) == len(set(names))
    assert {"chance-5", "chance-7", "silence", "retry-after"} < set(names)


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_every_named_fault_of_streams_is_tried(upstream):
    assert set(faults_for(upstream)) < {trial.name for trial in trials_for(get_upstream(upstream))}
