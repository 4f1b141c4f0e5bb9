"""Do streams come back as they were? Odd streams, recorded and replayed by us and by our peers, each compared
with a direct run of the same client.

    python benchmarks/fidelity.py [--streams plain,gzip] [--ways ours] [--tries 3]

Four things are compared, while recording and on replay: the bytes (B), the cuts between reads (C), the times
(T: the middle one of the differences between gaps at most 4 ms, or a quarter of the mean gap where that is
more) and the outcome (O: status, content type, Retry-After, and the exception's class). A cell shows the letter
of what was kept, a dash where it was not; recording, then replay. A shared machine sometimes joins two reads or
comes late, so a cell that misses something although half of the reads came apart is tried again, ours and
theirs alike. Exits 1 when one of ours does not keep everything.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import benchmarks.fixtures.streams as upstream_server
from benchmarks.fixtures.streams import STREAMS, Stream
from benchmarks.fixtures.ways import CLIENTS, LEFT_OUT, Opening, Seen, Way, installed, versions

if TYPE_CHECKING:
    from collections.abc import Iterator

MEASURES = "BCTO"
SLACK_S, SLACK_SHARE = 0.004, 0.25
"""How far the middle one of the gaps may be off: this many seconds, or this share of the mean gap."""
GIVE_UP_S = 20.0
"""A way that has not answered by then has hung."""


class Cell(NamedTuple):
    """What a way kept of a stream, as letters: while recording, and on replay."""

    recorded: str
    replayed: str
    hiccup: bool = False
    """Whether what is missing may be the machine's doing: most of the reads came apart."""

    @property
    def whole(self) -> bool:
        return self.recorded == self.replayed == MEASURES

    @property
    def score(self) -> int:
        return sum(letter != "-" for letter in self.recorded + self.replayed)

    def __str__(self) -> str:
        return f"{self.recorded} {self.replayed}"


LOST = Seen((), 0.0, "nothing came")

# Comparing ---------------------------------------------------------------------


def kept(direct: Seen, seen: Seen) -> str:
    """The letters of what is the same, dashes for what is not."""
    same = (
        seen.body == direct.body,
        seen.sizes == direct.sizes,
        same_times(direct, seen),
        seen.outcome == direct.outcome,
    )
    return "".join(letter if is_same else "-" for letter, is_same in zip(MEASURES, same, strict=True))


def same_times(direct: Seen, seen: Seen) -> bool:
    if len(direct.gaps) != len(seen.gaps):
        return False
    slack = max(SLACK_S, SLACK_SHARE * statistics.mean(direct.gaps))
    return statistics.median(abs(a - b) for a, b in zip(direct.gaps, seen.gaps, strict=True)) <= slack


def compared(direct: Seen, recorded: Seen, replayed: Seen) -> Cell:
    apart = min(len(recorded.pieces), len(replayed.pieces))
    hiccup = apart >= len(direct.pieces) / 2 and recorded.outcome == replayed.outcome == direct.outcome
    return Cell(kept(direct, recorded), kept(direct, replayed), hiccup)


# Asking ---------------------------------------------------------------------


def target(stream: Stream, attempt: int) -> str:
    return f"/api/converse-edge?stream={stream.name}&try={attempt}"


async def direct_run(client: str, stream: Stream, base: str, tries: int) -> Seen:
    """Without any recorder; again when the machine has joined what was written apart."""
    for attempt in range(tries):
        seen = await CLIENTS[client](base, target(stream, attempt), None)
        if len(seen.pieces) >= len(stream.writes):
            break
    return seen


async def asked(way: Way, opening: Opening, base: str, path: str, folder: Path) -> Seen:
    """One question through what a way opens: a base URL, or an httpx transport."""
    try:
        async with opening(base, folder) as opened, asyncio.timeout(GIVE_UP_S):
            url, transport = (opened, None) if isinstance(opened, str) else (base, opened)
            return await CLIENTS[way.client](url, path, transport)
    except Exception as error:
        if way.ours:
            print(f"  {way.name}, {path}: {type(error).__name__}: {error}", file=sys.stderr)
        return LOST


