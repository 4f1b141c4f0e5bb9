"""Recordings as a user of a general tool would read them: JSON where there is JSON, and what varies by itself masked.

Masked is what everybody knows to vary, and whatever else took many values in the recordings before: such a place keeps
the name of its type alone. Whoever compares recordings with such a tool ends there, after the first false alarms.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from harness.sse import SSEParser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from harness.cassette.model import Interaction, Response

KINDS = ("questions", "heads", "chunks", "errors")
KNOWN = {
    *("id", "created", "content", "text", "message", "system_fingerprint"),
    *("date", "x-request-id", "cf-ray", "x-ratelimit-remaining"),
}
"""Fields and headers that are masked wherever they are."""
FREE = 3
"""A place with more values than so many is masked; the reasons for the end are three, null among them."""

Document = dict[str, list[Any]]
"""All documents of each kind."""


class Reading(NamedTuple):
    """Both sides, masked alike."""

    before: Document
    now: Document


def read(before: Sequence[Interaction], now: Sequence[Interaction]) -> Reading:
    """Both sides as documents."""
    old, new = _documents(before), _documents(now)
    free = _free(old)
    return Reading(_masked(old, free), _masked(new, free))


def value_of(text: str) -> Any:
    """The JSON that a text is, or the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _documents(recordings: Iterable[Interaction]) -> Document:
    found: Document = {kind: [] for kind in KINDS}
    for recording in recordings:
        found["questions"].append(_question(recording))
        response = recording.response
        error = response.status >= 400
        head = {"status": response.status, "header": _headers(response.headers)}
        found["errors" if error else "heads"].append(head | ({"body": _body(response)} if error else {}))
        found["chunks"] += [] if error else _chunks(response)
    return found


def _question(recording: Interaction) -> dict[str, Any]:
    request = recording.request
    body = value_of((request.body or b"").decode("utf-8", "replace"))
    path = re.sub(r"https?://[^/]+", "", request.uri)
    inner = value_of(body["conversation"]) if isinstance(body["conversation"], str) else None
    head = {"method": request.method, "path": path, "header": _headers(request.headers)}
    return {**head, "body": body, "conversation": inner}


def _headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}


def _body(response: Response) -> Any:
    return value_of(response.body.decode("utf-8", "replace"))


def _chunks(response: Response) -> list[Any]:
    if "json" in _headers(response.headers).get("content-type", ""):
        return [_body(response)]
    parser = SSEParser()
    return [value_of(event.data) for event in (*parser.feed(response.body), *parser.close())]


def places(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Each scalar by its path, items of an array alike."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner, f"{path}[*]")
    else:
        yield path, value


def _free(documents: Document) -> set[str]:
    values: dict[str, set[str]] = defaultdict(set)
    for kind, found in documents.items():
        for path, value in places(found, kind):
            values[path].add(repr(value))
    return {path for path, seen in values.items() if len(seen) > FREE}


def _masked(documents: Document, free: set[str]) -> Document:
    return {kind: masked(found, free, kind) for kind, found in documents.items()}


def masked(value: Any, free: set[str], path: str) -> Any:
    """The document with the names of types in place of what varies."""
    if isinstance(value, dict):
        return {name: masked(inner, free, f"{path}.{name}") for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, free, f"{path}[*]") for inner in value]
    varies = path in free or path.rpartition(".")[2] in KNOWN
    return f"<{type(value).__name__}>" if varies and value is not None else value


PREFIX = {
    "chunks": "$",
    "questions.header.": "request:header:",
    "questions.method": "request:method",
    "questions.path": "request:path",
    "questions.conversation": "request:$.conversation",
    "questions.body": "request:$",
    "heads.header.": "header:",
    "heads.status": "status",
    "errors.header.": "error:header:",
    "errors.status": "error:status",
    "errors.body": "error:$",
}


def where(path: str) -> str:
    """A path of ours in the words of the page on findings."""
    for prefix, word in PREFIX.items():
        if path.startswith(prefix):
            return word + path.removeprefix(prefix)
    return path
