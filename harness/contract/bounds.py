"""What a schema document may ask of us: how large, how deep, how many parts, in which dialect, and patterns that cannot
take for ever. A document may come from anybody; one past a bound is refused when it is loaded, before it is used.

Patterns run in an engine whose time is linear in the text (`ENGINE`). It has no look-around and no back references, so
a pattern with either is no pattern here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NoReturn

import jsonschema_rs
import msgspec

from harness.errors import LimitError, UsageError
from harness.upstreams.excerpt import excerpt

MAX_BYTES = 2**21
"""Of the document, written as compact JSON."""
MAX_DEPTH = 100
"""Objects and arrays within each other."""
MAX_PARTS = 20_000
"""Objects and arrays altogether, so also schemas."""
MAX_PATTERN = 1000
"""Characters of one pattern."""
MAX_PROGRAM = 2**20
"""Bytes of one pattern when it is compiled: `(a{1,1000}){1,1000}` is short to write."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

ENGINE = jsonschema_rs.RegexOptions(size_limit=MAX_PROGRAM, dfa_size_limit=MAX_PROGRAM)

_AGAIN = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(?P<again>[*+]|\{[0-9]+(?:,[0-9]*)?\})", re.DOTALL)
"""Walks over a pattern and names what repeats; a quantifier within brackets or behind a backslash is none."""


def check_bounds(schema: object, *, dialects: Collection[str] = (), beside: int = 0) -> None:
    """Raise `LimitError` for a document past a bound, and `UsageError` for one that cannot be used safely.

    *dialects* are known besides draft 2020-12. *beside* counts parts of other documents that belong to this one.
    """
    parts = list(_parts(schema))
    if len(parts) + beside > MAX_PARTS:
        _refuse("parts", MAX_PARTS, "objects and arrays")
    if _size(schema) > MAX_BYTES:
        _refuse("bytes", MAX_BYTES, "bytes")
    for part in parts:
        if isinstance(part, Mapping):
            _check_dialect(part, dialects)
            _check_patterns(part)


def _size(schema: object) -> int:
    try:
        return len(msgspec.json.encode(schema))
    except UnicodeEncodeError as why:  # Python's strings hold it, Rust's do not
        raise UsageError(
            "this is no usable schema document: a text in it holds half of a surrogate pair, which no UTF-8 text can",
            found=excerpt(str(why.object)),
            help="write the whole character, or leave it out",
        ) from None


def _parts(schema: object) -> Iterator[Any]:
    """Every object and array, level by level: how deep it goes is known before anything calls itself."""
    level: list[Any] = [schema]
    for depth in range(MAX_DEPTH + 2):
        level = [part for part in level if isinstance(part, Mapping | list | tuple)]
        if level and depth > MAX_DEPTH:
            _refuse("depth", MAX_DEPTH, "levels")
        yield from level
        level = [inner for part in level for inner in (part.values() if isinstance(part, Mapping) else part)]


def _refuse(limit: str, at_most: int, unit: str) -> NoReturn:
    raise LimitError(
        f"a schema document has more than {at_most:,} {unit}",
        limit=f"schema {limit}",
        at_most=at_most,
        help="leave out what the check does not need, or split the document by event",
    )


def _check_dialect(part: Mapping[str, object], dialects: Collection[str]) -> None:
    named = part.get("$schema")
    if isinstance(named, str) and named.removesuffix("#") != DIALECT and named not in dialects:
        raise UsageError(
            "this is no usable schema document: it is written in a dialect that is not known here, and none is fetched",
            expected=DIALECT,
            found=excerpt(named),
        )


def _check_patterns(part: Mapping[str, object]) -> None:
    named = part.get("patternProperties")
    patterns = [*named] if isinstance(named, Mapping) else []
    if "unevaluatedProperties" in part:
        for pattern in patterns:
            _check_simple(pattern)
    if isinstance(own := part.get("pattern"), str):
        patterns.append(own)
    if any(len(pattern) > MAX_PATTERN for pattern in patterns):
        _refuse("pattern", MAX_PATTERN, "characters in a pattern")


def _check_simple(pattern: str) -> None:
    """Beside `unevaluatedProperties` the reference runs a pattern by itself, in Python's engine, which can take for
    ever once two things repeat.
    """
    try:
        re.compile(pattern)
    except re.error as why:
        reason = f"Python cannot read it: {why}"
    else:
        if sum(found["again"] is not None for found in _AGAIN.finditer(pattern)) <= 1:
            return
        reason = "more than one part of it repeats"
    raise UsageError(
        f"this is no usable schema document: a pattern beside unevaluatedProperties is not simple enough: {reason}",
        found=excerpt(pattern),
        help="say the same with additionalProperties, or with one * or + at most",
    )
