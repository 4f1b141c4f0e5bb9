"""Clients under trial: ours does well in everything, and each fault is told by its name."""

from __future__ import annotations

import sys
import time

import pytest

from harness.errors import UsageError
from harness.fuzz.judge import judge
from harness.fuzz.trials import trials_for
from harness.net.trying import callable_words, command_words, try_client
from harness.upstreams.registry import get_upstream

TRIALS = trials_for(get_upstream("vitalentum"), examples=2)


async def verdicts(words, *cases, patience=20.0):
    trials = [trial for trial in TRIALS if not cases or trial.name in cases]
    return {
        trial.name: judge(trial, outcome)
        async for trial, outcome in try_client(words, trials, patience=patience)
    }


OURS = callable_words("tests.net.clients:ours")


async def test_our_own_client_does_well_in_some_trials():
    some = [trial.name for trial in TRIALS][::3]
    assert await verdicts(OURS, *some) == dict.fromkeys(some)


@pytest.mark.slow
async def test_our_own_client_does_well_in_every_trial():
    assert await verdicts(OURS) == {trial.name: None for trial in TRIALS}


@pytest.mark.parametrize(
    ("client", "case", "verdict"),
    [
        ("trusting", "plain", None),
        ("trusting", "cut-between-events", "client-truncation-accepted"),
        ("trusting", "page", "client-error-accepted"),
        ("doubling", "plain", "client-text-doubled"),
        ("losing", "plain", "client-text-lost"),
        ("shouting", "plain", "client-text-changed"),
        ("hasty", "retry-after", "client-retry-too-soon"),
        ("patient", "retry-after", None),
        ("later", "plain", None),
        ("streaming", "plain", None),
        ("promising", "plain", None),
        ("talking", "plain", None),
        ("forking", "plain", None),
        ("leaving", "plain", "client-crashed"),
        ("leaving", "cut-between-events", None),
        ("mixing", "plain", "client-crashed"),
        ("flooding", "plain", "client-text-doubled"),
    ],
)
async def test_what_a_client_does_is_told(client, case, verdict):
    assert await verdicts(callable_words(f"tests.net.clients:{client}"), case) == {case: verdict}


async def test_a_client_that_waits_for_ever_is_stopped():
    words = callable_words("tests.net.clients:trusting")
    assert await verdicts(words, "silence", patience=2.0) == {"silence": "client-no-read-timeout"}


async def test_a_client_that_blocks_its_loop_has_hung():
    words = callable_words("tests.net.clients:blocking")
    assert await verdicts(words, "plain", patience=2.0) == {"plain": "client-hung"}


async def test_a_trial_that_the_time_ends_is_not_told():
    words = (sys.executable, "-c", "import time; time.sleep(60)")
    trials, until = TRIALS[:3], time.monotonic() + 0.5
    assert [each async for each in try_client(words, trials, patience=30, until=until)] == []
    assert time.monotonic() < until + 10


async def test_a_command_that_does_not_come_back_has_hung():
    words = (sys.executable, "-c", "import time; time.sleep(60)")
    assert await verdicts(words, "plain", patience=0.5) == {"plain": "client-hung"}


async def test_a_command_that_fails_has_crashed():
    assert await verdicts((sys.executable, "-c", "1 / 0"), "plain") == {"plain": "client-crashed"}


async def test_when_the_time_is_over_no_trial_is_begun():
    words = (sys.executable, "-c", "1 / 0")
    assert [each async for each in try_client(words, TRIALS, patience=1, until=time.monotonic())] == []


async def test_a_program_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match="cannot be run"):
        await verdicts(("no-such-program-anywhere",), "plain")


def test_a_command_says_where_the_base_url_goes():
    assert command_words("ask 'good day' {url}/v1") == ("ask", "good day", "{url}/v1")
    with pytest.raises(UsageError, match="does not say where the base URL goes"):
        command_words("ask")
    with pytest.raises(UsageError, match="cannot be read"):
        command_words("ask ' {url}")
