"""Old documents become current ones, one small converter a step; a document from the future is told kindly to
update. Pure.

Two numbers are watched: vcrpy's `version`, and our `version` inside each `response.stream`. A tape of plain
vcrpy has no `stream`, and needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.cassette import fields
from harness.cassette.fields import DocumentError, Place

if TYPE_CHECKING:
    from collections.abc import Callable

CASSETTE = 1
"""vcrpy's own number; every cassette since vcrpy 1.0 has it."""
STREAM = 1
"""Ours, of the key `response.stream`."""


def to_current(document: object) -> object:
    """The same document in today's shape; untouched where it is of that shape, or of none that is known."""
    if _is_before_versions(document):
        raise DocumentError(
            "This cassette is older than vcrpy 1.0.",
            place=(),
            help="run `python -m vcr.migration PATH` with vcrpy installed",
        )
    top = fields.mapping(document, ())
    _check_version(fields.required(top, "version", ()), CASSETTE, ("version",))
    items = top.get("interactions")
    if not isinstance(items, list):
        return top
    return {
        **top,
        "interactions": [_item_to_current(item, ("interactions", i)) for i, item in enumerate(items)],
    }


def _item_to_current(item: Any, place: Place) -> object:
    response = item.get("response") if isinstance(item, dict) else None
    if not isinstance(response, dict):
        return item
    for step in RESPONSE_STEPS:
        response = step(response)
    stream = response.get("stream")
    if isinstance(stream, dict):
        version = (*place, "response", "stream")
        _check_version(fields.required(stream, "version", version), STREAM, (*version, "version"))
    return {**item, "response": response}


def from_httpx_shape(response: dict[str, Any]) -> dict[str, Any]:
    """vcrpy 4 and 5 wrote httpx answers as `status_code` and `content` (vcrpy reads them still)."""
    if "status_code" not in response or "status" in response:
        return response
    rest = {
        key: value for key, value in response.items() if key not in ("status_code", "content", "http_version")
    }
    return {
        **rest,
        "status": {"code": response["status_code"], "message": ""},
        "body": {"string": response.get("content", "")},
    }


RESPONSE_STEPS: tuple[Callable[[dict[str, Any]], dict[str, Any]], ...] = (from_httpx_shape,)
"""In the order in which the shapes came about; each takes what the one before it gives."""


def _is_before_versions(document: object) -> bool:
    return (
        isinstance(document, list)
        and bool(document)
        and isinstance(document[0], dict)
        and "request" in document[0]
    )


def _check_version(value: object, known: int, place: Place) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise fields.wrong(place, "a whole number", value)
    if value > known:
        raise DocumentError(
            "This cassette was written by a newer version of the harness.",
            place=place,
            expected=f"version {known}",
            found=f"version {str(value)[:20]}",
            help="update: pip install --upgrade stream-harness",
        )
    if value < known:
        raise DocumentError(
            "This cassette has a version that never was.",
            place=place,
            expected=f"version {known}",
            found=str(value)[:20],
        )
