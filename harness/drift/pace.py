"""How a reply arrived, in one number a stream: when it began, how far apart its events came, how long it took.

An event has arrived with the piece that ends it, so that other cuts of the same bytes change little.
"""

from __future__ import annotations

import re
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.cassette.model import Response
    from harness.drift.notes import Notes

_BLANK = re.compile(rb"\r\n\r\n|\n\n|\r\r")


def look_at_pace(notes: Notes, response: Response) -> None:
    """Note times in milliseconds; nothing where the tape kept none."""
    stream = response.stream
    if stream is None or not stream.frames:
        return
    notes.note("fact", "timed")
    notes.number(stream.frames[0].at_ms, "ttft")
    notes.number(max(stream.end_ms, stream.frames[-1].at_ms), "duration")
    times = _arrivals(response)
    if len(times) > 2 and len(stream.frames) > 1:  # one piece tells nothing of the pace
        gaps = [other - one for one, other in pairwise(times)]
        notes.number(sum(gaps) / len(gaps), "inter-chunk")
        notes.number(max(gaps), "stall")


def _arrivals(response: Response) -> list[float]:
    """When each event was whole."""
    frames = response.stream.frames if response.stream is not None else ()
    ends = list(accumulate(frame.size for frame in frames))
    times: list[float] = []
    place = 0
    for match in _BLANK.finditer(response.body):
        while place < len(ends) - 1 and ends[place] < match.end():
            place += 1
        times.append(frames[place].at_ms)
    return times
