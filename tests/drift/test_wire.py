"""The bytes of a stream."""

import pytest

from harness.drift.summary import Notes
from harness.drift.wire import form_of, is_mojibake, note_wire


def seen(body):
    notes = Notes()
    note_wire(notes, body)
    return notes.summary()


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (b"data: {}\n\n", "sse"),
        (b": hello\r\rdata: x\r\r", "sse"),
        (b'{"a": 1}', "json"),
        (b'{"a": 1}\n{"b": 2}\n', "ndjson"),
        (b"<html>", "page"),
        (b" \n", "empty"),
        (b"hello", "text"),
    ],
)
def test_a_body_has_a_form(body, form):
    assert form_of(body) == form


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        (b"\xef\xbb\xbfdata: x\n\n", ("wire", "bom")),
        (b"data: a\ndata: b\n\n", ("wire", "multi-line")),
        (b": hi\n\n", ("wire", "comment")),
        (b"hello\n\n", ("wire", "strange-line")),
        (b"data\n\n", ("wire", "bare-data")),
        (b"id: 1\n\n", ("wire", "field", "id")),
        (b"data: \xe9\n\n", ("wire", "utf8-invalid")),
        ("data: \ufffd\n\n".encode(), ("wire", "replacement")),
    ],
)
def test_what_is_out_of_the_ordinary_is_seen(body, fact):
    assert seen(body).count(*fact) == 1
    assert seen(b"data: x\n\n").count(*fact) == 0


@pytest.mark.parametrize(("end", "name"), [(b"\n", "lf"), (b"\r\n", "crlf"), (b"\r", "cr")])
def test_line_ends_are_told_apart(end, name):
    assert seen(b"data: x" + end * 2).vocabulary("wire", "line-end") == {name: 1}


def test_the_space_is_a_word_of_its_own():
    assert seen(b"data:x\n\n").vocabulary("wire", "colon") == {"no-space": 1}
    assert seen(b"data: x\n\n").vocabulary("wire", "colon") == {"space": 1}


def test_a_line_that_was_cut_off_is_no_strange_line():
    assert seen(b"data: x\n\ndat").count("wire", "strange-line") == 0


@pytest.mark.parametrize(("text", "broken"), [("naÃ¯ve cafÃ©", True), ("naïve café", False), ("plain", False), ("Привет", False)])
def test_text_encoded_twice_is_known(text, broken):
    assert is_mojibake(text) is broken
