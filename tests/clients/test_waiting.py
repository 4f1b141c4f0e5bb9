"""Each wait has its own end, and the whole has one."""

import asyncio

import pytest

from harness.clients.waiting import Timeouts, Watch
from harness.errors import StalledError


async def test_a_wait_that_ends_in_time_says_nothing():
    async with Watch(Timeouts()).over("a piece", 1.0):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("timeouts", "seconds"), [(Timeouts(), 0.02), (Timeouts(total=0.02), 5.0), (Timeouts(total=0.02), None)]
)
async def test_the_shorter_of_wait_and_total_counts(timeouts, seconds):
    with pytest.raises(StalledError, match="in vain for a piece") as caught:
        async with Watch(timeouts).over("a piece", seconds):
            await asyncio.sleep(5)
    assert isinstance(caught.value, TimeoutError)


async def test_a_total_that_has_run_out_ends_the_next_wait_at_once():
    watch = Watch(Timeouts(total=0.01))
    await asyncio.sleep(0.02)
    with pytest.raises(StalledError):
        async with watch.over("a piece", None):
            await asyncio.sleep(5)


def test_the_wait_for_the_head_is_connection_and_first_byte():
    assert Timeouts(connect=1.0, first_byte=2.0).head == 3.0
    assert Timeouts(connect=None).head is None
