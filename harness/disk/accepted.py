"""The file of accepted findings: read in full or refused in words, changed under a lock, replaced whole."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import msgspec

from harness.disk.atomic import replace_file
from harness.disk.lock import folder_locked
from harness.drift.accept import Entry, in_order
from harness.errors import CassetteError, UsageError
from harness.report.document import json_text
from harness.upstreams.jsontext import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

VERSION: Final = 1
MAX_FILE: Final = 4 * 2**20
"""Bytes; an entry has less than one KiB, and nobody reviews four thousand."""


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    accepted: tuple[Entry, ...]


class Change:
    """What a writer makes of the entries that stand in the file while nobody else can change them."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries


def read_accepted(path: Path) -> tuple[Entry, ...]:
    """The entries; none where there is no file. Raises `UsageError` for a file that is damaged, and leaves it as is."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE + 1)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise _refused("The file of accepted findings cannot be read.", path, error.strerror) from None
    if len(data) > MAX_FILE:
        raise _refused("The file of accepted findings is too large.", path, f"more than {MAX_FILE} bytes")
    return _entries(_document(data, path), path)


@contextmanager
def changing(path: Path) -> Iterator[Change]:
    """The entries, to be changed; written when the block ends well and something has changed. One writer at a time."""
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path):
        before = read_accepted(path)
        change = Change(before)
        yield change
        if change.entries != before:
            with _writing(path):
                replace_file(path, text_of(change.entries).encode())


def text_of(entries: Iterable[Entry]) -> str:
    """The file's text: a line a field, in a settled order, so that a difference of two reads well."""
    rows = [msgspec.to_builtins(entry) for entry in in_order(entries)]
    return json_text({"version": VERSION, "accepted": rows}, indent=2)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """What the operating system refuses, in words: it would name a file that nobody has heard of."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            "The file of accepted findings cannot be written; nothing was accepted or removed.",
            where=str(path),
            found=error.strerror,
            help="name another place: --accepted FILE",
        ) from None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = folder_locked(path.parent)
    try:
        lock.__enter__()
    except CassetteError as error:
        raise UsageError(
            "The file of accepted findings is being written by somebody else.",
            where=str(path),
            found=error.what,
            help="try once more when the other one has ended",
        ) from None
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def _document(data: bytes, path: Path) -> object:
    try:
        return parse_json(data)
    except ValueError as why:
        is_merge = b"<<<<<<<" in data
        said = "marks of a merge that was not finished" if is_merge else str(why)
        raise _refused("The file of accepted findings is no JSON.", path, said) from None


def _entries(document: object, path: Path) -> tuple[Entry, ...]:
    version = document.get("version") if isinstance(document, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise UsageError(
            "The file of accepted findings was written by a newer harness; it was left as it is.",
            where=str(path),
            expected=f"version {VERSION}",
            found=f"version {version}",
            help="pip install --upgrade stream-harness",
        )
    try:
        written = msgspec.convert(document, _Written)
    except msgspec.ValidationError as why:
        raise _refused("The file of accepted findings is damaged.", path, str(why)) from None
    names = [entry.fingerprint for entry in written.accepted]
    twice = sorted({name for name in names if names.count(name) > 1})
    if written.version != VERSION or twice:
        raise _refused(
            "The file of accepted findings is damaged.",
            path,
            f"{twice[0]} twice" if twice else f"version {version}",
        )
    return written.accepted


def _refused(what: str, path: Path, found: str | None) -> UsageError:
    return UsageError(
        what,
        where=str(path),
        expected="what `harness drift accept` writes: schemas/harness/accepted.schema.json",
        found=found,
        help="mend it, or take the last good one from version control; it was left as it is",
    )
