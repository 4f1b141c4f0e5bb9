"""How fast a reply came: numbers of one stream, from its frames. Pure; under `pace`.

Times are those of events, not of pieces, and gaps are a mean over the stream, so that the same bytes in other cuts are
the same pace.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from harness.cassette.model import End

if TYPE_CHECKING:
    from harness.cassette.model import StreamRecord
    from harness.drift.summary import Notes

ENOUGH = 4
"""Events from which on a stream has a pace."""
AT_ONCE = 0.02
"""Share of its whole time within which a reply comes that somebody has held back."""
STALL = 10.0
"""A gap so many times the mean of the others, and at least STALL_MS, is a stall."""
STALL_MS = 1000.0
BURST_MS = 40.0
"""A reply held back takes at least so long in all; a shorter one is merely quick."""


def note_pace(notes: Notes, record: StreamRecord, body: bytes) -> None:
    """The numbers of one recorded stream; nothing where it was cut off or its frames do not fit."""
    frames = [frame for frame in record.frames if frame.size]
    if (
        not frames
        or sum(frame.size for frame in frames) != len(body)
        or record.end not in (End.COMPLETE, End.TRUNCATED)
    ):
        return
    times = _event_times([(frame.at_ms, frame.size) for frame in frames], body)
    notes.size(frames[0].at_ms, "pace", "ttft")
    notes.size(max(record.end_ms, frames[-1].at_ms), "pace", "duration")
    notes.size(max(record.end_ms - frames[-1].at_ms, 1.0), "pace", "tail")
    if len(times) >= ENOUGH:
        _note_gaps(notes, times)


def _note_gaps(notes: Notes, times: list[float]) -> None:
    span, gaps = (
        times[-1] - times[0],
        [later - earlier for earlier, later in pairwise(times)],
    )
    mean = span / len(gaps)
    notes.size(mean, "pace", "gap")
    notes.size(sorted(gaps)[int(0.95 * (len(gaps) - 1) + 0.5)], "pace", "gap-p95")
    notes.size(times[-1] / len(times), "pace", "duration-each")
    if times[-1] >= BURST_MS and span <= AT_ONCE * times[-1]:
        notes.saw("pace", "burst")
    longest = max(gaps)
    if longest >= STALL_MS and longest >= STALL * max((span - longest) / max(len(gaps) - 1, 1), 1.0):
        notes.saw("pace", "stall")
    notes.saw("pace", "gaps")


def _event_times(frames: list[tuple[float, int]], body: bytes) -> list[float]:
    """When each event was whole."""
    ends = _event_ends(body)
    times: list[float] = []
    seen, number = 0, 0
    for at_ms, size in frames:
        seen += size
        while number < len(ends) and ends[number] <= seen:
            times.append(at_ms)
            number += 1
    return times


def _event_ends(body: bytes) -> list[int]:
    """Offsets just after each blank line that ends an event."""
    mark = b"\r\n\r\n" if b"\r\n\r\n" in body else b"\r\r" if b"\r\r" in body else b"\n\n"
    ends: list[int] = []
    at = body.find(mark)
    while at >= 0:
        ends.append(at + len(mark))
        at = body.find(mark, at + len(mark))
    return ends
