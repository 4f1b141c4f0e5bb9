"""The bytes of a reply into facts about its framing: line ends, fields, comments, spaces, characters, ending.

Reads lines for itself, because a parser rightly forgets what is asked here.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from harness.upstreams.upstream import Framing

if TYPE_CHECKING:
    from harness.drift.notes import Notes

BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_ENDS = {b"\r\n": "crlf", b"\n": "lf", b"\r": "cr"}
_FIELDS = (b"event", b"id", b"retry")
_FINISHED = re.compile(rb"(?:\r\n|\n|\r)(?:\r\n|\n|\r)\s*\Z")
_LINE_FINISHED = re.compile(rb"[\r\n]\s*\Z")
"""Lines of JSON end with their own end; the others with a blank line."""
_TAIL = 64
"""Bytes at the end of a body in which its last blank line is looked for."""
_ORDINARY = frozenset(("fact", word) for word in ("lines-lf", "data", "data-spaced"))
_REPLACED = re.compile(rb"\\u[fF]{3}[dD]")


def look_at_framing(notes: Notes, body: bytes, framing: Framing = Framing.SSE) -> None:
    """Note how the events of this body are framed."""
    if _is_ordinary(body):
        notes.note_all(_ORDINARY)
    else:
        _look_at_lines(notes, body, _FINISHED if framing is Framing.SSE else _LINE_FINISHED)
    _look_at_characters(notes, body)


def _is_ordinary(body: bytes) -> bool:
    """Whether every event is one `data: ` line and an LF: so nearly every stream is, and counting is quick."""
    if not body.startswith(b"data: ") or not body.endswith(b"\n\n") or b"\r" in body:
        return False
    return body.count(b"\n") == 2 * body.count(b"\n\ndata: ") + 2


def _look_at_lines(notes: Notes, body: bytes, finished: re.Pattern[bytes]) -> None:
    if body.startswith(BOM):
        notes.note("fact", "bom")
    for end in set(_LINE_END.findall(body)):
        notes.note("fact", f"lines-{_ENDS[end]}")
    lines = _LINE_END.split(body.removeprefix(BOM))
    for line in lines:
        _look_at_line(notes, line)
    if any(one.startswith(b"data") and two.startswith(b"data") for one, two in itertools.pairwise(lines)):
        notes.note("fact", "data-many-lines")
    if body.strip() and not finished.search(body[-_TAIL:]):
        notes.note("fact", "ending-unfinished")


def _look_at_line(notes: Notes, line: bytes) -> None:
    name, colon, value = line.partition(b":")
    if not line:
        return
    if not name:
        notes.note("fact", "comment")
    elif name == b"data" and colon:
        notes.note("fact", "data")
        notes.note("fact", "data-spaced" if value.startswith(b" ") else "data-tight")
    elif name in _FIELDS:
        notes.note("fact", f"field-{name.decode()}")
    elif line.lstrip().startswith((b"{", b"[")):
        notes.note("fact", "bare-json")
    else:
        notes.note("fact", "field-unknown")


def _look_at_characters(notes: Notes, body: bytes) -> None:
    if b"\\" in body and _REPLACED.search(body):
        notes.note("fact", "replacement-character")
    if body.isascii():
        return
    try:
        body.decode()
    except UnicodeDecodeError as why:
        # a character that the end of the stream cut in two is the cut's fault
        notes.note(
            "fact",
            "utf8-cut"
            if why.end >= len(body) - 1 and why.reason == "unexpected end of data"
            else "utf8-invalid",
        )
        return
    if b"\xef\xbf\xbd" in body:
        notes.note("fact", "replacement-character")


def is_mojibake(text: str) -> bool:
    """Whether *text* is UTF-8 that was taken for Latin-1 or Windows-1252 and encoded again."""
    if text.isascii() or sum(char > "\x7f" for char in text) < 2:
        return False
    return any(_undoes(text, codec) for codec in ("latin-1", "cp1252"))


def _undoes(text: str, codec: str) -> bool:
    try:
        text.encode(codec).decode("utf-8")
    except UnicodeError:
        return False
    return True
