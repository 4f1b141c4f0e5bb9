"""File names that come from data (a test's id, a request's path, a document) and must not lead out of their
folder.

A path that a user types is the user's own; this is for names that somebody else chose.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import UsageError

if TYPE_CHECKING:
    import os

_PART = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]{1,120}")


def path_under(folder: str | os.PathLike[str], name: str) -> Path:
    """The file *name*, parts divided by `/`, in *folder*. Raises UsageError for a name that is unfit or
    leaves the folder.

    A part is 1 to 120 letters, digits, dots, dashes and underscores; no part may be a link.
    """
    place = Path(folder)
    for part in name.split("/"):
        if not _PART.fullmatch(part):
            raise _unfit(name, f"{part!r} as one of its parts")
        place /= part
        if place.is_symlink():
            raise _unfit(name, f"{part!r} is a link")
    return place


def _unfit(name: str, found: str) -> UsageError:
    return UsageError(
        f"{name!r} cannot be the name of a cassette.",
        expected="parts of 1 to 120 letters, digits, dots, dashes and underscores, none of them a link",
        found=found,
    )
