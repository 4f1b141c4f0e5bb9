"""A folder that is filled anew and takes the place of the old one only when all went well. Touches the disk."""

from __future__ import annotations

import shutil
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def replaced(folder: Path, *, when: Callable[[], bool]) -> Iterator[Path]:
    """An empty folder beside *folder*, to be filled by the block. Afterwards it takes that place: *when* says so,
    or nothing is there; and never with nothing in it.

    After an error, or when the process is killed, it stays beside, under a name that begins with a dot.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield fresh
    except BaseException:
        with suppress(OSError):
            fresh.rmdir()  # which spares whatever is in it
        raise
    if any(fresh.iterdir()) and (when() or not folder.exists()):
        _put(fresh, folder)
    else:
        shutil.rmtree(fresh)


def _put(fresh: Path, folder: Path) -> None:
    """Two renames: for a moment nothing is in its place, and at no moment half a recording."""
    old = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    if folder.exists():
        folder.rename(old / folder.name)
    fresh.rename(folder)
    folder.chmod(old.parent.stat().st_mode & 0o777)  # mkdtemp lets nobody else in
    shutil.rmtree(old)
