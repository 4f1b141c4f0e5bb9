"""How fast is the event-stream parser? Beside other parsers and beside what Python cannot go below, in turns.

    python benchmarks/sse_parse.py [--events 50000] [--rounds 15]

Every reader gets the same pieces of the same chat stream; a figure is the best CPU time of all rounds, in nanoseconds
an event. Ratios hold on a busy machine, figures do not. Two large events, each at two sizes, show that the work grows
with the bytes and not with their square. Exits 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from httpx._decoders import TextDecoder
from httpx_sse._decoders import SSEDecoder, SSELineDecoder
from ld_eventsource.reader import _BufferedLineReader, _SSEReader
from sseclient import SSEClient

from harness.sse import SSEParser

Pieces = list[bytes]
Reader = Callable[[Pieces], int]
"""Reads a stream from its pieces and says how many events it saw."""


def harness(pieces: Pieces) -> int:
    parser = SSEParser(max_stream=None)
    feed = parser.feed
    count = 0
    for piece in pieces:
        if events := feed(piece):
            count += len(events)
    return count


def httpx_sse(pieces: Pieces) -> int:
    """Its decoders, called as its `iter_sse` calls them, without the HTTP and without its generators."""
    text, lines, events = TextDecoder("utf-8"), SSELineDecoder(), SSEDecoder()
    count = 0
    for piece in pieces:
        for line in lines.decode(text.decode(piece)):
            if events.decode(line.rstrip("\n")) is not None:
                count += 1
    return count


def launchdarkly(pieces: Pieces) -> int:
    return _count(_SSEReader(_BufferedLineReader.lines_from(pieces)).events_and_comments())


def sseclient_py(pieces: Pieces) -> int:
    return _count(SSEClient(pieces).events())


def line_loop(pieces: Pieces) -> int:
    """What many clients do: whole lines that start with `data: `. No parser of the standard."""
    count, tail = 0, b""
    for piece in pieces:
        lines = (tail + piece).split(b"\n")
        tail = lines.pop()
        for line in lines:
            if line.startswith(b"data: "):
                line[6:].rstrip(b"\r").decode()
                count += 1
    return count


def bytes_split(pieces: Pieces) -> int:
    """The floor: one split at blank LF lines. No fields, no text, no other line ends."""
    count, tail = 0, b""
    for piece in pieces:
        blocks = (tail + piece).split(b"\n\n")
        tail = blocks.pop()
        count += len(blocks)
    return count


def _count(events: Iterable[object]) -> int:
    return sum(1 for _ in events)


READERS: dict[str, Reader] = {
    "harness.sse": harness,
    "httpx-sse 0.4.3, its decoders": httpx_sse,
    "launchdarkly-eventsource 1.7.4": launchdarkly,
    "sseclient-py 1.9.0": sseclient_py,
    "line loop (not conformant)": line_loop,
    "floor: bytes.split": bytes_split,
}
OURS, HTTPX_SSE, FLOOR = "harness.sse", "httpx-sse 0.4.3, its decoders", "floor: bytes.split"


@dataclass(frozen=True)
class Case:
    """One way in which a stream may come."""

    name: str
    pieces: Pieces
    events: int
    without: frozenset[str] = frozenset()
    """Readers that cannot read it."""


def cases(events: int) -> list[Case]:
    payloads = chunks(events)
    plain = [b"data: %b\n\n" % payload for payload in payloads]
    crlf = b"".join(b"data: %b\r\n\r\n" % payload for payload in payloads)
    fields = b"".join(b"event: delta\nid: %d\ndata: %b\n\n" % pair for pair in enumerate(payloads))
    few = events // 50
    return [
        Case("(i) an event a feed", plain, events),
        Case("(ii) 16 KiB feeds", cut(b"".join(plain), 16384), events),
        Case("(iii) 1-byte feeds", cut(b"".join(plain[:few]), 1), few),
        Case("(iv) 16 KiB feeds, CRLF", cut(crlf, 16384), events, frozenset({FLOOR})),
        Case("(v) 16 KiB feeds, event + id + data", cut(fields, 16384), events),
    ]


ASCII_WORDS = [
    "the",
    "of",
    "and",
    "model",
    "stream",
    "token",
    "answer",
    "is",
    "to",
    "in",
    "harness",
    "record",
]
OTHER_WORDS = ["né", "день", "日本", "🙂"]


def chunks(count: int) -> list[bytes]:
    """Chat chunks as OpenAI's service streams them; 2 of 15 hold text beyond ASCII."""
    dice = random.Random(7)
    ascii_words = [
        "the",
        "of",
        "and",
        "model",
        "stream",
        "token",
        "answer",
        "is",
        "to",
        "in",
        "a",
        "harness",
        "record",
    ]
    other_words = ["né", "день", "日本", "🙂"]
    return [_chunk(dice.choice(other_words if number % 15 < 2 else ascii_words)) for number in range(count)]


