"""Is recording invisible? Time to the first piece, and added time for each further one, beside a direct
request, in turns.

    python benchmarks/record_overhead.py [--rounds 80]

Loopback servers in a process of their own write 20 pieces, 5 ms apart: one at once, where every microsecond
of ours shows, and one that thinks for 20 ms first, as the quickest of models do. Ways: aiohttp with a
`CassetteConnector`, httpx with an `AsyncCassetteTransport`, aiohttp through a `RecordingProxy` in a process
of its own. A proxy is a second connection, so beside a server that answers at once it cannot be invisible:
a bare relay, which copies bytes and knows nothing of HTTP, shows how near one can come. Exits 1 when a target is
missed; beside a server that answers at once the proxy misses its own, and `docs/reference/speed.md` says why.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import httpx

from harness.net import AsyncCassetteTransport, CassetteConnector

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

PIECES, GAP_S, THINK_S = 20, 0.005, 0.02
WARM_UP = 4
"""Rounds that are not counted: imports, first connections, cold code."""
QUIET_S = 0.05
"""Before each question: a proxy writes its tape when the answer is over, and whoever is asked next would pay for it."""
ADDED_P99_MS = 0.3
"""Added to the gap between two pieces, at the 99th percentile, at most."""

SERVER = f"""
import asyncio, sys
PIECE = b'data: ' + b'{{"choices":[{{"delta":{{"content":"' + b'x' * 120 + b'"}}}}]}}' + b'\\n\\n'
CHUNK = b'%x\\r\\n%b\\r\\n' % (len(PIECE), PIECE)
HEAD = b'HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'
async def answer(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b'\\r\\n\\r\\n')
            size = int(head.lower().split(b'content-length:')[1].split(b'\\r\\n')[0])
            await reader.readexactly(size)
            if b'/think' in head:
                await asyncio.sleep({THINK_S})
            writer.write(HEAD)
            for _ in range({PIECES}):
                writer.write(CHUNK)
                await asyncio.sleep({GAP_S})
            writer.write(b'0\\r\\n\\r\\n')
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    print('http://127.0.0.1:%d' % server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
PROXY = """
import asyncio, sys
from harness.net import RecordingProxy
async def main():
    async with RecordingProxy(None, sys.argv[1], sys.argv[2]) as proxy:
        print(proxy.url, flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""

RELAY = """
import asyncio, sys
from urllib.parse import urlsplit
base = urlsplit(sys.argv[1])
async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
    writer.close()
async def relay(reader, writer):
    far_reader, far_writer = await asyncio.open_connection(base.hostname, base.port)
    await asyncio.gather(copy(reader, far_writer), copy(far_reader, writer), return_exceptions=True)
async def main():
    server = await asyncio.start_server(relay, '127.0.0.1', 0)
    print('http://127.0.0.1:%d' % server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
"""No proxy in Python can be nearer: a second connection, and nothing done with what comes."""


class Question(NamedTuple):
    """What is compared with what, and the ratio of the first pieces that is promised, where one is."""

    name: str
    direct: str
    recording: str
    path: str
    at_most: float | None


QUESTIONS = (
    Question("aiohttp, answered at once", "aiohttp", "aiohttp recording", "/now", 1.2),
    Question("httpx, answered at once", "httpx", "httpx recording", "/now", 1.3),
    Question("proxy, answered at once", "aiohttp", "proxy", "/now", 1.5),
    Question("a bare relay, answered at once", "aiohttp", "relay", "/now", None),
    Question("aiohttp, after 20 ms", "aiohttp", "aiohttp recording", "/think", 1.2),
    Question("httpx, after 20 ms", "httpx", "httpx recording", "/think", 1.3),
    Question("proxy, after 20 ms", "aiohttp", "proxy", "/think", 1.5),
    Question("a bare relay, after 20 ms", "aiohttp", "relay", "/think", None),
)


def with_aiohttp(session: aiohttp.ClientSession, base: str) -> Callable[[str], Awaitable[list[float]]]:
    async def ask(path: str) -> list[float]:
        """Milliseconds from the call to each piece."""
        began = time.perf_counter()
        async with session.post(base + path, json={"n": 1}) as response:
            return [1000 * (time.perf_counter() - began) async for _ in response.content.iter_any()]

    return ask


def with_httpx(client: httpx.AsyncClient, base: str) -> Callable[[str], Awaitable[list[float]]]:
    async def ask(path: str) -> list[float]:
        began = time.perf_counter()
        async with client.stream("POST", base + path, json={"n": 1}) as response:
            return [1000 * (time.perf_counter() - began) async for _ in response.aiter_raw()]

    return ask


@contextlib.asynccontextmanager
async def ways(
    server: str, proxy: str, relay: str, folder: Path
) -> AsyncIterator[dict[str, Callable[[str], Awaitable[list[float]]]]]:
    """Every way to ask, each over one kept-alive connection."""
    async with (
        aiohttp.ClientSession() as direct,
        aiohttp.ClientSession(connector=CassetteConnector(folder / "a.yaml", mode="all")) as recording,
        aiohttp.ClientSession() as proxied,
        aiohttp.ClientSession() as relayed,
        httpx.AsyncClient(timeout=30) as plain,
        httpx.AsyncClient(
            transport=AsyncCassetteTransport(folder / "h.yaml", mode="all"), timeout=30
        ) as taped,
    ):
        yield {
            "aiohttp": with_aiohttp(direct, server),
            "aiohttp recording": with_aiohttp(recording, server),
            "proxy": with_aiohttp(proxied, proxy),
            "relay": with_aiohttp(relayed, relay),
            "httpx": with_httpx(plain, server),
            "httpx recording": with_httpx(taped, server),
        }


async def measure(
    server: str, proxy: str, relay: str, folder: Path, rounds: int
) -> dict[tuple[str, str], list[list[float]]]:
    """The times of each way and path, round by round, asked in changing order."""
    times: dict[tuple[str, str], list[list[float]]] = {}
    async with ways(server, proxy, relay, folder) as asks:
        for number in range(rounds + WARM_UP):
            for name in sorted(asks, reverse=bool(number % 2)):
                for path in ("/now", "/think"):
                    await asyncio.sleep(QUIET_S)
                    times.setdefault((name, path), []).append(await asks[name](path))
    return {key: rows[WARM_UP:] for key, rows in times.items()}


def first(rows: list[list[float]]) -> float:
    return statistics.median(row[0] for row in rows)


def late(rows: list[list[float]]) -> float:
    """The 99th percentile of the gaps between pieces."""
    return statistics.quantiles([b - a for row in rows for a, b in itertools.pairwise(row)], n=100)[98]


def report(times: dict[tuple[str, str], list[list[float]]]) -> int:
    missed = 0
    print("| | direct ms | recording ms | ratio | target | gap p99, added ms | target |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for question in QUESTIONS:
        direct, recording = times[question.direct, question.path], times[question.recording, question.path]
        ratio, added = first(recording) / first(direct), late(recording) - late(direct)
        wanted, promised = (
            (f"≤ {question.at_most}", f"≤ {ADDED_P99_MS}") if question.at_most else ("none", "none")
        )
        print(
            f"| {question.name} | {first(direct):.3f} | {first(recording):.3f} | {ratio:.2f} | {wanted} "
            f"| {added:+.3f} | {promised} |"
        )
        if question.at_most is not None:
            missed += (ratio > question.at_most) + (added > ADDED_P99_MS)
    return 1 if missed else 0


@contextlib.contextmanager
def running(source: str, *arguments: str) -> AsyncIterator[str]:
    """The URL that a server in a process of its own prints."""
    process = subprocess.Popen([sys.executable, "-c", source, *arguments], stdout=subprocess.PIPE, text=True)
    keep_apart(process.pid)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def keep_apart(other: int) -> None:
    """Servers and client each on a processor of their own, where there are two: else they wait for each other."""
    mine, *others = sorted(os.sched_getaffinity(os.getppid()))
    if others:
        os.sched_setaffinity(other, {others[0]})
        os.sched_setaffinity(0, {mine})


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=80)
    rounds = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory() as name,
        running(SERVER) as server,
        running(PROXY, server, f"{name}/proxy") as proxy,
        running(RELAY, server) as relay,
    ):
        return report(asyncio.run(measure(server, proxy, relay, Path(name), rounds)))


if __name__ == "__main__":
    sys.exit(main())
