"""Is recording invisible? Time to the first piece, and from piece to piece, with recording beside without, in
turns.

    python benchmarks/record_overhead.py [--rounds 100]

A loopback server in a process of its own writes 20 pieces, 5 ms apart. Each round asks it directly and while
recording, in changing order; the ratio is taken over the medians. Exits 1 when recording adds more than a
fifth.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp

from harness.net import CassetteConnector

TARGET = 1.2
"""Time to the first piece while recording, against the direct one, at most."""
PIECES, GAP_S = 20, 0.005
WARM_UP = 4
"""Rounds that are not counted: imports, first connections, cold code."""

SERVER = f"""
import asyncio, time
PIECE = b'data: ' + b'{{"choices":[{{"delta":{{"content":"' + b'x' * 120 + b'"}}}}]}}' + b'\\n\\n'
CHUNK = b'%x\\r\\n%b\\r\\n' % (len(PIECE), PIECE)
HEAD = b'HTTP/1.1 200 OK\\r\\nContent-Type: text/event-stream\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'
async def answer(reader, writer):
    try:
        while True:
            head = await reader.readuntil(b'\\r\\n\\r\\n')
            size = int(head.lower().split(b'content-length:')[1].split(b'\\r\\n')[0])
            await reader.readexactly(size)
            writer.write(HEAD)
            for _ in range({PIECES}):
                writer.write(CHUNK)
                await asyncio.sleep({GAP_S})
            writer.write(b'0\\r\\n\\r\\n')
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()
async def main():
    server = await asyncio.start_server(answer, '127.0.0.1', 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def ask(session: aiohttp.ClientSession, url: str) -> list[float]:
    """Milliseconds from the call to each piece."""
    began = time.perf_counter()
    async with session.post(url, json={"n": 1}) as response:
        return [1000 * (time.perf_counter() - began) async for _ in response.content.iter_any()]


async def measure(url: str, rounds: int) -> dict[str, list[list[float]]]:
    """The times of each round, `direct` and `recording`, each over one kept-alive connection."""
    with tempfile.TemporaryDirectory() as folder:
        async with (
            aiohttp.ClientSession() as direct,
            aiohttp.ClientSession(
                connector=CassetteConnector(Path(folder) / "t.yaml", mode="all")
            ) as recording,
        ):
            sessions = {"direct": direct, "recording": recording}
            return await in_turns(sessions, url, rounds)


async def in_turns(
    sessions: dict[str, aiohttp.ClientSession], url: str, rounds: int
) -> dict[str, list[list[float]]]:
    times: dict[str, list[list[float]]] = {name: [] for name in sessions}
    for number in range(rounds):
        for name in sorted(sessions, reverse=bool(number % 2)):
            times[name].append(await ask(sessions[name], url))
    return {name: rows[WARM_UP:] for name, rows in times.items()}


def gaps(times: list[list[float]]) -> list[float]:
    return [b - a for row in times for a, b in itertools.pairwise(row)]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    server = subprocess.Popen([sys.executable, "-c", SERVER], stdout=subprocess.PIPE, text=True)
    keep_apart(server.pid)
    try:
        assert server.stdout is not None
        url = f"http://127.0.0.1:{server.stdout.readline().strip()}/chat"
        times = asyncio.run(measure(url, rounds))
    finally:
        server.kill()
        server.wait()
    return report(times)


def keep_apart(server: int) -> None:
    """Server and client each on a processor of its own, where there are two: else they wait for each other."""
    first, *others = sorted(os.sched_getaffinity(0))
    if others:
        os.sched_setaffinity(server, {others[0]})
        os.sched_setaffinity(0, {first})


def report(times: dict[str, list[list[float]]]) -> int:
    first = {name: statistics.median(row[0] for row in rows) for name, rows in times.items()}
    late = {name: statistics.quantiles(gaps(rows), n=100)[98] for name, rows in times.items()}
    print(f"{'':12}{'first piece, median ms':>24}{'gap, p99 ms':>14}{'pieces a stream':>18}")
    for name, rows in times.items():
        pieces = statistics.median(map(len, rows))
        print(f"{name:12}{first[name]:>24.3f}{late[name]:>14.3f}{pieces:>18.0f}")
    ratio = first["recording"] / first["direct"]
    print(f"first piece, recording / direct: {ratio:.3f} (target at most {TARGET})")
    return 0 if ratio <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