async def one_try(way: Way, stream: Stream, base: str, tries: int, attempt: int) -> Cell:
    path = target(stream, attempt)
    with tempfile.TemporaryDirectory() as folder:
        direct = await direct_run(way.client, stream, base, tries)
        recorded = await asked(way, way.record, base, path, Path(folder))
        return compared(direct, recorded, await asked(way, way.replay, base, path, Path(folder)))


async def cell(way: Way, stream: Stream, base: str, tries: int) -> Cell:
    """The best of so many tries; there is another one only where the machine may have been the cause."""
    best = Cell("----", "----")
    for attempt in range(tries):
        found = await one_try(way, stream, base, tries, attempt)
        best = max(best, found, key=lambda each: each.score)
        if found.whole or not found.hiccup:
            break
    return best


# Printing ---------------------------------------------------------------------


async def matrix(ways: list[Way], streams: list[Stream], base: str, tries: int) -> list[list[Cell]]:
    print(f"{'stream':16}" + "".join(f"{way.name:>20}" for way in ways))
    rows = []
    for client in dict.fromkeys(way.client for way in ways):
        await CLIENTS[client](base, target(streams[0], 0), None)  # the first one imports and loads
    for stream in streams:
        rows.append([await cell(way, stream, base, tries) for way in ways])
        print(f"{stream.name:16}" + "".join(f"{found!s:>20}" for found in rows[-1]), flush=True)
    return rows


def summary(ways: list[Way], rows: list[list[Cell]]) -> int:
    """Counts under the columns; 1 when one of ours has lost something."""
    columns = list(zip(*rows, strict=True))
    counts = {
        "recorded whole": lambda found: found.recorded == MEASURES,
        "replayed whole": lambda found: found.replayed == MEASURES,
        **{f"  {letter} on replay": (lambda found, it=letter: it in found.replayed) for letter in MEASURES},
    }
    for name, counted in counts.items():
        print(f"{name:16}" + "".join(f"{f'{sum(map(counted, each))}/{len(each)}':>20}" for each in columns))
    lost = [
        way.name
        for way, each in zip(ways, columns, strict=True)
        if way.ours and not all(c.whole for c in each)
    ]
    print(f"not whole: {', '.join(lost)}" if lost else "ours keeps everything")
    return 1 if lost else 0


# Running ---------------------------------------------------------------------


@contextlib.contextmanager
def upstream() -> Iterator[str]:
    """The writing server in a process of its own, on a processor of its own where there are two."""
    server = subprocess.Popen([sys.executable, upstream_server.__file__], stdout=subprocess.PIPE, text=True)
    first, *others = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(server.pid, set(others[:1]) or {first})
    os.sched_setaffinity(0, {first})
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.kill()
        server.wait()


def chosen(wanted: str, names: list[str]) -> list[str]:
    parts = wanted.split(",") if wanted else [""]
    return [
        name
        for name in names
        if any(name == part or name.startswith(part + ",") for part in parts) or not wanted
    ]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--streams", default="", help="names, separated by commas; all by default")
    parser.add_argument(
        "--ways", default="", help="`ours`, `vcrpy`, ..., separated by commas; all by default"
    )
    parser.add_argument("--tries", type=int, default=4)
    chosen_by = parser.parse_args()
    found = dict(installed())
    for name, why in [*((way.name, why) for way, why in found.items() if why), *LEFT_OUT.items()]:
        print(f"left out: {name}: {why}")
    names = chosen(chosen_by.ways, [way.name for way in found])
    ways = [way for way, why in found.items() if not why and way.name in names]
    wanted = [each for each in STREAMS if each.name in chosen(chosen_by.streams, [s.name for s in STREAMS])]
    print(f"{len(wanted)} streams; {versions()}")
    with upstream() as base:
        return summary(ways, asyncio.run(matrix(ways, wanted, base, chosen_by.tries)))


if __name__ == "__main__":
    sys.exit(main())
