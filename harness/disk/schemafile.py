"""Schema documents that a person names: read from the disk, bounded, with an error that says which file is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from harness.errors import UsageError
from harness.upstreams.jsontext import parse_json

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILE: Final = 16 * 2**20
"""Bytes of a schema document; the largest published ones have a tenth of that."""


def read_schema(path: Path) -> dict[str, object]:
    """The JSON Schema in a file. Raises `UsageError` for one that is not there, too large, no JSON or no object."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE + 1)
    except OSError as error:
        raise _refused("The schema cannot be read.", path, found=error.strerror or str(error)) from None
    if len(text) > MAX_FILE:
        raise _refused("The schema is too large.", path, expected=f"at most {MAX_FILE} bytes")
    try:
        document = parse_json(text)
    except ValueError as why:
        raise _refused("The schema is no JSON.", path, found=str(why)) from None
    if not isinstance(document, dict):
        raise _refused("The schema is no JSON object.", path, expected="a schema document")
    return document


def _refused(what: str, path: Path, **parts: str) -> UsageError:
    made = "write one: `harness schema infer PATH --output FILE`"
    return UsageError(what, where=str(path), **{"help": made, **parts})
