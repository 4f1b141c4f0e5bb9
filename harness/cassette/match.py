"""Which recording answers a request: a key for the index, and differences for people. Pure.

Matching is strict on method, path, query and the canonical body: JSON, the pairs or parts of a form, or bytes.
The host, the scheme and the headers do not count: clients get pointed at a local server, and Origin and Referer
follow the base URL. What a field means is the upstream's business: strings that are JSON documents are compared
as documents, "0.7" may equal 0.7, volatile fields are left out.
"""

from __future__ import annotations

import json
import math
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import msgspec

from harness.cassette.forms import read_form
from harness.cassette.jsonread import is_deeper
from harness.upstreams.registry import upstream_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.cassette.model import Request
    from harness.upstreams.upstream import Upstream

Key: TypeAlias = tuple[str, str, tuple[tuple[str, str], ...], str | bytes]

MAX_DIFFERENCES = 8
"""As many as a person reads in an error message."""
_MAX_SHOWN = 60
MAX_DEPTH = 100
"""Levels of a body that is compared as JSON; a deeper one is compared as bytes."""


class Difference(msgspec.Struct, frozen=True):
    """One place where two requests differ. `path` is a JSONPath into the body, or one of method, path, query,
    body.
    """

    path: str
    recorded: str
    asked: str

    def __str__(self) -> str:
        return f"{self.path}: recorded {self.recorded}, asked {self.asked}"


class Kind(StrEnum):
    """What a body was read as."""

    JSON = "a JSON body"
    FORM = "a form"
    BYTES = "bytes"


