"""The facts of headers: which are there, and what kind of value they have. Pure; under `header`, with a scope."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.drift.formats import format_of

if TYPE_CHECKING:
    from harness.cassette.model import Headers
    from harness.drift.summary import Notes

VALUES = frozenset(
    (
        *(
            "content-type",
            "content-encoding",
            "transfer-encoding",
            "cache-control",
            "access-control-allow-origin",
        ),
        *(
            "x-accel-buffering",
            "server",
            "vary",
            "connection",
            "via",
            "accept",
            "deprecation",
            "sunset",
            "link",
        ),
        *("www-authenticate", "location", "alt-svc"),
    )
)
"""Headers whose value says how to read or to treat the exchange. Of the others only the kind of value counts."""

LENGTH = 120
"""Characters of a value that are kept."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")


def note_headers(notes: Notes, headers: Headers, scope: str) -> None:
    """The facts of one head."""
    for name, value in headers:
        lower = name.lower()
        notes.saw("header", scope, lower)
        notes.word(value_kind(value), "header-kind", scope, lower)
        if lower in VALUES:
            notes.word(normalized(lower, value)[:LENGTH], "header-value", scope, lower)


def value_kind(value: str) -> str:
    """`number`, `date`, `duration`, `empty`, or `text` for everything else."""
    value = value.strip()
    if _NUMBER.match(value):
        return "number"
    found = format_of(value)
    return {"http-date": "date", "date": "date", "duration": "duration", "empty": "empty"}.get(found, "text")


def normalized(name: str, value: str) -> str:
    """A value without what does not matter: letter case, spaces, the order of a list."""
    if name in ("link", "location", "sunset", "deprecation"):
        return value.strip()
    if name == "content-type":
        return ";".join(part.strip().replace('"', "").lower() for part in value.split(";"))
    parts = sorted(part.strip().lower() for part in value.split(","))
    return ", ".join(part for part in parts if part)
