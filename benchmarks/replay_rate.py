"""How fast is a replay in process, and how fast does a tape load? Beside vcrpy, in turns, over the same tapes.

    python benchmarks/replay_rate.py [--rounds 9] [--only asking|large|loading]

Asking: aiohttp, a stream of 21 pieces under each question, tapes of 1 to 21 interactions; a round opens the tape,
asks everything once and puts it away, again and again. vcrpy matches on the body and hands out one piece, ours
hands out 21. Both with and without opening the tape; the tape is vcrpy's own kind, a body given as `json=`.
Large: a tape of 1,000 interactions; vcrpy compares each request with all of them, so a sample is asked.
Loading: 10,000 interactions, and one stream of 100,000 pieces, each in a process of its own, beside what the
formats themselves cost. Times are of the processor. Exits 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import yaml

from benchmarks.fixtures.tapes import PIECES, URI, pieces, question, tape
from harness import Cassette, save_cassette, use_cassette

SIZES = (1, 2, 5, 21)
ROUND = 60
"""Questions of a round, at least."""
LARGE, SAMPLE = 1000, 8
"""Interactions of the large tape, and how many questions vcrpy is asked there."""
SMALL_TARGET, LARGE_TARGET = 1.0, 50.0
FLAT_TARGET = 1.5
"""The last look-up of a large tape takes at most so many times as long as the first."""

Opened = Callable[[str], AbstractContextManager[Any]]


# Asking -----------------------------------------------------------------------------------------------------


def ours(path: str) -> AbstractContextManager[Any]:
    return use_cassette(path)


def vcrpy(path: str) -> AbstractContextManager[Any]:
    import vcr

    matchers = ["method", "scheme", "host", "port", "path", "query", "body"]
    return vcr.VCR(record_mode="none", match_on=matchers).use_cassette(path)


PLAYERS: dict[str, Opened] = {"ours": ours, "vcrpy": vcrpy}
GIVEN = {"ours": len(PIECES), "vcrpy": 1}
"""Pieces that each player hands out for one stream."""


async def ask(session: aiohttp.ClientSession, number: int, expected: int) -> float:
    """Seconds of the processor for one question and its whole answer."""
    began = time.process_time()
    seen = 0
    async with session.post(URI, json=question(number)) as response:
        async for _ in response.content.iter_any():
            seen += 1
    assert seen == expected, f"{seen} pieces instead of {expected}"
    return time.process_time() - began


class Cost(NamedTuple):
    """Seconds of the processor for one exchange."""

    asking: float
    whole: float
    """With its share of opening the tape and putting it away."""


async def a_round(session: aiohttp.ClientSession, name: str, path: str, size: int) -> Cost:
    asking, count, began = 0.0, 0, time.process_time()
    while count < ROUND:
        with PLAYERS[name](path):
            for number in range(size):
                asking += await ask(session, number, GIVEN[name])
        count += size
    return Cost(asking / count, (time.process_time() - began) / count)


async def in_turns(path: str, size: int, rounds: int) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = {name: [] for name in PLAYERS}
    async with aiohttp.ClientSession() as session:
        for number in range(rounds + 1):
            for name in sorted(PLAYERS, reverse=bool(number % 2)):
                cost = await a_round(session, name, path, size)
                costs[name] += [cost] if number else []  # the first round imports and warms up
    return costs


def as_vcrpy_records(path: Path, size: int) -> str:
    """A tape whose request bodies are what aiohttp was given, as vcrpy stores `json=`."""
    save_cassette(tape(*(json.dumps(question(n)).encode() for n in range(size))), path)
    document = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
    for item in document["interactions"]:
        item["request"]["body"] = json.loads(item["request"]["body"])
        item["request"]["headers"] = {"Accept": ["*/*"]}
    path.write_text(yaml.dump(document, Dumper=yaml.CSafeDumper, allow_unicode=True))
    return str(path)


def measure_asking(folder: Path, rounds: int) -> bool:
    print(f"{'tape':>6}{'':10}{'ours, us':>12}{'vcrpy, us':>12}{'ratio':>8}")
    kept = True
    for size in SIZES:
        path = as_vcrpy_records(folder / f"{size}.yaml", size)
        costs = asyncio.run(in_turns(path, size, rounds))
        for field in Cost._fields:
            mine, theirs = (
                statistics.median(getattr(c, field) for c in costs[name]) for name in ("ours", "vcrpy")
            )
            print(f"{size:>6} {field:9}{1e6 * mine:>12.0f}{1e6 * theirs:>12.0f}{theirs / mine:>8.2f}")
            kept = kept and (field != "whole" or theirs / mine >= SMALL_TARGET)
    print(f"an exchange, whole: at least {SMALL_TARGET} times as fast: {'yes' if kept else 'NO'}")
    return kept


# Large tapes ------------------------------------------------------------------------------------------------


async def large_costs(path: str) -> tuple[list[float], list[float]]:
    """What each question costs us, and what a sample of them costs vcrpy."""
    async with aiohttp.ClientSession() as session:
        with ours(path):
            mine = [await ask(session, number, GIVEN["ours"]) for number in range(LARGE)]
        with vcrpy(path):
            sample = range(LARGE // SAMPLE - 1, LARGE, LARGE // SAMPLE)
            theirs = [await ask(session, number, GIVEN["vcrpy"]) for number in sample]
    return mine, theirs


def measure_large(folder: Path) -> bool:
    mine, theirs = asyncio.run(large_costs(as_vcrpy_records(folder / "large.yaml", LARGE)))
    first, last = statistics.median(mine[10:110]), statistics.median(mine[-100:])
    ratio = statistics.median(theirs) / statistics.median(mine)
    print(
        f"{LARGE} interactions, a question: ours {1e6 * statistics.median(mine):.0f} us, vcrpy "
        f"{1e3 * statistics.median(theirs):.0f} ms ({len(theirs)} asked): {ratio:.0f} times (target at least "
        f"{LARGE_TARGET:.0f})"
    )
    print(f"  the last hundred / the first: {last / first:.2f} (target at most {FLAT_TARGET})")
    return ratio >= LARGE_TARGET and last / first <= FLAT_TARGET


# Loading ----------------------------------------------------------------------------------------------------

LOADING = """
import sys, time
def peak():
    line = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1000
