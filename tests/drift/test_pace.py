"""Times of a stream, one number each."""

from __future__ import annotations

from harness.cassette.model import Frame, Response, StreamRecord
from harness.drift.notes import Notes, value_of
from harness.drift.pace import look_at_pace

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
