"""Framing, read off the bytes."""

from __future__ import annotations

import pytest

from harness.drift.notes import Notes
from harness.drift.wire import look_at_framing
from harness.upstreams.upstream import Framing


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        (b"data: 1\n\n", "data-spaced"),
        (b"data:1\n\n", "data-tight"),
        (b"data: 1\r\n\r\n", "lines-crlf"),
        (b"data: 1\r\r", "lines-cr"),
        (b"\xef\xbb\xbfdata: 1\n\n", "bom"),
        (b"data: {\ndata: }\n\n", "data-many-lines"),
        (b": hello\n\n", "comment"),
        (b"event: x\ndata: 1\n\n", "field-event"),
        (b'{"a": 1}\n', "bare-json"),
        (b"data: \xff\n\n", "utf8-invalid"),
        ("data: \ufffd\n\n".encode(), "replacement-character"),
        (b"data: 1\n", "ending-unfinished"),
        (b"data: \xe2\x82", "utf8-cut"),
    ],
)
def test_a_fact_is_seen(body, fact):
    notes = Notes()
    look_at_framing(notes, body)
    assert notes.summary().count("fact", fact) == 1


def test_an_ordinary_stream_has_ordinary_facts():
    notes = Notes()
    look_at_framing(notes, b"data: 1\n\ndata: 2\n\n")
    assert {key[1] for key in notes.summary().tallies} == {"lines-lf", "data", "data-spaced"}


@pytest.mark.parametrize(("body", "is_cut"), [(b'{"a": 1}\n', False), (b'{"a": 1}\n{"a"', True)])
def test_a_line_of_json_is_finished_with_its_line(body, is_cut):
    notes = Notes()
    look_at_framing(notes, body, Framing.NDJSON)
    assert bool(notes.summary().count("fact", "ending-unfinished")) is is_cut
