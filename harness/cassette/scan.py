"""What is left? Looks a finished text or cassette over for secrets, in its own plain way, and names kinds and
places, never values.

It shares the tables of names and shapes with the redactor and nothing of its method: JSON is parsed, the
texts of one path are joined, and the whole is searched. So the two keep an eye on each other.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from harness.cassette.finder import Finder
from harness.cassette.names import is_json_key, is_secret_header, is_secret_key, is_secret_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.cassette.model import Cassette, Headers, Interaction

_COVERED = re.compile(r"\*+|REDACTED|")
"""What a redactor leaves where a secret was."""
MAX_DEPTH = 200
"""Levels of JSON that are looked through."""
MAX_TOKEN = 8192
"""Characters in which a token shows itself; the longest, a JSON Web Token, needs half of them."""
_FIELD = re.compile(r"\s*(?:(?:data|event|id|retry)?: ?)?")


class Hit(msgspec.Struct, frozen=True):
    """One secret that is left: its kind (`openai-key`, `named-value`, `header`), and where."""

    kind: str
    where: str


def scan(source: bytes | str, *, values: Iterable[str] = (), secret_keys: Iterable[str] = ()) -> list[Hit]:
    """The secrets in a body or any other text. `values`: what is known to be secret; `secret_keys`: more
    names of JSON keys.
    """
    data = source if isinstance(source, bytes) else source.encode(errors="surrogatepass")
    return _distinct(_in_body(data.decode("latin-1"), Finder(values, secret_keys)))


def scan_text(text: str, finder: Finder) -> list[Hit]:
    """Token shapes and known values in the lines of any text (latin-1)."""
    return _distinct(_in_lines(text, finder))


def scan_cassette(cassette: Cassette, finder: Finder | None = None) -> list[Hit]:
    """The secrets in a cassette, part by part."""
    seeker = finder or Finder()
    hits = (
        Hit(hit.kind, f"interactions[{number}].{hit.where}")
        for number, item in enumerate(cassette.interactions)
        for hit in _in_interaction(item, seeker)
    )
    return _distinct(hits)


def _in_interaction(item: Interaction, finder: Finder) -> Iterator[Hit]:
    request, response = item.request, item.response
    yield from _below("request.uri", _in_uri(request.uri, finder))
    yield from _below("request.headers", _in_headers(request.headers, finder))
    yield from _below("request.body", _in_body((request.body or b"").decode("latin-1"), finder))
    yield from _below("response.headers", _in_headers(response.headers, finder))
    yield from _below("response.body", _in_body(response.body.decode("latin-1"), finder))


def _below(place: str, hits: Iterable[Hit]) -> Iterator[Hit]:
    return (Hit(hit.kind, f"{place} {hit.where}".rstrip()) for hit in hits)


def _in_headers(headers: Headers, finder: Finder) -> Iterator[Hit]:
    for name, value in headers:
        if is_secret_header(name) and not _is_covered_header(name, value):
            yield Hit("header", name)
        yield from (Hit(found.kind, name) for found in finder.find(value))


def _is_covered_header(name: str, value: str) -> bool:
    parts = value.split(";") if "cookie" in name.lower() else [value]
    if name.lower() == "set-cookie":
        parts = parts[:1]
    return all(_COVERED.fullmatch(part.partition("=")[2] or part) for part in parts)


def _in_uri(uri: str, finder: Finder) -> Iterator[Hit]:
    for parameter in re.split("[?&;]", uri)[1:]:
        name, _, value = parameter.partition("=")
        if is_secret_parameter(name, finder.secret_keys) and not _COVERED.fullmatch(value.partition("#")[0]):
            yield Hit("parameter", name)
    yield from (Hit(found.kind, "") for found in finder.find(uri))


def _in_body(text: str, finder: Finder) -> Iterator[Hit]:
    """Lines by themselves, then the values of all that is JSON, alone and joined path by path."""
    joined: dict[str, list[str]] = {}
    yield from _in_lines(text, finder)
    for path, key, value in _values(text):
        joined.setdefault(path, []).append(value)
        yield from _in_value(path, key, value, finder)
    for path, values in joined.items():
        yield from (Hit(kind, path) for kind in _in_joined(path, values, finder))


def _in_joined(path: str, values: list[str], finder: Finder) -> Iterator[str]:
    """A token may begin where a value begins, whatever ends before it."""
    text, is_json = "".join(values), is_json_key(path.rpartition(".")[2])
    starts = (at for at in accumulate(map(len, values)) if text.startswith(finder.anchors, at))
    yield from _kinds(text, finder, is_json=is_json)
    for at in starts:
        yield from _kinds(text[at : at + MAX_TOKEN], finder, is_json=is_json)


def _in_lines(text: str, finder: Finder) -> Iterator[Hit]:
    if not any(anchor in text for anchor in finder.anchors):
        return
    for number, line in enumerate(re.split("[\r\n]", text), 1):
        yield from (Hit(found.kind, f"line {number}") for found in finder.find_in_source(line))


def _in_value(path: str, key: str, value: str, finder: Finder) -> Iterator[Hit]:
    """What a value is by its key, and what it holds if it is JSON itself; the rest shows when the path is
    joined.
    """
    if is_secret_key(key, finder.secret_keys) and "logprobs" not in path and not _COVERED.fullmatch(value):
        yield Hit("named-value", path)
    if value[:1] + value[-1:] in ("{}", "[]"):
        yield from (Hit(kind, path) for kind in _kinds(value, finder, is_json=True))


def _kinds(text: str, finder: Finder, *, is_json: bool) -> list[str]:
    return [
        found.kind
        for found in finder.find(text, is_json=is_json)
        if not _COVERED.fullmatch(text[found.start : found.end])
    ]


def _values(text: str) -> Iterator[tuple[str, str, str]]:
    """Path, key and text of every string value: of the whole text if it is JSON, else of each line that is,
    or ends in some.
    """
    document = _parsed(text)
    documents = (
        [_parsed(_FIELD.sub("", line, count=1)) for line in re.split("[\r\n]", text)]
        if document is None
        else [document]
    )
    for value in documents:
        yield from _strings(value, "$", "", 0)


def _parsed(text: str) -> object:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _strings(value: object, path: str, key: str, depth: int) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, str):
        yield path, key, value.encode("utf-8", "replace").decode("latin-1")
    elif isinstance(value, dict) and depth < MAX_DEPTH:
        for name, item in value.items():
            yield from _strings(item, f"{path}.{name}", name, depth + 1)
    elif isinstance(value, list) and depth < MAX_DEPTH:
        for number, item in enumerate(value):
            place = item.get("index", number) if isinstance(item, dict) else number
            yield from _strings(item, f"{path}[{place}]", key, depth + 1)


def _distinct(hits: Iterable[Hit]) -> list[Hit]:
    return list(dict.fromkeys(hits))
