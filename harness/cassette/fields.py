"""Reading a document's fields with their types. Every refusal says at which place of the document, and shows
no content.

The document is what YAML or JSON text became: mappings, lists, text, bytes, numbers. A place is the path of
keys and indexes.
"""

from __future__ import annotations

import sys
from typing import TypeAlias

from harness.errors import CassetteError

Place: TypeAlias = tuple[str | int, ...]

RECORD_AGAIN = "record it again, or restore the file from version control"

_WORDS = {
    dict: "a mapping",
    list: "a list",
    tuple: "a list",
    str: "text",
    bytes: "bytes",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    type(None): "nothing",
}


class DocumentError(CassetteError):
    """A text or document is no cassette. `place` is the path of keys and indexes, `line` counts from 1; one
    of them may be unknown.
    """

    def __init__(self, what: str, *, place: Place = (), line: int | None = None, **parts: str | None) -> None:
        super().__init__(
            what,
            **{"where": dotted(place) if line is None else f"line {line}", "help": RECORD_AGAIN, **parts},
        )
        self.place = place
        self.line = line


def dotted(place: Place) -> str:
    """A place as people write it: `interactions[3].response.stream.end`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return text.lstrip(".") or "the document"


def kind_of(value: object) -> str:
    """What a value is, in words."""
    return _WORDS.get(type(value), f"a {type(value).__name__}")


def wrong(place: Place, expected: str, value: object) -> DocumentError:
    """The error for a value of another type than expected."""
    return DocumentError(
        "The cassette holds a value of the wrong type.", place=place, expected=expected, found=kind_of(value)
    )


def mapping(value: object, place: Place) -> dict[str, object]:
    """A mapping whose keys are all text."""
    if not isinstance(value, dict):
        raise wrong(place, "a mapping", value)
    for key in value:
        if not isinstance(key, str):
            raise wrong(place, "keys that are text", key)
    return value


def sequence(value: object, place: Place) -> list[object]:
    """A list."""
    if not isinstance(value, (list, tuple)):
        raise wrong(place, "a list", value)
    return list(value)


def required(parent: dict[str, object], key: str, place: Place) -> object:
    """The value of a key that must be there."""
    if key not in parent:
        raise DocumentError(f"The cassette lacks the key {key!r}.", place=place, expected=f"a key {key!r}")
    return parent[key]


def text(value: object, place: Place) -> str:
    """Text; what some recorders stored as bytes is read as latin-1, the encoding of HTTP's head (RFC 9110,
    5.5).
    """
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if not isinstance(value, str):
        raise wrong(place, "text (quote it)", value)
    return value


def optional_text(parent: dict[str, object], key: str, place: Place) -> str | None:
    """Text under a key, or None where the key is absent or null."""
    value = parent.get(key)
    return None if value is None else text(value, (*place, key))


def optional_number(parent: dict[str, object], key: str, place: Place) -> float | None:
    """A finite number that is not negative, or None where the key is absent or null."""
    value = parent.get(key)
    return None if value is None else number(value, (*place, key))


def number(value: object, place: Place) -> float:
    """A finite number that is not negative."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(place, "a number", value)
    if not 0 <= value <= sys.float_info.max:
        raise DocumentError(
            "The cassette holds an impossible number.", place=place, expected="0 or more, and finite"
        )
    return float(value)
