"""How fast a reply came."""

import pytest

from harness.cassette.model import End, Frame, StreamRecord
from harness.drift.pace import note_pace
from harness.drift.summary import Notes

EVENT = b"data: x\n\n"


def seen(times, *, body=None, sizes=None, end=End.COMPLETE, tail=5.0):
    notes = Notes()
    whole = EVENT * len(times) if body is None else body
    frames = tuple(map(Frame, times, sizes or [len(EVENT)] * len(times)))
    note_pace(notes, StreamRecord(frames, end, times[-1] + tail), whole)
    return notes.summary()


def test_a_steady_stream_has_its_numbers():
    found = seen([100.0, 120, 140, 160, 180])
    values = {name: found.values("pace", name)[0] for name in ("ttft", "gap", "duration", "tail")}
    assert values == pytest.approx({"ttft": 100, "gap": 20, "duration": 185, "tail": 5}, rel=0.05)


def test_other_cuts_of_the_same_bytes_are_the_same_pace():
    events = seen([100.0, 120, 140, 160, 180])
    pairs = seen([100.0, 140, 180], body=EVENT * 5, sizes=[9, 18, 18])
    halves = seen([100.0, 100, 120, 140, 160, 180], body=EVENT * 5, sizes=[4, 5, 9, 9, 9, 9])
    assert events.values("pace", "gap") == pairs.values("pace", "gap") == halves.values("pace", "gap")


def test_all_at_once_is_a_burst():
    assert seen([900.0, 900, 900, 901, 901]).count("pace", "burst") == 1
    assert seen([10.0, 10, 10, 10, 10]).count("pace", "burst") == 0


def test_a_long_silence_is_a_stall():
    assert seen([100.0, 120, 140, 5000, 5020]).count("pace", "stall") == 1
    assert seen([100.0, 1200, 2400, 3600, 4800]).count("pace", "stall") == 0


@pytest.mark.parametrize("end", [End.RESET, End.CLOSED, End.CRASH])
def test_what_broke_has_no_pace(end):
    assert seen([1.0, 2, 3, 4], end=end).sizes == {}


def test_frames_that_do_not_fit_the_body_say_nothing():
    assert seen([1.0, 2, 3, 4], body=EVENT).sizes == {}


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_the_line_end_does_not_matter(end):
    event = b"data: x" + end * 2
    found = seen([100.0, 120, 140, 160], body=event * 4, sizes=[len(event)] * 4)
    assert found.values("pace", "gap") == [pytest.approx(20, rel=0.05)]
