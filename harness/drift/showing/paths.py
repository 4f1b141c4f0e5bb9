"""What a JSON document holds at a path as findings write it: `$.choices[*].delta.content`. Pure; never fails.

`[*]` stands for every item, and `*` after a dot for every key, as `harness.drift.walk` joins those that nobody chose.
"""

from __future__ import annotations

import re
from ast import literal_eval
from typing import Final, TypeAlias

from harness.drift.layout import MAX_NAME

Step: TypeAlias = str | int
"""A key, or `ITEMS`."""

ITEMS: Final = -1
MISSING: Final = object()
"""Stands where an object is that could hold the last key, and does not."""
MOST = 256
"""Values that are looked at in one document."""

_STEP = re.compile(r"\.([^.\[\]]+)|(\[\*\])|\[('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\]")


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a path without its prefix; none for `$` itself."""
    return tuple(ITEMS if items else key or _unquoted(quoted) for key, items, quoted in _STEP.findall(path))


def values_at(document: object, steps: tuple[Step, ...]) -> list[object]:
    """Every value there; `MISSING` for each object without the key. Empty where no object could hold it."""
    found = [document]
    for step in steps:
        found = [each for holder in found[:MOST] for each in _below(holder, step)]
    return found


def _below(holder: object, step: Step) -> list[object]:
    if step == ITEMS:
        return holder if isinstance(holder, list) else []
    if not isinstance(holder, dict):
        return []
    return list(holder.values()) if step == "*" else [_named(holder, str(step))]


def _named(holder: dict[str, object], name: str) -> object:
    """The value of that name; a path keeps the beginning of a long one."""
    if name in holder or len(name) != MAX_NAME:
        return holder.get(name, MISSING)
    return next((value for key, value in holder.items() if key.startswith(name)), MISSING)


def _unquoted(quoted: str) -> str:
    try:
        return str(literal_eval(quoted))
    except (ValueError, SyntaxError):
        return quoted[1:-1]