class Canonical(msgspec.Struct, frozen=True):
    """A request reduced to what matching looks at. `body` is a value that `kind` names, or the bytes as they are."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: object
    kind: Kind
    decoded: tuple[str, ...] = ()
    """Fields whose string was read as JSON: a document and the string that holds it are not the same request.
    """

    @property
    def key(self) -> Key:
        """What the index is built over."""
        is_value = self.kind is not Kind.BYTES
        body = _canonical_text([self.kind, self.body, self.decoded]) if is_value else self.body
        assert isinstance(body, str | bytes)
        return self.method, self.path, self.query, body


def canonical(request: Request, upstream: Upstream | None = None) -> Canonical:
    """What matching looks at. Without an *upstream* the request's own address decides which one's rules
    apply.
    """
    profile = upstream or upstream_for(request.method, request.uri)
    parts = urlsplit(request.uri)
    query = tuple(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    method, path = request.method.upper(), parts.path or "/"
    try:
        value = _parsed((request.body or b"").decode())
    except ValueError:
        return Canonical(method, path, query, *_no_json(request))
    body, decoded = _normalised(value, profile) if profile and isinstance(value, dict) else (value, ())
    return Canonical(method, path, query, body, Kind.JSON, decoded)


def differences(recorded: Canonical, asked: Canonical) -> tuple[Difference, ...]:
    """Where the two differ, outermost first, at most `MAX_DIFFERENCES`."""
    return tuple(islice(_differences(recorded, asked), MAX_DIFFERENCES))


# Bodies ---------------------------------------------------------------------------------------------------------------


def _parsed(text: str) -> object:
    """JSON with numbers made one: 1.0 is 1, 0.70 is 0.7. ValueError for what is no JSON, or not the same to
    every reader.
    """
    try:
        value = json.loads(text, parse_float=_number, parse_constant=_refused, object_pairs_hook=_no_repeats)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if is_deeper(value, MAX_DEPTH):
        raise ValueError("it is nested too deeply")
    return value


def _no_json(request: Request) -> tuple[object, Kind]:
    body = request.body or b""
    form = read_form(request.headers, body) if body else None
    return (body, Kind.BYTES) if form is None else (form, Kind.FORM)


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if math.isfinite(value) and value.is_integer() and abs(value) < 2**53 else value


def _refused(word: str) -> object:
    raise ValueError(f"{word} is no JSON")


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    items = dict(pairs)
    if len(items) != len(pairs):
        raise ValueError("a key twice in one object")
    return items


def _normalised(body: dict[str, object], upstream: Upstream) -> tuple[dict[str, object], tuple[str, ...]]:
    kept = {name: value for name, value in body.items() if name not in upstream.volatile}
    documents = {name: _document(kept[name]) for name in upstream.json_strings if name in kept}
    decoded = {name: document for name, document in documents.items() if document is not _NO_DOCUMENT}
    numbers = {name: _as_number(kept[name]) for name in upstream.numeric_strings if name in kept}
    return {**kept, **numbers, **decoded}, tuple(sorted(decoded))


_NO_DOCUMENT = object()


def _document(value: object) -> object:
    try:
        return _parsed(value) if isinstance(value, str) else _NO_DOCUMENT
    except ValueError:
        return _NO_DOCUMENT


def _as_number(value: object) -> object:
    document = _document(value)
    is_number = isinstance(document, int | float) and not isinstance(document, bool)
    return document if is_number else value


def _canonical_text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


# Differences ----------------------------------------------------------------------------------------------------------


def _differences(recorded: Canonical, asked: Canonical) -> Iterator[Difference]:
    for name in ("method", "path", "query"):
        ours, theirs = getattr(recorded, name), getattr(asked, name)
        if ours != theirs:
            yield Difference(name, _shown(ours), _shown(theirs))
    if recorded.kind is asked.kind is not Kind.BYTES:
        yield from _between(recorded.body, asked.body, "$")
        yield from _encoding(recorded.decoded, asked.decoded)
    elif recorded.body != asked.body or recorded.kind is not asked.kind:
        yield Difference("body", _described(recorded), _described(asked))


def _between(recorded: object, asked: object, path: str) -> Iterator[Difference]:
    if isinstance(recorded, dict) and isinstance(asked, dict):
        for name in {**recorded, **asked}:
            yield from _between(recorded.get(name, _ABSENT), asked.get(name, _ABSENT), f"{path}.{name}")
    elif isinstance(recorded, list) and isinstance(asked, list):
        for i in range(max(len(recorded), len(asked))):
            yield from _between(_item(recorded, i), _item(asked, i), f"{path}[{i}]")
    elif type(recorded) is not type(asked) or recorded != asked:
        yield Difference(path, *_around_difference(_shown(recorded), _shown(asked)))


class _Absent:
    """Stands for a field that is not there."""


_ABSENT = _Absent()


def _item(items: list[object], i: int) -> object:
    return items[i] if i < len(items) else _ABSENT


def _encoding(recorded: tuple[str, ...], asked: tuple[str, ...]) -> Iterator[Difference]:
    for name in sorted(set(recorded) ^ set(asked)):
        words = ("a JSON string", "not a JSON string")
        yield Difference(f"$.{name}", *(words if name in recorded else words[::-1]))


def _described(request: Canonical) -> str:
    if request.kind is not Kind.BYTES:
        return request.kind
    body = request.body
    assert isinstance(body, bytes)
    return _shown(body.decode(errors="replace")[: _MAX_SHOWN * 2]) if body else "no body"


def _shown(value: object) -> str:
    if isinstance(value, _Absent):
        return "nothing"
    return json.dumps(value, ensure_ascii=False)


def _around_difference(recorded: str, asked: str) -> tuple[str, str]:
    """Long values are shown from a little before the first character that differs."""
    common = next(
        (i for i, (a, b) in enumerate(zip(recorded, asked, strict=False)) if a != b),
        min(len(recorded), len(asked)),
    )
    start = max(0, common - _MAX_SHOWN // 3) if max(len(recorded), len(asked)) > _MAX_SHOWN else 0
    return _window(recorded, start), _window(asked, start)


def _window(text: str, start: int) -> str:
    return "…" * (start > 0) + text[start : start + _MAX_SHOWN] + "…" * (len(text) > start + _MAX_SHOWN)