def _chunk(word: str) -> bytes:
    choice = {"index": 0, "delta": {"content": f" {word}"}, "finish_reason": None}
    chunk = {"id": "chatcmpl-8x2kQ1Zb7", "object": "chat.completion.chunk", "created": 1699999999}
    return json.dumps(
        {**chunk, "model": "gpt-3.5-turbo-0613", "choices": [choice]}, ensure_ascii=False
    ).encode()


def cut(stream: bytes, size: int) -> Pieces:
    return [stream[at : at + size] for at in range(0, len(stream), size)]


Times = dict[tuple[str, str], float]
"""Nanoseconds an event, by the names of case and reader."""


def measure(all_cases: list[Case], rounds: int) -> Times:
    """The best of some rounds, in which everybody has a turn at everything."""
    best: Times = {}
    for _, case, (name, read) in product(range(rounds), all_cases, READERS.items()):
        if name not in case.without:
            took = _cpu_time(read, case.pieces, case.events) / case.events * 1e9
            best[case.name, name] = min(took, best.get((case.name, name), took))
    return best


def _cpu_time(read: Reader, pieces: Pieces, events: int) -> float:
    start = time.process_time()
    seen = read(pieces)
    took = time.process_time() - start
    assert seen == events, f"{read.__name__} saw {seen} of {events} events"
    return took


@dataclass(frozen=True)
class Target:
    """A promise: how one figure stands to another."""

    what: str
    found: float
    bound: float
    at_least: bool

    @property
    def met(self) -> bool:
        return self.found >= self.bound if self.at_least else self.found <= self.bound

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"| {self.what} | {sign} {self.bound} | {self.found:.2f} | {'met' if self.met else 'MISSED'} |"


TIMES_HTTPX_SSE = {"(i)": 2.5, "(ii)": 2.3, "(iii)": 5, "(v)": 2}
CRLF_AGAINST_LF = 1.5
TWICE_THE_BYTES = 2.5  # linear is 2, quadratic 4


def targets(all_cases: list[Case], best: Times) -> list[Target]:
    named = {case.name.split()[0]: case.name for case in all_cases}
    faster = [
        Target(
            f"{case}: times as fast as httpx-sse",
            best[named[case], HTTPX_SSE] / best[named[case], OURS],
            bound,
            True,
        )
        for case, bound in TIMES_HTTPX_SSE.items()
    ]
    crlf = best[named["(iv)"], OURS] / best[named["(ii)"], OURS]
    return [*faster, Target("(iv): CRLF against LF", crlf, CRLF_AGAINST_LF, False)]


LARGE: dict[str, Callable[[int], bytes]] = {
    "one line, 2 MB to 4 MB": lambda times: b"data: " + b"x" * (2_000_000 * times) + b"\n\n",
    "one event, 50,000 to 100,000 lines": lambda times: b"data: a line of text\n" * (50_000 * times) + b"\n",
}
FEEDS = {"1 KiB": 1024, "1-byte": 1}


def growth(rounds: int) -> list[Target]:
    """How many times the work for an event twice as large takes."""
    return [
        Target(
            f"{name}, {feed} feeds",
            _time_of(make(2), size, rounds) / _time_of(make(1), size, rounds),
            TWICE_THE_BYTES,
            False,
        )
        for (name, make), (feed, size) in product(LARGE.items(), FEEDS.items())
    ]


def _time_of(stream: bytes, size: int, rounds: int) -> float:
    pieces = cut(stream, size)
    return min(_cpu_time(harness, pieces, 1) for _ in range(rounds))


def table(all_cases: list[Case], best: Times) -> Iterator[str]:
    yield "| ns an event (times ours) | " + " | ".join(case.name for case in all_cases) + " |"
    yield "| --- |" + " --- |" * len(all_cases)
    for name in READERS:
        yield f"| {name} | " + " | ".join(_cell(case, name, best) for case in all_cases) + " |"


def _cell(case: Case, name: str, best: Times) -> str:
    if name in case.without:
        return "-"
    took, ours = best[case.name, name], best[case.name, OURS]
    return f"{took:,.0f}" if name == OURS else f"{took:,.0f} ({took / ours:.2f})"


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--events", type=int, default=50_000, help="chunks in the stream")
    options.add_argument("--rounds", type=int, default=15, help="turns of each reader at each case")
    chosen = options.parse_args()
    all_cases = cases(chosen.events)
    best = measure(all_cases, chosen.rounds)
    promises = [*targets(all_cases, best), *growth(min(chosen.rounds, 3))]
    print(*table(all_cases, best), sep="\n")
    print("\n| target | bound | found | |\n| --- | --- | --- | --- |")
    print(*promises, sep="\n")
    return 0 if all(promise.met for promise in promises) else 1


if __name__ == "__main__":
    sys.exit(main())
