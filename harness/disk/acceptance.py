"""The file of accepted findings: JSON that reviews well, read whole or refused, written whole or not at all."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from harness.disk.atomic import replace_file
from harness.disk.lock import folder_locked
from harness.drift.accepted import Entry, in_order
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "harness-accepted.json"
"""What the file is called where nobody says otherwise."""
VERSION = 1


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    accepted: list[Entry]


def read_accepted(path: Path) -> list[Entry]:
    """The entries of the file; none where there is no file. Raises `UsageError` for one that is damaged."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    try:
        written = msgspec.json.decode(data, type=_Written)
    except (msgspec.DecodeError, RecursionError) as why:
        _refuse(path, str(why))
    if written.version != VERSION:
        _refuse(path, f"its version is {written.version}")
    return written.accepted


@contextmanager
def changing(path: Path) -> Iterator[list[Entry]]:
    """The entries, to be changed in place; written when the block is left without an error. One writer at a time."""
    with folder_locked(path.absolute().parent):
        entries = read_accepted(path)
        yield entries
        text = msgspec.json.encode(_Written(VERSION, in_order(entries)))
        replace_file(path, msgspec.json.format(text, indent=2) + b"\n")


def _refuse(path: Path, why: str) -> None:
    raise UsageError(
        f"the file of accepted findings cannot be read: {why}",
        where=str(path),
        expected=f'{{"version": {VERSION}, "accepted": [...]}} as `harness drift accept` writes it',
        help="mend it, or take it back from version control; it was left as it is",
    )