import json, yaml, vcr
from vcr.persisters.filesystem import FilesystemPersister
from vcr.serializers import yamlserializer, jsonserializer
from harness import load_cassette
def by_vcrpy(path):
    FilesystemPersister.load_cassette(path, jsonserializer if path.endswith(".json") else yamlserializer)
loaders = {
    "ours": load_cassette,
    "vcrpy": by_vcrpy,
    "CSafeLoader": lambda path: yaml.load(open(path, "rb"), Loader=yaml.CSafeLoader),
    "json": lambda path: json.load(open(path, "rb")),
}
name, path, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
open("/proc/self/clear_refs", "w").write("5")  # the peak so far is forgotten
before, took = peak(), []
for _ in range(times):
    began = time.process_time()
    loaded = loaders[name](path)
    took.append(time.process_time() - began)
    grown = peak() - before
    del loaded
print(min(took), grown)
"""


class Loaded(NamedTuple):
    seconds: float
    megabytes: float


def load(name: str, path: Path, times: int = 1) -> Loaded:
    """What loading costs, in a fresh process: the best time, and how much the process grew."""
    words = [sys.executable, "-c", LOADING, name, str(path), str(times)]
    seconds, megabytes = subprocess.run(words, capture_output=True, text=True, check=True).stdout.split()
    return Loaded(float(seconds), float(megabytes))


def list_a_piece(cassette: Cassette, path: Path) -> Path:
    """The same stream as other formats write it: a mapping for each piece."""
    response = cassette.interactions[0].response
    assert response.stream is not None
    start, items = 0, []
    for frame in response.stream.frames:
        items.append({"at_ms": frame.at_ms, "data": response.body[start : start + frame.size].decode()})
        start += frame.size
    path.write_text(yaml.dump(items, Dumper=yaml.CSafeDumper))
    return path


def measure_loading(folder: Path) -> bool:
    many = tape(*(json.dumps(question(n)).encode() for n in range(10_000)), parts=pieces(12))
    long = tape(json.dumps(question(0)).encode(), parts=pieces(100_000))
    for name, cassette in (("many", many), ("long", long)):
        for kind in ("yaml", "json"):
            save_cassette(cassette, folder / f"{name}.{kind}")
    each = list_a_piece(long, folder / "each.yaml")
    print(f"{'':32}{'file, MB':>10}{'seconds':>10}{'grows, MB':>12}{'file x':>9}")
    costs = {
        (name, path.name): shown(name, path)
        for name, path in (
            *(("ours", folder / f"many.{kind}") for kind in ("yaml", "json")),
            *(("vcrpy", folder / f"many.{kind}") for kind in ("yaml", "json")),
            ("CSafeLoader", folder / "many.yaml"),
            ("json", folder / "many.json"),
            *(("ours", folder / f"long.{kind}") for kind in ("yaml", "json")),
            ("CSafeLoader", folder / "long.yaml"),
            ("json", folder / "long.json"),
            ("CSafeLoader", each),
        )
    }
    return judged(costs)


def shown(name: str, path: Path) -> Loaded:
    cost, size = load(name, path), path.stat().st_size / 1e6
    row = f"{name:12}{path.name:20}{size:>10.1f}{cost.seconds:>10.3f}{cost.megabytes:>12.0f}"
    print(f"{row}{cost.megabytes / size:>9.1f}", flush=True)
    return cost


def judged(costs: dict[tuple[str, str], Loaded]) -> bool:
    by_list = costs["CSafeLoader", "each.yaml"].seconds
    ratios = {
        "10,000 interactions, CSafeLoader / ours": (
            costs["CSafeLoader", "many.yaml"].seconds / costs["ours", "many.yaml"].seconds,
            1.0,
        ),
        "10,000 interactions, vcrpy / ours": (
            costs["vcrpy", "many.yaml"].seconds / costs["ours", "many.yaml"].seconds,
            1.0,
        ),
        "100,000 pieces, a list by CSafeLoader / ours, YAML": (
            by_list / costs["ours", "long.yaml"].seconds,
            10.0,
        ),
        "100,000 pieces, a list by CSafeLoader / ours, JSON": (
            by_list / costs["ours", "long.json"].seconds,
            10.0,
        ),
    }
    for words, (ratio, target) in ratios.items():
        print(f"{words}: {ratio:.1f} (target at least {target:.0f})")
    return all(ratio >= target for ratio, target in ratios.values())


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--only", choices=["asking", "large", "loading"])
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        parts: dict[str, Callable[[], bool]] = {
            "asking": lambda: measure_asking(folder, given.rounds),
            "large": lambda: measure_large(folder),
            "loading": lambda: measure_loading(folder),
        }
        kept = [part() for word, part in parts.items() if given.only in (None, word)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
