"""How fast is the replay server, and how much does it hold? Beside a bare aiohttp server that writes the same pieces.

    python benchmarks/replay_server.py [--rounds 7] [--seconds 2] [--streams 10000]

Rate: a stream of 21 pieces, no pauses, 50 connections at a time; the two servers in turns, each in a process of
its own on one processor, the client on another. The client speaks just enough HTTP not to be what is measured.
Load: so many streams open at once, their pieces spread over some seconds; one round. Exits 1 when the rate is
below 0.8 of the bare server's, when a stream fails, or when the server takes 250 MB.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from aiohttp import web

from benchmarks.fixtures.tapes import PIECES, spread, tape
from harness import save_cassette
from harness.net import ReplayServer

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_TARGET, MEMORY_TARGET_MB = 0.8, 250.0
CONCURRENCY = 50
SPREAD_S = 24.0
"""How long each of the many streams lasts: longer than it takes to open them all, else they are not at once."""
OPENING = 200
"""Connections that are being opened at a time."""
GIVE_UP_S = 120.0

BODY = b"".join(PIECES)
QUESTION = b'{"conversation": "{\\"history\\": []}", "temperature": 0.7}'
REQUEST = (
    b"POST /api/converse-edge HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(QUESTION), QUESTION)
)


# The servers ------------------------------------------------------------------------------------------------


async def serve_ours(path: str, pace: str) -> None:
    async with ReplayServer(path, pace=pace) as server:
        print(server.url.rpartition(":")[2], flush=True)
        await asyncio.Event().wait()


async def serve_bare() -> None:
    """What anybody would write: read the request, then a write for each piece."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in PIECES:
            await response.write(piece)
        await response.write_eof()
        return response

    app = web.Application()
    app.router.add_post("/api/converse-edge", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


# The client -------------------------------------------------------------------------------------------------


class Asker(asyncio.Protocol):
    """One kept-alive connection that asks so many times and counts whole answers."""

    def __init__(self, times: float, until: float, done: asyncio.Future[None]) -> None:
        self._left, self._until, self._done = times, until, done
        self._seen = bytearray()
        self.whole = self.broken = self.reads = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        if self._left <= 0 or time.perf_counter() >= self._until:
            self._finish()
            return
        self._left -= 1
        self._seen.clear()
        self._transport.write(REQUEST)

    def data_received(self, data: bytes) -> None:
        self.reads += 1
        self._seen += data
        if self._seen.endswith(b"0\r\n\r\n"):
            is_right = unchunked(bytes(self._seen)) == BODY
            self.whole += is_right
            self.broken += not is_right
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._done.done():
            self.broken += 1
            self._finish()

    def _finish(self) -> None:
        if not self._done.done():
            self._done.set_result(None)
        self._transport.close()


def unchunked(answer: bytes) -> bytes:
    """The body of a chunked answer; b"" for anything else."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    parts = []
    while head.startswith(b"HTTP/1.1 200") and rest:
        size, _, rest = rest.partition(b"\r\n")
        parts.append(rest[: int(size, 16)])
        rest = rest[int(size, 16) + 2 :]
    return b"".join(parts)


class Count(NamedTuple):
    whole: int
    broken: int
    reads: int
    seconds: float
    opened_s: float
    """When the last connection was open."""


async def ask(port: int, *, connections: int, times: float, seconds: float = float("inf")) -> Count:
    """Ask over so many connections, `times` each or until the seconds are over."""
    loop, askers, opened = asyncio.get_running_loop(), [], []
    opening = asyncio.Semaphore(OPENING)
    began = time.perf_counter()

    async def one() -> None:
        done: asyncio.Future[None] = loop.create_future()
        async with opening:
            _, asker = await loop.create_connection(
                lambda: Asker(times, began + seconds, done), "127.0.0.1", port
            )
        askers.append(asker)
        opened.append(time.perf_counter() - began)
        await done

    asked = await asyncio.gather(*(one() for _ in range(connections)), return_exceptions=True)
    broken = sum(isinstance(result, BaseException) for result in asked)
    return Count(
        sum(asker.whole for asker in askers),
        sum(asker.broken for asker in askers) + broken,
        sum(asker.reads for asker in askers),
        time.perf_counter() - began,
        max(opened, default=0.0),
    )


# Measuring --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def server(*words: str) -> Iterator[tuple[int, int]]:
    """Process id and port of a server, kept on the last processor while this process keeps to the first."""
    process = subprocess.Popen(
        [sys.executable, __file__, "--serve", *words], stdout=subprocess.PIPE, text=True
    )
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(process.pid, {processors[-1]})
    try:
        assert process.stdout is not None
        yield process.pid, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def measure_rate(path: str, rounds: int, seconds: float) -> bool:
    """Streams a second, ours and bare in turns; the ratio is taken within each turn."""
    turns: dict[str, list[tuple[float, float]]] = {"bare": [], "ours": []}
    failed = 0
    with server("bare") as bare, server("ours", path, "instant") as ours:
        for number in range(rounds + 1):
            for name, (pid, port) in {"bare": bare, "ours": ours}.items():
                before = processor_seconds(pid)
                count = asyncio.run(ask(port, connections=CONCURRENCY, times=float("inf"), seconds=seconds))
                cost = (processor_seconds(pid) - before) / max(1, count.whole)
                failed += count.broken
                if number:  # the first turn warms up
                    turns[name].append((count.whole / count.seconds, cost))
    for name, rows in turns.items():
        rate, cost = (statistics.median(column) for column in zip(*rows, strict=True))
        print(f"{name:6}{rate:>10.0f} streams/s{1e6 * cost:>10.0f} us of processor a stream")
    ratios = [mine[0] / theirs[0] for mine, theirs in zip(turns["ours"], turns["bare"], strict=True)]
    ratio = statistics.median(ratios)
    print(
        f"ours / bare, {CONCURRENCY} at a time: {ratio:.2f} (from {min(ratios):.2f} to {max(ratios):.2f}; "
        f"target at least {RATE_TARGET}); failed: {failed}"
    )
    return ratio >= RATE_TARGET and not failed


def measure_load(path: str, streams: int) -> bool:
    """So many streams at once: how many fail, and what the server takes for them."""
    with server("ours", path, "recorded") as (pid, port):
        idle = peak_mb(pid)
        count = asyncio.run(asyncio.wait_for(ask(port, connections=streams, times=1), GIVE_UP_S))
        peak, cost = peak_mb(pid), processor_seconds(pid)
    print(
        f"{streams} streams at once, {len(PIECES)} pieces over {SPREAD_S:.0f} s: {count.broken} failed, "
        f"{count.reads / max(1, count.whole):.1f} reads a stream, {count.seconds:.1f} s, "
        f"all open after {count.opened_s:.1f} s, {cost:.1f} s of processor"
    )
    print(f"memory at its peak: {peak:.0f} MB (idle {idle:.0f} MB; target under {MEMORY_TARGET_MB:.0f} MB)")
    at_once = count.opened_s < SPREAD_S
    if not at_once:
        print("the machine was too slow: the first stream was over before the last was open")
    return at_once and count.whole == streams and not count.broken and peak < MEMORY_TARGET_MB


def allow_files(wanted: int) -> int:
    """As many open files as wanted, as far as the hard limit lets us; how many connections that makes."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted + 100 if hard == resource.RLIM_INFINITY else min(wanted + 100, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    return allowed - 100


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--streams", type=int, default=10_000)
    parser.add_argument("--only", choices=["rate", "load"])
    parser.add_argument("--serve", nargs="+", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        name, *words = given.serve
        asyncio.run(serve_ours(*words) if name == "ours" else serve_bare())
        return 0
    streams = allow_files(given.streams)
    if streams < given.streams:
        print(f"only {streams} streams: this machine allows no more open files")
    os.sched_setaffinity(0, set(os.sched_getaffinity(0)))
    with tempfile.TemporaryDirectory() as folder:
        quick, slow = f"{folder}/quick.yaml", f"{folder}/slow.yaml"
        save_cassette(tape(QUESTION), quick)
        save_cassette(tape(QUESTION, frames=spread(SPREAD_S)), slow)
        kept = given.only == "load" or measure_rate(quick, given.rounds, given.seconds)
        return 0 if (given.only == "rate" or measure_load(slow, streams)) and kept else 1


if __name__ == "__main__":
    sys.exit(main())
