"""The bytes of a stream, before they mean anything: line ends, spaces, field names, the encoding. Pure; linear.

A reply that is no event stream has only a form: `json`, `ndjson`, `page`, `text` or `empty`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.sse.lines import BOM
from harness.upstreams.jsontext import parse_json

if TYPE_CHECKING:
    from harness.drift.summary import Notes

SSE = "sse"

_FIELD = re.compile(rb"^(data|event|id|retry)(:|$)", re.MULTILINE)
_FIELDS = (b"data", b"event", b"id", b"retry")
_LINE_ENDS = ((b"\r\n", "crlf"), (b"\r", "cr"), (b"\n", "lf"))


def form_of(body: bytes) -> str:
    """What kind of text the body is."""
    text = body.removeprefix(BOM).replace(b"\r", b"\n").strip()
    if not text:
        return "empty"
    if text.startswith(b"<"):
        return "page"
    if text[:1] in b"{[" and not re.search(rb"^data:", text, re.MULTILINE):
        return _json_form(text)
    return SSE if _FIELD.search(text) else "text"


def note_wire(notes: Notes, body: bytes) -> None:
    """The facts of an event stream's bytes, under `wire`."""
    _note_encoding(notes, body)
    if body.startswith(BOM):
        notes.saw("wire", "bom")
    plain = body.removeprefix(BOM)
    for mark, name in _LINE_ENDS:
        if mark in plain:
            notes.word(name, "wire", "line-end")
            plain = plain.replace(mark, b"\x00" if mark != b"\n" else b"\n")
    *lines, _ = plain.replace(b"\x00", b"\n").split(b"\n")  # what no line end ends is no line yet
    datas = 0
    for line in lines:
        datas = _note_line(notes, line, datas)


def _note_line(notes: Notes, line: bytes, datas: int) -> int:
    """One line; gives how many `data` lines the event has so far."""
    if not line:
        return 0
    name, colon, value = line.partition(b":")
    if not name:
        notes.saw("wire", "comment")
        return datas
    if name not in _FIELDS:
        notes.saw("wire", "strange-line")
        return datas
    notes.saw("wire", "field", name.decode())
    if name == b"event":
        notes.word(value.strip().decode("utf-8", "replace")[:48], "wire", "event")
    if name != b"data":
        return datas
    _note_data(notes, bool(colon), value, datas)
    return datas + 1


def _note_data(notes: Notes, colon: bool, value: bytes, datas: int) -> None:
    if datas:
        notes.saw("wire", "multi-line")
    if not colon or not value:
        notes.saw("wire", "bare-data")
    else:
        notes.word("space" if value.startswith(b" ") else "no-space", "wire", "colon")


def _note_encoding(notes: Notes, body: bytes) -> None:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        notes.saw("wire", "utf8-invalid")
        return
    if "\ufffd" in text or "\\ufffd" in text or "\\uFFFD" in text:
        notes.saw("wire", "replacement")


def is_mojibake(text: str) -> bool:
    """Whether *text* is UTF-8 that was taken for Latin-1 or Windows-1252 and encoded again."""
    foreign = [char for char in text if ord(char) > 127]
    if len(foreign) < 2:
        return False
    for codec in ("latin-1", "cp1252"):
        try:
            text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        return True
    return False


def _json_form(text: bytes) -> str:
    try:
        parse_json(text)
    except ValueError:
        return "ndjson" if _is_json(text.split(b"\n")[0]) else "text"
    return "json"


def _is_json(line: bytes) -> bool:
    try:
        parse_json(line)
    except ValueError:
        return False
    return True
