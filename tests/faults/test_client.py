"""F56 to F60: what clients do to a server of ours. None of it hangs, none of it leaves a trace, and the next
client is served as if nothing had been.
"""

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from harness import Cassette, Frame, Interaction, Request, Response, StreamRecord
from harness.cassette.model import End
from harness.net import ReplayServer

ROOT = Path(__file__).parents[2]
POST = b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
CHUNKED = (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked"))
EVENT = b"data: x\n\n"


ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"9\r\ndata: x\n\n\r\n0\r\n\r\n"
)
"""What one event is answered with, to the end."""


def tape(*pieces: bytes, gap_ms: float = 0.0) -> Cassette:
    frames = tuple(Frame(gap_ms * n, len(piece)) for n, piece in enumerate(pieces))
    stream = StreamRecord(frames, End.COMPLETE, gap_ms * len(pieces))
    answer = Response(200, "OK", CHUNKED, b"".join(pieces), stream)
    return Cassette((Interaction(Request("POST", "http://recorded/chat"), answer),))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield reader, writer
    finally:
        writer.close()


async def answer(url: str) -> bytes:
    """What the server sends on a connection of its own, as far as it comes."""
    async with connected(url) as (reader, writer):
        writer.write(POST.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        return await asyncio.wait_for(reader.read(), 5)


async def nobody_is_left(before: int) -> bool:
    """Whether within a second no task is left but those that were there before."""
    for _ in range(100):
        if len(asyncio.all_tasks()) == before:
            return True
        await asyncio.sleep(0.01)
    return False


@pytest.fixture
def trouble(caplog) -> list[logging.LogRecord]:
    """What was logged as a warning or worse, by anybody."""
    caplog.set_level(logging.WARNING)
    return caplog.records


@pytest.mark.parametrize("how", ["fin", "rst"])
async def test_f56_a_client_that_leaves_in_the_middle_is_forgotten_at_once(trouble, how):
    async with ReplayServer(tape(*[EVENT] * 100, gap_ms=20), pace="recorded") as server:
        before = len(asyncio.all_tasks())
        async with connected(server.url) as (reader, writer):
            writer.write(POST)
            assert (await reader.readuntil(EVENT)).endswith(EVENT)
            if how == "rst":
                writer.transport.abort()
        assert await nobody_is_left(before)
        assert server.played == 1
    assert trouble == []


async def test_f56_a_client_that_leaves_before_its_request_is_whole_is_forgotten_at_once(trouble):
    async with ReplayServer(tape(EVENT)) as server:
        before = len(asyncio.all_tasks())
        for part in (b"", b"POST /ch", POST[:-2], POST.replace(b"Length: 0", b"Length: 9") + b"half"):
            async with connected(server.url) as (_, writer):
                writer.write(part)
                await writer.drain()
        assert await nobody_is_left(before)
        assert await answer(server.url) == ANSWER
    assert trouble == []


async def test_f57_a_client_that_closes_its_half_counts_as_one_who_left(trouble):
    async with ReplayServer(tape(*[EVENT] * 100, gap_ms=20), pace="recorded") as server:
        before = len(asyncio.all_tasks())
        async with connected(server.url) as (reader, writer):
            writer.write(POST)
            await reader.readuntil(EVENT)
            writer.write_eof()
            assert len(await asyncio.wait_for(reader.read(), 1)) < 99 * len(EVENT)
        assert await nobody_is_left(before)
    assert trouble == []


async def test_f58_a_client_that_never_reads_is_reset(trouble, monkeypatch):
    monkeypatch.setattr("harness.net.outgoing.WRITE_S", 0.1)
    async with ReplayServer(tape(*[b"x" * 1_000_000] * 15)) as server:
        before = len(asyncio.all_tasks())
        async with connected(server.url) as (reader, writer):
            writer.transport.pause_reading()
            writer.write(POST)
            assert await nobody_is_left(before)
            writer.transport.resume_reading()
            with pytest.raises(ConnectionResetError):
                while await reader.read(1_000_000):
                    pass
    assert trouble == []


# F60: no descriptors left

CROWDED = """
import asyncio, logging, resource, sys
logging.basicConfig(level=logging.WARNING)
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
from harness.net import ReplayServer
from tests.faults.test_client import EVENT, tape

async def main():
    async with ReplayServer(tape(EVENT)) as server:
        print(server.url, flush=True)
        await asyncio.to_thread(sys.stdin.read)

asyncio.run(main())
"""


@asynccontextmanager
async def crowded_server() -> AsyncIterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process that may open 64 files."""
    process = await asyncio.to_thread(
        subprocess.Popen,
        [sys.executable, "-c", CROWDED],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield (await asyncio.to_thread(process.stdout.readline)).strip(), process
    finally:
        await asyncio.to_thread(process.communicate, timeout=10)


async def test_f60_beyond_its_descriptors_a_server_answers_503_logs_nothing_and_recovers_at_once():
    async with crowded_server() as (url, process):
        host, port = url.removeprefix("http://").split(":")
        idle = [await asyncio.open_connection(host, int(port)) for _ in range(200)]
        await asyncio.sleep(0.7)  # those who are refused and say nothing are given up by then
        began = time.perf_counter()
        assert (await answer(url)).startswith(b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n")
        assert time.perf_counter() - began < 1
        for _, writer in idle:
            writer.close()
        await asyncio.sleep(0.1)
        assert await answer(url) == ANSWER
        _, said = await asyncio.to_thread(process.communicate, timeout=10)
    assert said == ""


async def test_f60_of_a_crowd_larger_than_the_descriptors_each_is_served_or_turned_away():
    async with crowded_server() as (url, process):
        answers = await asyncio.gather(*(answer(url) for _ in range(60)), return_exceptions=True)
        kinds = {type(found) if isinstance(found, OSError) else found[:12] for found in answers}
        assert kinds <= {b"HTTP/1.1 200", b"HTTP/1.1 503", b"", ConnectionResetError}
        assert ANSWER in answers
        assert await answer(url) == ANSWER
        _, said = await asyncio.to_thread(process.communicate, timeout=10)
    assert said == ""
