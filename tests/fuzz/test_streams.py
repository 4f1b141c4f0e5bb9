"""The inputs of the laws: each odd in its own way only, and plain when it is shrunk."""

from __future__ import annotations

import pytest
from hypothesis import Phase, find, given, settings

from harness.fuzz import streams
from harness.fuzz.streams import BOM, Stream, joined, whole

QUIET = settings(database=None, max_examples=500)
LOOK = settings(QUIET, phases=[Phase.generate])


def test_a_stream_is_its_pieces():
    assert Stream((b"a", b"", b"b")).body == b"ab"
    assert whole(b"ab").pieces == (b"ab",)


def test_lines_and_blank_lines_are_joined():
    assert joined([[b"data: a"], []], b"\r\n") == b"data: a\r\n\r\n\r\n"


@pytest.mark.parametrize("make", [streams.cut_anywhere, streams.with_empty_pieces])
def test_the_plainest_stream_is_one_plain_event(make):
    assert find(make(), lambda stream: True, settings=QUIET).body == b"data: a\n\n"


@given(streams.cut_in_characters())
def test_cuts_in_characters_are_nowhere_else(stream):
    assert all(piece[0] & 0xC0 == 0x80 for piece in stream.pieces[1:])
    assert stream.body.decode()


@given(streams.cut_in_line_ends())
def test_cuts_in_line_ends_are_nowhere_else(stream):
    assert all(piece.endswith(b"\r") for piece in stream.pieces[:-1])
    assert all(piece.startswith(b"\n") for piece in stream.pieces[1:])


@given(streams.mixed_line_ends())
def test_each_line_has_an_end_of_its_own(stream):
    plain = stream.body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    assert plain.startswith((b"data: ", b"event: ", b"id: "))
    assert plain.endswith(b"\n")


@pytest.mark.parametrize(
    ("make", "shown"),
    [
        (streams.with_empty_pieces, lambda stream: b"" in stream.pieces[:-1]),
        (streams.with_empty_pieces, lambda stream: stream.pieces[-1] == b""),
        (streams.with_empty_pieces, lambda stream: b"\r" in b"".join(stream.pieces) and b"" in stream.pieces),
        (streams.mixed_line_ends, lambda stream: b"\n\r\n" in stream.body.replace(b"\r\n\r\n", b"")),
        (streams.with_marks, lambda stream: stream.body.startswith(BOM + BOM)),
        (streams.with_marks, lambda stream: stream.pieces[-1].startswith(BOM) and len(stream.pieces) > 1),
        (streams.cut_in_characters, lambda stream: stream.body.startswith(BOM) and len(stream.pieces) > 3),
        (streams.cut_anywhere, lambda stream: len(stream.pieces) == len(stream.body)),
    ],
)
def test_the_odd_cases_are_among_them(make, shown):
    assert find(make(), shown, settings=LOOK)
