"""What does it cost to know a corpus? Summarising recordings beside `json.loads` on their chunks, in turns, in one run.

    python benchmarks/summarise.py [--chunks 100000] [--rounds 5]

Ordinary: streams of sixty chunks that differ in their text, as they do; the summary looks at request, head, framing,
chunks, order and pace of each. Short: streams of six chunks, where the rest of an exchange weighs more. Never alike: a
second string varies in every chunk, so that each is taken apart. `json.loads` reads the same chunks, already cut out.

Then: comparing two summaries, merging a hundred, and the memory of four times as many streams. Times are of the
processor. Exits 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING

import msgspec

from harness import get_upstream
from harness.cassette.model import Frame, Interaction, Request, Response, StreamRecord
from harness.drift.compare import compare_summaries
from harness.drift.document import to_document
from harness.drift.shape import merge_all
from harness.drift.summarise import summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from harness.drift.shape import Summary

UPSTREAM = get_upstream("vitalentum")
MOST, MOST_MS, GROWTH = 2.0, 20.0, 1.2
WORDS = [" the", " quick", " brown", " fox", ".", "\n\n", " über", " 狐", ' "', " jumps"]
HEADERS = (
    ("Content-Type", "text/event-stream;charset=utf-8"),
    ("Cache-Control", "no-cache, no-transform"),
    ("Transfer-Encoding", "chunked"),
    ("Server", "Vercel"),
)
ASKED = (("Accept", "text/event-stream"), ("Content-Type", "application/json"))


def recording(number: int, size: int, *, alike: bool) -> Interaction:
    """A reply of so many chunks; where they are not *alike*, another string varies as well."""
    dice = random.Random(number)
    stamp = {
        "id": f"chatcmpl-{number:020x}",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000 + number,
        "model": "gpt-3.5-turbo-0613",
    }
    deltas = [
        {"role": "assistant", "content": ""},
        *({"content": dice.choice(WORDS)} for _ in range(size - 2)),
        {},
    ]
    chunks = []
    for place, delta in enumerate(deltas):
        reason = "stop" if place == size - 1 else None
        chunk = {**stamp, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        chunks.append(chunk if alike else {**chunk, "obfuscation": f"{dice.getrandbits(40):x}"})
    events = [
        f"data: {json.dumps(chunk, ensure_ascii=False, separators=(',', ':'))}\n\n".encode()
        for chunk in chunks
    ]
    events.append(b"data: [DONE]\n\n")
    frames = tuple(
        Frame(300.0 + 30 * place * dice.lognormvariate(0, 0.1), len(event))
        for place, event in enumerate(events)
    )
    frames = tuple(sorted(frames, key=lambda frame: frame.at_ms))
    text = json.dumps({"history": [{"speaker": "human", "text": f"Question {number}"}]})
    request = Request(
        "POST", f"{UPSTREAM.base_url}{UPSTREAM.path}", ASKED, json.dumps({"conversation": text}).encode()
    )
    record = StreamRecord(frames, "complete", frames[-1].at_ms + 2, upstream="vitalentum", http_version="1.1")
    return Interaction(request, Response(200, "OK", HEADERS, b"".join(events), record))


def chunks_of(recordings: list[Interaction]) -> list[str]:
    """The chunks, as texts."""
    lines = (line for each in recordings for line in each.response.body.decode().split("\n"))
    return [line[6:] for line in lines if line.startswith("data: {")]


def best(work: Callable[[], object], rounds: int) -> float:
    """The least seconds of the processor."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def ratio(name: str, recordings: list[Interaction], rounds: int) -> float:
    """How many times the cost of `json.loads` a summary is; printed as a row."""
    chunks = chunks_of(recordings)
    loads = best(lambda: [json.loads(chunk) for chunk in chunks], rounds)
    ours = best(lambda: summarise(recordings, UPSTREAM), rounds)
    print(
        f"| {name} | {len(chunks):,} | {len(chunks) / ours:,.0f} | {len(chunks) / loads:,.0f} | {ours / loads:.2f} |"
    )
    return ours / loads


def peak(size: int) -> int:
    """The most memory that summarising so many streams takes, in bytes, the recordings themselves not counted."""
    sent: Iterator[Interaction] = (recording(number, 6, alike=True) for number in range(size))
    tracemalloc.start()
    summarise(sent, UPSTREAM)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def sides(recordings: list[Interaction]) -> tuple[Summary, Summary]:
    """Two summaries, of each second recording."""
    return summarise(recordings[::2], UPSTREAM), summarise(recordings[1::2], UPSTREAM)


def main() -> int:
    """Print the tables; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(
        "| streams | chunks | summarised /s | json.loads /s | times json.loads |\n| --- | --- | --- | --- | --- |"
    )
    ordinary = [recording(number, 60, alike=True) for number in range(asked.chunks // 60)]
    cost = ratio("ordinary, 60 chunks each", ordinary, asked.rounds)
    ratio(
        "short, 6 chunks each", [recording(n, 6, alike=True) for n in range(asked.chunks // 60)], asked.rounds
    )
    ratio(
        "never alike, 60 chunks each",
        [recording(n, 60, alike=False) for n in range(asked.chunks // 600)],
        asked.rounds,
    )
    before, now = sides(ordinary)
    compare_summaries(before, now, UPSTREAM)  # the first one imports scipy
    compared = 1000 * best(lambda: compare_summaries(before, now, UPSTREAM), 20)
    parts = [summarise([each], UPSTREAM) for each in ordinary[:100]]
    merged = 1000 * best(lambda: merge_all(parts), 5)
    small, large = peak(5_000), peak(20_000)
    size = len(msgspec.json.encode(to_document(before)))
    print(
        f"\ncomparing two summaries: {compared:.1f} ms (at most {MOST_MS:.0f}); merging 100: {merged:.1f} ms"
    )
    print(f"a summary of {len(ordinary) // 2} streams as JSON: {size / 1024:.0f} KiB")
    print(
        f"memory: {small / 1024:.0f} KiB for 5,000 streams, {large / 1024:.0f} KiB for 20,000 (at most {GROWTH} times)"
    )
    return int(cost > MOST or compared > MOST_MS or large > GROWTH * small)


if __name__ == "__main__":
    sys.exit(main())
