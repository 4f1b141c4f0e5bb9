"""A server in a thread: entered and left with the block, its errors raised where they can be seen."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager

import aiohttp
import pytest

from harness.errors import UsageError
from harness.net.standin import Standin
from harness.pytest_plugin.serving import in_thread


@asynccontextmanager
async def noted(steps: list[str], fails: str = ""):
    for step in ("enter", "leave"):
        if fails == step:
            raise ZeroDivisionError(step)
        steps.append(f"{step} in {threading.current_thread().name}")
        if step == "enter":
            yield steps


def test_a_server_lives_as_long_as_the_block_in_a_thread_of_its_own():
    before = threading.active_count()
    with in_thread(noted([])) as steps:
        assert steps == ["enter in harness_0"]
    assert steps == ["enter in harness_0", "leave in harness_0"]
    assert threading.active_count() == before


@pytest.mark.parametrize("step", ["enter", "leave"])
def test_what_a_server_raises_is_raised_here(step):
    with pytest.raises(ZeroDivisionError, match=step), in_thread(noted([], fails=step)):
        pass


def test_a_block_that_fails_stops_the_server_and_keeps_its_error():
    with pytest.raises(KeyError), in_thread(noted([])) as steps:
        raise KeyError
    assert len(steps) == 2


def test_a_server_answers_callers_with_and_without_a_loop():
    async def ask(url: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return response.status

    with in_thread(Standin()) as standin:
        assert asyncio.run(ask(standin.url)) == 404
        with (
            pytest.raises(UsageError, match="cannot listen"),
            in_thread(Standin(port=int(standin.url.rpartition(":")[2]))),
        ):
            pass
