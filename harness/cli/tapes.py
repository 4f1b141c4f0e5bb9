"""Cassettes by the path a person typed: one file, or a folder of them; and good words where there is nothing."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from harness.disk.cassettes import find_cassettes, load_cassette
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cassette.model import Cassette

SHOWN = 5


def cassette_paths(path: Path) -> list[Path]:
    """The file itself, or every cassette below the folder. Raises UsageError where there is none."""
    try:
        found = find_cassettes(path)
    except UsageError as error:
        raise UsageError(error.what, where=str(path), help=_nearest(path)) from None
    if found:
        return found
    raise UsageError(
        "There is no cassette in this folder.",
        where=str(path),
        expected="files that end in .yaml, .yml or .json",
        help="record one: `harness record 'Hello!' --base-url URL --out FILE`",
    )


def one_path(path: Path) -> Path:
    """The one cassette that is meant: the file, or the only one in the folder. Raises UsageError for several."""
    found = cassette_paths(path)
    if len(found) == 1:
        return found[0]
    names = ", ".join(map(str, found[:SHOWN])) + (", ..." if len(found) > SHOWN else "")
    raise UsageError(
        f"This folder holds {len(found)} cassettes.",
        where=str(path),
        expected="one",
        help=f"name one of: {names}",
    )


def one_cassette(path: Path) -> tuple[Path, Cassette]:
    """The one cassette that is meant, loaded. Raises CassetteError where it is damaged."""
    file = one_path(path)
    return file, load_cassette(file)


def _nearest(path: Path) -> str | None:
    """What may have been meant by a path that leads nowhere."""
    beside = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else []
    near = get_close_matches(path.name, beside, n=1)
    return f"did you mean {path.with_name(near[0])}?" if near else None
