"""Every scenario of the stand-in, over a real socket: asked directly, recorded, and played. All three are one
and the same.
"""

import asyncio
import hashlib
import itertools
import statistics
import time
from pathlib import Path

import aiohttp
import pytest

import harness
from harness import use_cassette
from harness.net.standin import Standin
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS

BODY = {"conversation": '{"history": [{"speaker": "human", "text": "Say hello"}]}', "temperature": 0.7}
WAITS = aiohttp.ClientTimeout(total=None, sock_read=0.4)
SPEED = 12.0
"""Times as fast as believable; a thousand tokens are to take a few seconds."""


async def asked(url: str) -> tuple[int, list[bytes], str, list[float]]:
    """Status, pieces, the class of the error that ended them, and when each piece came (ms)."""
    pieces: list[bytes] = []
    times: list[float] = []
    status, error = 0, ""
    async with aiohttp.ClientSession(timeout=WAITS) as session:
        try:
            async with session.post(url + "/api/converse-edge", json=BODY) as response:
                status = response.status
                async for piece in response.content.iter_any():
                    times.append(1000 * time.perf_counter())
                    pieces.append(piece)
        except (aiohttp.ClientError, TimeoutError) as failure:
            error = type(failure).__name__
    return status, pieces, error, times


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
async def test_bytes_pieces_and_ending_are_those_of_the_direct_run(tmp_path: Path, scenario):
    async with Standin(scenario=scenario, speed=SPEED) as standin:
        url = standin.url
        direct = await asked(url)
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            recorded = await asked(url)
    with use_cassette(tmp_path / "t.yaml"):
        played = await asked(url)
    assert played[:3] == recorded[:3]
    assert (direct[0], direct[2]) == (played[0], played[2])
    assert hashlib.sha256(b"".join(direct[1])).digest() == hashlib.sha256(b"".join(played[1])).digest()
    assert harness.load_cassette(tmp_path / "t.yaml").interactions[0].response.stream.source == "stand-in"


@pytest.mark.parametrize("scenario", ["hello", "unicode", "cut-characters", "reset"])
async def test_at_the_recorded_pace_the_gaps_are_the_recorded_ones(tmp_path: Path, scenario):
    async with Standin(scenario=scenario, speed=2.0) as standin:
        url = standin.url
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await asked(url)
    frames = harness.load_cassette(tmp_path / "t.yaml").interactions[0].response.stream.frames
    wanted = [b.at_ms - a.at_ms for a, b in itertools.pairwise(frames)]
    off = [await how_far_off(tmp_path / "t.yaml", url, wanted)]
    while off[-1] > 2.0 and len(off) < TRIES:
        off.append(await how_far_off(tmp_path / "t.yaml", url, wanted))
    assert min(off) <= 2.0


TRIES = 8
"""A busy machine can only make a replay later than it would be; one that is on time is proof enough."""


async def how_far_off(tape: Path, url: str, wanted: list[float]) -> float:
    """Milliseconds between the gaps of a replay and those of the recording, the median."""
    with use_cassette(tape, pace="recorded"):
        *_, times = await asked(url)
    given = [b - a for a, b in itertools.pairwise(times)]
    return statistics.median(abs(a - b) for a, b in zip(wanted, given, strict=True))


async def test_all_of_them_play_at_once_in_one_task_group(tmp_path: Path):
    async with Standin(scenario="hello", speed=SPEED) as standin:
        url = standin.url
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            answers = await asyncio.gather(*(asked(url) for _ in range(10)))
    with use_cassette(tmp_path / "t.yaml"):
        played = await asyncio.gather(*(asked(url) for _ in range(10)))
    assert sorted(answer[1] for answer in played) == sorted(answer[1] for answer in answers)
