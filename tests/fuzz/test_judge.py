"""The verdicts on clients, one row each."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from harness.fuzz.judge import CLIENT_RULES, Outcome, client_finding, judge
from harness.fuzz.trial import Expect
from harness.fuzz.trials import trials_for
from harness.upstreams.registry import get_upstream

TRIAL = replace(trials_for(get_upstream("vitalentum"), examples=0)[0], text="good day")
WELL = Outcome(text="good day")
FAILED = Outcome(text="good", failure="TruncatedError", asked=(0.0,))
HUNG = Outcome(text="good", hung=True)

ROWS = [
    (Expect.WHOLE, WELL, None),
    (Expect.WHOLE, FAILED, "client-crashed"),
    (Expect.WHOLE, HUNG, "client-hung"),
    (Expect.WHOLE, Outcome(text="good"), "client-text-lost"),
    (Expect.WHOLE, Outcome(text="od day"), "client-text-lost"),
    (Expect.WHOLE, Outcome(text="good dayday"), "client-text-doubled"),
    (Expect.WHOLE, Outcome(text="bad day"), "client-text-changed"),
    (Expect.FAILURE, FAILED, None),
    (Expect.FAILURE, WELL, "client-truncation-accepted"),
    (Expect.FAILURE, Outcome(text="goodgood", failure="x"), "client-text-changed"),
    (Expect.FAILURE, HUNG, "client-hung"),
    (Expect.END, FAILED, None),
    (Expect.END, HUNG, "client-no-read-timeout"),
    (Expect.END, Outcome(text="good"), "client-truncation-accepted"),
    (Expect.REFUSAL, Outcome(text="", failure="x"), None),
    (Expect.REFUSAL, Outcome(text=""), "client-error-accepted"),
    (Expect.EITHER, WELL, None),
    (Expect.EITHER, FAILED, None),
    (Expect.EITHER, Outcome(text="good"), "client-text-lost"),
    (Expect.EITHER, Outcome(text="bad", failure="x"), "client-text-changed"),
    (Expect.WAIT, Outcome(text="", failure="429", asked=(0.0,)), None),
    (Expect.WAIT, Outcome(text="good day", asked=(0.0, 2.0)), None),
    (Expect.WAIT, Outcome(text="good day", asked=(0.0, 0.5)), "client-retry-too-soon"),
    (Expect.WAIT, Outcome(text="", asked=(0.0,)), "client-text-lost"),
]


@pytest.mark.parametrize(("expect", "outcome", "verdict"), ROWS)
def test_the_verdict(expect, outcome, verdict):
    assert judge(replace(TRIAL, expect=expect), outcome) == verdict


def test_where_two_texts_are_well_either_is():
    trial = replace(TRIAL, expect=Expect.EITHER, text="good day, late", also="good day")
    assert [judge(trial, Outcome(text=text)) for text in ("good day", "good day, late")] == [None, None]
    assert judge(trial, Outcome(text="good")) == "client-text-lost"


def test_every_rule_is_some_row_s_verdict():
    assert {verdict for *_, verdict in ROWS} - {None} == CLIENT_RULES.keys()


def test_a_finding_says_what_was_expected_what_came_and_how_to_try_again():
    finding = client_finding(TRIAL, FAILED, "client-crashed", "harness fuzz ...", "found.yaml")
    assert (finding.rule, finding.where, finding.cassette) == ("client-crashed", "plain", "found.yaml")
    assert finding.evidence.before == "whole: 'good day'"
    assert finding.evidence.now == "'good', failure: TruncatedError"
    assert finding.help.endswith("then: harness fuzz ...")


def test_a_finding_says_when_nothing_was_asked_and_how_it_ended_behind_any_text():
    endless = Outcome(text="ha" * 10_000, hung=True)
    now = client_finding(TRIAL, endless, "client-hung", "harness fuzz ...", None).evidence.now
    assert len(now) < 500
    assert now.endswith("..., stopped when its time was over; it asked nothing")
