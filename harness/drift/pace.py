"""How a reply arrived, in one number a stream each: when it began, how far apart its events came, how long it took.

An event has arrived with the piece that ends it, and gaps are a mean over the stream, so that other cuts of the same
bytes change little. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from harness.cassette.model import End
from harness.upstreams.upstream import Framing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.cassette.model import Frame, Response, StreamRecord
    from harness.drift.notes import Notes

ENOUGH = 4
"""Events from which on a stream has a pace."""
AT_ONCE = 0.02
"""Share of its whole time within which a reply comes that somebody has held back."""
BURST = 40.0
"""Milliseconds that a reply which was held back takes at least; a shorter one is merely quick."""
STALL = 10.0
"""A gap so many times the mean of the others is a stall, if it lasts `STALL_MS`."""
STALL_MS = 1000.0

_LINE = re.compile(rb"[^\r\n]+(?:\r\n|\n|\r|\Z)")
_BLANK = re.compile(rb"\r\n\r\n|\n\n|\r\r")


def look_at_pace(notes: Notes, response: Response, framing: Framing = Framing.SSE) -> None:
    """Note times in milliseconds; nothing where the tape kept none, or where the stream broke."""
    stream = response.stream
    if stream is None or not _is_timed(stream, len(response.body)):
        return
    last = stream.frames[-1].at_ms
    end = max(stream.end_ms, last)
    notes.note("fact", "timed")
    notes.number(stream.frames[0].at_ms, "ttft")
    notes.number(end, "duration")
    notes.number(max(end - last, 1.0), "tail")
    times = _arrivals(stream.frames, _event_ends(response.body, framing))
    if len(times) >= ENOUGH:
        _look_at_gaps(notes, times, is_whole=len(stream.frames) == 1)


def _is_timed(stream: StreamRecord, size: int) -> bool:
    fits = sum(frame.size for frame in stream.frames) == size
    return bool(stream.frames) and fits and stream.end in (End.COMPLETE, End.TRUNCATED)


def _look_at_gaps(notes: Notes, times: list[float], *, is_whole: bool) -> None:
    gaps = [other - one for one, other in pairwise(times)]
    span, longest = times[-1] - times[0], max(gaps)
    notes.number(times[-1] / len(times), "duration-each")
    if is_whole:  # one piece tells nothing of the pace
        return
    notes.note("fact", "paced")
    if times[-1] >= BURST and span <= AT_ONCE * times[-1]:
        notes.note("fact", "burst")
    notes.number(span / len(gaps), "inter-chunk")
    notes.number(sorted(gaps)[int(0.95 * (len(gaps) - 1) + 0.5)], "inter-chunk-slowest")
    others = max((span - longest) / max(len(gaps) - 1, 1), 1.0)
    if longest >= max(STALL_MS, STALL * others):
        notes.note("fact", "stall")


def _arrivals(frames: Sequence[Frame], ends: Iterable[int]) -> list[float]:
    """When each event was whole: with the first piece that reaches to its end."""
    reached = list(accumulate(frame.size for frame in frames))
    times = [frame.at_ms for frame in frames]
    return [times[bisect_left(reached, end)] for end in ends]


def _event_ends(body: bytes, framing: Framing) -> list[int]:
    """Where each blank line that ends an event is over; of lines of JSON, where each line is."""
    if framing is Framing.NDJSON:
        return [match.end() for match in _LINE.finditer(body)]
    if b"\r" in body:
        return [match.end() for match in _BLANK.finditer(body)]
    sizes = [len(event) + 2 for event in body.split(b"\n\n")[:-1]]
    return list(accumulate(sizes))
