"""The server of a trial answers whatever is asked, and counts."""

from __future__ import annotations

import aiohttp

from harness.fuzz.trials import trials_for
from harness.net.trial_server import TrialServer
from harness.upstreams.registry import get_upstream

TRIALS = {trial.name: trial for trial in trials_for(get_upstream("vitalentum"), examples=0)}


async def answers(case, *paths):
    async with TrialServer(TRIALS[case]) as server, aiohttp.ClientSession() as session:
        found = []
        for path in paths:
            async with session.get(server.url + path) as answer:
                found.append((answer.status, await answer.read()))
        return found, server.asked


async def test_any_question_gets_the_answer():
    body = TRIALS["plain"].interaction.response.body
    found, asked = await answers("plain", "/", "/v1/models?x=1")
    assert found == [(200, body), (200, body)]
    assert asked == sorted(asked)
    assert len(asked) == 2


async def test_who_was_told_to_wait_is_answered_well_the_next_time():
    found, _ = await answers("retry-after", "/", "/")
    assert [status for status, _ in found] == [429, 200]


async def test_a_fault_is_there_each_time():
    found, _ = await answers("unavailable", "/", "/")
    assert [status for status, _ in found] == [503, 503]
