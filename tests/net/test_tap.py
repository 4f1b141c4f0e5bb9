"""A tap passes on what it is told, the coding undone, up to the one end."""

import gzip

import pytest

from harness.errors import UsageError
from harness.net.tap import Tap, WireEnd, head_of
from tests.net.test_wiretap import Notes

PACKED = gzip.compress(b"plain" * 50)


def tapped(*codings: bytes) -> tuple[Tap, Notes]:
    notes = Notes()
    tap = Tap(notes)
    tap.head(head_of(200, b"OK", [(b"Content-Encoding", coding) for coding in codings], "1.1"))
    return tap, notes


def test_a_head_keeps_bytes_that_are_no_utf_8_and_sets_the_coding_apart():
    head = head_of(
        200, b"Tr\xe8s bien", [(b"X-A", b"\xff"), (b"content-encoding", b"gzip"), (b"x-a", b"2")], "1.0"
    )
    assert head == (200, "Tr\xe8s bien", (("X-A", "\xff"), ("x-a", "2")), "1.0", "gzip")


def test_a_piece_that_completes_no_plain_byte_is_no_piece():
    tap, notes = tapped(b"gzip")
    tap.piece(PACKED[:5], 1.0)
    tap.piece(PACKED[5:], 2.0)
    assert notes.pieces == [(2.0, b"plain" * 50)]


def test_what_is_none_of_its_coding_ends_the_answer_short_after_what_was():
    tap, notes = tapped(b"gzip")
    tap.piece(PACKED, 1.0)
    tap.piece(b"and rubbish", 2.0)
    assert notes.body == b"plain" * 50
    assert notes.ends == [(WireEnd.SHORT, 2.0)]


def test_nothing_is_passed_on_after_the_end():
    tap, notes = tapped()
    tap.over(WireEnd.RESET, 1.0)
    tap.piece(b"late", 2.0)
    tap.head(head_of(200, b"OK", [], "1.1"))
    tap.over(WireEnd.CLEAN, 3.0)
    assert (notes.pieces, notes.ends, len(notes.heads)) == ([], [(WireEnd.RESET, 1.0)], 1)


def test_a_body_too_large_for_a_cassette_ends_with_the_limit(monkeypatch):
    monkeypatch.setattr("harness.net.tap.MAX_BODY", 10)
    tap, notes = tapped()
    tap.piece(b"ten bytes.", 1.0)
    tap.piece(b"!", 2.0)
    assert (notes.body, notes.ends) == (b"ten bytes.", [(WireEnd.LIMIT, 2.0)])


def test_two_codings_at_once_are_named():
    with pytest.raises(UsageError, match="gzip, br"):
        tapped(b"gzip", b"br")
