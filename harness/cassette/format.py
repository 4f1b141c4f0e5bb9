"""Cassettes to text and back: YAML or JSON, the same vcrpy-shaped document. Pure; the file's name is handed
in for messages.

What cannot be trusted is refused with a CassetteError that names file, line, place and remedy. The writer
obeys the reader's limits, so that whatever was written can be read.
"""

from __future__ import annotations

import json
import re
from enum import StrEnum

from harness.cassette.document import read_document
from harness.cassette.fields import DocumentError, dotted
from harness.cassette.jsonread import read_json
from harness.cassette.model import Cassette
from harness.cassette.yamlread import line_of, read_yaml
from harness.cassette.yamlwrite import write_yaml
from harness.errors import CassetteError

MAX_FILE = 64 * 1024 * 1024
"""Bytes of a cassette file: a day of chat fits, and it still loads within a test's patience."""

_JSON = re.compile(r'\s*\{\s*["}]')
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: .*)?$", re.MULTILINE)


class Kind(StrEnum):
    """The two ways a document is written."""

    YAML = "yaml"
    JSON = "json"


def kind_of(name: str) -> Kind:
    """By the file's name: `.json` is JSON, everything else YAML."""
    return Kind.JSON if name.lower().endswith(".json") else Kind.YAML


def loads(data: bytes | str, *, name: str = "cassette") -> Cassette:
    """The cassette in a file's content, YAML or JSON alike. Holds it in memory once as it is, and once as values."""
    text = _decoded(data, name)
    del data
    source: str | bytes = ""
    try:
        _refuse_no_cassette(text)
        source = text if _JSON.match(text) else text.encode()
        del text
        return Cassette(read_document(_document(source), spent=True))
    except DocumentError as error:
        raise _located(error, source, name) from None


def dumps(cassette: Cassette, *, kind: Kind = Kind.YAML) -> bytes:
    """A file's content. Raises CassetteError for what no file of this kind may hold."""
    document = cassette.to_document()
    data = (_json(document) if kind is Kind.JSON else write_yaml(document)).encode()
    if len(data) > MAX_FILE:
        raise CassetteError(
            "The cassette is too big to be written.",
            expected=f"at most {MAX_FILE} bytes",
            found=f"{len(data)} bytes",
            help="record into several files",
        )
    return data


def _decoded(data: bytes | str, name: str) -> str:
    if len(data) > MAX_FILE:
        raise CassetteError(
            f"{name} is too big for a cassette.",
            expected=f"at most {MAX_FILE} bytes",
            found=f"{len(data)} bytes",
        )
    if isinstance(data, str):
        return data
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CassetteError(
            f"{name} is not text.",
            where=f"{name}:{line}",
            expected="UTF-8",
            help="restore the file from version control",
        ) from None


def _refuse_no_cassette(text: str) -> None:
    if not text or text.isspace():
        raise DocumentError("The cassette is empty.", line=1, expected="interactions", help="record it again")
    if "<<<<<<<" in text and ">>>>>>>" in text:
        _refuse_conflict(text)


def _document(source: str | bytes) -> object:
    """JSON is read as text, YAML as the UTF-8 that libyaml would make of it."""
    return read_json(source) if isinstance(source, str) else read_yaml(source)


def _refuse_conflict(text: str) -> None:
    marker = _CONFLICT.search(text)
    if marker and {"<", ">"} <= {match[0][0] for match in _CONFLICT.finditer(text)}:
        line = text.count("\n", 0, marker.start()) + 1
        raise DocumentError(
            "The cassette holds the markers of a merge conflict.",
            line=line,
            help="choose one side, or record it again",
        )


def _located(error: DocumentError, source: str | bytes, name: str) -> CassetteError:
    """The same error, with the file and the line in it."""
    line = error.line or (line_of(source, error.place) if error.place else None)
    where = f"{name}:{line}" if line else name
    place = f" ({dotted(error.place)})" if error.place else ""
    return CassetteError(
        error.what, where=where + place, expected=error.expected, found=error.found, help=error.help
    )


def _json(document: dict[str, object]) -> str:
    try:
        return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    except TypeError:
        raise CassetteError(
            "A body is not UTF-8 text, and JSON cannot hold bytes.",
            help="write a YAML cassette: a name that ends in .yaml",
        ) from None
