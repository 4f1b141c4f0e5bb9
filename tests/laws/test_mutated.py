"""A million mutated streams through our parser: events or the documented error, and always an end.

Plain chance and no strategies: this looks for crashes and hangs where nobody thought of looking. `pytest -s` shows the
rate. A failure names its number, which is its seed.
"""

from __future__ import annotations

import random
import time

import pytest

from harness.errors import LimitError
from harness.sse import SSEParser
from tests.sse.test_vectors import CASES, stream_of

MILLION = 1_000_000
STREAMS = [stream_of(case) for case in CASES if len(stream_of(case)) < 500]
TELLING = [
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b":",
    b" ",
    b"data",
    b"data: ",
    b"id: ",
    b"retry: 1",
    b"\0",
    b"\xef\xbb\xbf",
]


def mutated(chance: random.Random, stream: bytes) -> bytes:
    """The stream with one to four small changes."""
    for _ in range(chance.randrange(1, 5)):
        at, end = sorted((chance.randrange(len(stream) + 1), chance.randrange(len(stream) + 1)))
        kind = chance.randrange(5)
        if kind == 0:
            stream = stream[:at] + bytes([chance.randrange(256)]) + stream[at + 1 :]
        elif kind == 1:
            stream = stream[:at] + chance.choice(TELLING) + stream[at:]
        elif kind == 2:
            stream = stream[:at] + stream[min(end, at + 8) :]
        elif kind == 3:
            stream = stream[:end] + stream[at : at + 16] + stream[end:]
        else:
            stream = stream[:at] + chance.randbytes(3) + stream[at:]
    return stream


def read(chance: random.Random, stream: bytes) -> int:
    """Feed the stream in a few pieces, sometimes within narrow limits; how many events came."""
    limits = {"max_line": 20, "max_event": 40} if chance.random() < 0.1 else {}
    parser, seen, at = SSEParser(**limits), 0, 0
    try:
        while at < len(stream):
            size = chance.choice((1, 2, 7, 64, 4096))
            seen += len(parser.feed(stream[at : at + size]))
            at += size
        parser.close()
    except LimitError:
        assert limits
    return seen


@pytest.mark.parametrize(
    "number", [3000, pytest.param(MILLION, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)
def test_mutated_streams_crash_nothing(number):
    began, events = time.perf_counter(), 0
    for seed in range(number):
        chance = random.Random(seed)
        stream = mutated(chance, chance.choice(STREAMS))
        try:
            events += read(chance, stream)
        except Exception as error:
            raise AssertionError(f"stream {seed}: {stream!r}") from error
    print(
        f"{number:,} streams, {events:,} events, {number / (time.perf_counter() - began):,.0f} streams a second"
    )
    assert events > number / 10
