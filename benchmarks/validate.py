"""How fast is the contract check? Beside jsonschema, and beside msgspec with jsonschema-rs alone, in turns, in one run.

    python benchmarks/validate.py [--chunks 100000] [--rounds 5]

The floor decodes a chunk with msgspec and asks jsonschema-rs whether it fits; it reads no stream, no order and no
repeated key. jsonschema is given chunks that are decoded already, a sample of them. Ours is the whole check of a
stream: bytes in reads of 16 KiB, events, text that is no UTF-8, chunks, keys, schema and order.

Ordinary: chunks that differ in their text, as they do. The long way: the same, every chunk decoded. Beside the text:
a second string that varies too. Never alike: a number that varies in every chunk. Invalid: the same fault in every
chunk; a new fault in every chunk, which is explained each time, by ours and by jsonschema.

Then the memory of a stream ten times as long. Times are of the processor. Exits 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import tracemalloc
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
import jsonschema_rs
import msgspec

from harness.contract.stream import StreamCheck
from harness.disk.schemas import load_schema
from harness.disk.validation import contract_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

READ = 16384
SAMPLE = 1000
"""Chunks that jsonschema is given of each stream."""
AGAINST_JSONSCHEMA, AGAINST_FLOOR, AGAINST_EXPLAINING, GROWTH = 80.0, 0.5, 0.8, 1.1

CONTRACT = contract_for("vitalentum")
SCHEMA: Any = dict(load_schema("vitalentum", "chunk"))
STAMP = {
    "id": "chatcmpl-7",
    "object": "chat.completion.chunk",
    "created": 1693526400,
    "model": "gpt-3.5-turbo",
}
WORDS = [
    " the",
    " quick",
    " brown",
    " fox",
    ".",
    "\n\n",
    " über",
    " 狐",
    ' "',
    " jumps",
    "!",
    " over",
    "I",
    " lazy",
]


def chunk(number: int, **more: Any) -> dict[str, Any]:
    delta = {"content": WORDS[number % len(WORDS)]}
    return STAMP | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} | more


def ordinary(number: int) -> dict[str, Any]:
    return chunk(number)


def beside_the_text(number: int) -> dict[str, Any]:
    return chunk(number, system_fingerprint=f"fp_{number:x}")


def never_alike(number: int) -> dict[str, Any]:
    usage = {"prompt_tokens": number, "completion_tokens": 1, "total_tokens": number + 1}
    return chunk(number, usage=usage)


def same_fault(number: int) -> dict[str, Any]:
    return chunk(number, object="chunk")


def new_fault(number: int) -> dict[str, Any]:
    return chunk(number, **{f"field_{number}": 1})


class Kind(NamedTuple):
    """One row: what each chunk is, and whether ours may take its short way."""

    name: str
    make: Callable[[int], dict[str, Any]]
    shortcut: bool = True
    share: int = 1
    """One chunk of so many is made; explaining takes long."""


KINDS = (
    Kind("ordinary", ordinary),
    Kind("ordinary, the long way", ordinary, shortcut=False),
    Kind("a string beside the text varies", beside_the_text),
    Kind("never alike", never_alike),
    Kind("invalid, one fault", same_fault),
    Kind("invalid, a new fault each", new_fault, share=5),
)


class Costs(NamedTuple):
    """Microseconds of the processor for one chunk."""

    ours: float
    floor: float
    jsonschema: float


def texts(kind: Kind, chunks: int) -> list[str]:
    return [json.dumps(kind.make(n), separators=(",", ":"), ensure_ascii=False) for n in range(chunks)]


def first() -> str:
    return json.dumps(
        STAMP
        | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
    )


def stream(events: Iterable[str]) -> bytes:
    return "".join(f"data: {text}\n\n" for text in events).encode()


def checked(body: bytes, *, shortcut: bool = True) -> StreamCheck:
    check = StreamCheck(CONTRACT, shortcut=shortcut)
    for at in range(0, len(body), READ):
        check.feed(body[at : at + READ])
    return check


def timed(work: Callable[[], object], count: int) -> float:
    began = time.process_time()
    work()
    return 1e6 * (time.process_time() - began) / count


def measure(kind: Kind, chunks: int, rounds: int) -> Costs:
    events = texts(kind, chunks // kind.share)
    body, count = stream([first(), *events]), len(events)
    decoded = [json.loads(text) for text in events[:SAMPLE]]
    fast = jsonschema_rs.Draft202012Validator(SCHEMA)
    closed: Any = CONTRACT.chunk("message").schema
    slow = jsonschema.Draft202012Validator(closed)

    def floor() -> None:
        for text in events:
            fast.is_valid(msgspec.json.decode(text))

    def reference() -> None:
        for document in decoded:
            for _ in slow.iter_errors(document):
                pass

    turns = [
        (
            timed(lambda: checked(body, shortcut=kind.shortcut), count),
            timed(floor, count),
            timed(reference, len(decoded)),
        )
        for _ in range(rounds)
    ]
    return Costs(*(min(column) for column in zip(*turns, strict=True)))


def measure_all(chunks: int, rounds: int) -> bool:
    print(
        f"{'us a chunk':34}{'ours':>9}{'floor':>9}{'jsonschema':>12}{'jsonschema/ours':>17}{'floor/ours':>12}"
    )
    found = {}
    for kind in KINDS:
        found[kind.name] = costs = measure(kind, chunks, rounds)
        ratios = costs.jsonschema / costs.ours, costs.floor / costs.ours
        print(
            f"{kind.name:34}{costs.ours:>9.2f}{costs.floor:>9.2f}{costs.jsonschema:>12.1f}"
            f"{ratios[0]:>17.1f}{ratios[1]:>12.2f}",
            flush=True,
        )
    plain, explaining = found["ordinary"], measure_explaining(rounds)
    kept = [
        told("ordinary, jsonschema / ours", plain.jsonschema / plain.ours, AGAINST_JSONSCHEMA),
        told("ordinary, floor / ours", plain.floor / plain.ours, AGAINST_FLOOR),
        told("explaining alone, jsonschema / ours", explaining, AGAINST_EXPLAINING),
    ]
    return all(kept)


def measure_explaining(rounds: int) -> float:
    """How many times as fast as jsonschema ours puts the faults of a chunk into words, without the stream around it."""
    document = CONTRACT.chunk("message")
    closed: Any = document.schema
    slow = jsonschema.Draft202012Validator(closed)
    chunks = [new_fault(number) for number in range(SAMPLE)]
    turns = [
        (
            timed(lambda: [document.faults(each) for each in chunks], SAMPLE),
            timed(lambda: [list(slow.iter_errors(each)) for each in chunks], SAMPLE),
        )
        for _ in range(2 * rounds)
    ]
    return min(theirs for _, theirs in turns) / min(ours for ours, _ in turns)


def told(what: str, ratio: float, target: float) -> bool:
    print(f"{what}: {ratio:.2f} (target at least {target:g}): {'yes' if ratio >= target else 'NO'}")
    return ratio >= target


def peak(kind: Kind, chunks: int) -> int:
    """Bytes that a check holds at most, the stream's own not counted: it is made while it is fed."""
    check = StreamCheck(CONTRACT)
    tracemalloc.start()
    check.feed(stream([first()]))
    for start in range(0, chunks, 50):
        check.feed(stream(json.dumps(kind.make(n)) for n in range(start, start + 50)))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def measure_memory(chunks: int) -> bool:
    kept = True
    for kind in KINDS:
        if not kind.shortcut:
            continue
        size = chunks // (40 if kind.share == 1 else 20 * kind.share)
        short, long = peak(kind, size), peak(kind, 10 * size)
        print(
            f"memory, {kind.name}: {short / 1e3:.0f} kB for {size:,} chunks, {long / 1e3:.0f} kB for {10 * size:,}"
        )
        kept = kept and long / short <= GROWTH
    print(f"ten times the stream, at most {GROWTH} times the memory: {'yes' if kept else 'NO'}")
    return kept


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--chunks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    kept = [measure_all(given.chunks, given.rounds), measure_memory(given.chunks)]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
