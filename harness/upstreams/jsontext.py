"""JSON text to values, exactly: whole numbers of any size stay whole, and what readers disagree about can be
told.

msgspec does the work. What it refuses although JSON allows it (half of a surrogate pair, a number beyond a
float) goes through the standard library; what JSON does not allow (NaN, Infinity) is refused by both.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress

import msgspec


def parse_json(text: str | bytes) -> object:
    """The value of a JSON text. Raises `ValueError`, also for text nested deeper than the interpreter's
    stack.
    """
    try:
        return msgspec.json.decode(text)
    except ValueError:
        return _slowly(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def repeated_keys(text: str | bytes) -> tuple[str, ...]:
    """Keys that one object of this JSON text holds twice or more; readers differ in which of the values they
    take.
    """
    if _as_written(text):
        return ()
    found: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return dict(pairs)

    with suppress(RecursionError):  # too deep to look through; the keys that were seen are told
        json.loads(_as_str(text), object_pairs_hook=note)
    return tuple(dict.fromkeys(found))


def _as_written(text: str | bytes) -> bool:
    """Whether writing the value again gives the same text: then no key was lost. A short way for compact JSON."""
    try:
        written = msgspec.json.encode(msgspec.json.decode(text))
        return written == (text.encode() if isinstance(text, str) else text)
    except (ValueError, RecursionError):
        return False


def _slowly(text: str | bytes) -> object:
    try:
        return json.loads(_as_str(text), parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _as_str(text: str | bytes) -> str:
    """JSON is UTF-8 (RFC 8259, 8.1); left to itself, the standard library would guess at UTF-16 and 32 too."""
    return text if isinstance(text, str) else text.decode()


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no JSON value")
