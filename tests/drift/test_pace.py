"""Times of a stream, one number each."""

from __future__ import annotations

from harness.cassette.model import Frame, Response, StreamRecord
from harness.drift.notes import Notes, value_of
from harness.drift.pace import look_at_pace
from harness.upstreams.upstream import Framing

BODY = b"data: 1\n\n" * 4


def paces(frames):
    notes = Notes()
    look_at_pace(notes, Response(200, "OK", (), BODY, StreamRecord(frames, "complete", 400.0)))
    found = notes.summary().numbers
    return {key[0]: round(value_of(next(iter(steps)))) for key, steps in found.items()}


def test_the_mean_gap_does_not_depend_on_the_cuts():
    one = paces(tuple(Frame(100.0 + 100 * number, 9) for number in range(4)))
    byte = paces(tuple(Frame(100.0 + 100 * (number // 9), 1) for number in range(36)))
    assert one["inter-chunk"] == byte["inter-chunk"]
    assert 95 < one["inter-chunk"] < 105


def test_a_tape_without_pieces_has_no_times():
    notes = Notes()
    look_at_pace(notes, Response(200, "OK", (), BODY))
    assert notes.summary().numbers == {}


def test_lines_of_json_have_a_pace_too():
    notes, body = Notes(), b'{"a":1}\r\n{"a":2}\n\n{"a":3}\n{"a":4}'
    frames = (Frame(100.0, 9), Frame(150.0, 8), Frame(200.0, 9), Frame(250.0, 7))
    look_at_pace(
        notes, Response(200, "OK", (), body, StreamRecord(frames, "complete", 251.0)), Framing.NDJSON
    )
    steps = notes.summary().scale("inter-chunk")
    assert [round(value_of(step), -1) for step in steps] == [50]
