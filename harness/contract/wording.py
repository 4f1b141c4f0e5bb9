"""Places and values in words: JSON paths, and what was found there. Bounded, and never a secret."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.upstreams.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,60}")
_KEYS_SHOWN = 8
_LARGE = 10**24


def json_path(keys: Iterable[str | int]) -> str:
    """The concrete path, for a message: `$.choices[0].delta`."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else _member(key) for key in keys)


def any_path(keys: Iterable[str | int]) -> str:
    """The same path for whatever item of an array, for a finding's place: `$.choices[*].delta`."""
    return "$" + "".join("[*]" if isinstance(key, int) else _member(key) for key in keys)


def found(value: object) -> str:
    """What a value is, without giving away what a person wrote or what could be a key."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case str():
            return f'"{excerpt(value)}"' if len(value) <= 40 else f"a string of {len(value)} characters"
        case list():
            return f"an array of {len(value)} items"
        case dict():
            return _object(value)
    return f"a {type(value).__name__}"


def _member(key: str) -> str:
    return f".{key}" if _PLAIN.fullmatch(key) else f'["{excerpt(key, 60)}"]'


def _number(value: int | float) -> str:
    return str(value) if abs(value) < _LARGE else "a number of more than 24 digits"


def _object(value: dict[str, object]) -> str:
    if not value:
        return "an empty object"
    shown = ", ".join(excerpt(key, 30) for key in list(value)[:_KEYS_SHOWN])
    return f"an object with {shown}" + (", …" if len(value) > _KEYS_SHOWN else "")
