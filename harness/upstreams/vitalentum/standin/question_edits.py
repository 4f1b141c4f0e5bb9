"""Small changes of what a server takes and how it refuses, out of which mutations are made.

Pure. Each function takes what is wanted and gives the check, or the changed refusal.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from harness.upstreams.vitalentum.standin.intake import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.upstreams.vitalentum.standin.mutation import Asked

Document = dict[str, Any]
JSON = "application/json"


def refuses(status: int, body: str, content_type: str = JSON) -> Callable[[Asked], Asked | Refusal]:
    """No question is answered any more."""
    return lambda asked: Refusal(status, content_type, body.encode())


def wants_header(name: str, status: int, body: str) -> Callable[[Asked], Asked | Refusal]:
    """A question without this header is refused."""
    refusal = Refusal(status, JSON, body.encode())
    return lambda asked: asked if name in asked.headers else refusal


def wants_body(
    read: Callable[[Document], Document | None], status: int, body: str
) -> Callable[[Asked], Asked | Refusal]:
    """A question in another form than *read* knows is refused; *read* gives the form of before."""

    def admit(asked: Asked) -> Asked | Refusal:
        try:
            document = json.loads(asked.body)
        except ValueError:
            return asked
        before = read(document) if isinstance(document, dict) else None
        if before is None:
            return Refusal(status, JSON, body.encode())
        return msgspec.structs.replace(asked, body=json.dumps(before).encode())

    return admit


# Refusals.


def refusal(**parts: Any) -> Callable[[Refusal], Refusal]:
    """A refusal with these parts exchanged."""
    return lambda refused: msgspec.structs.replace(refused, **parts)


def words(make: Callable[[str], Document]) -> Callable[[Refusal], Refusal]:
    """The words of a refusal in another document."""

    def change(refused: Refusal) -> Refusal:
        try:
            text = json.loads(refused.body)["message"]
        except (ValueError, KeyError):
            return refused
        return msgspec.structs.replace(refused, body=json.dumps(make(text), separators=(",", ":")).encode())

    return change
