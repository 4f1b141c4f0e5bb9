"""One writer at a time in a folder of cassettes. Locks the folder itself (flock), so that no lock file is
left lying about.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE_S = 30.0
"""Another process merges its tape in well under a second; who holds the lock so long is stopped or stuck."""
_POLL_S = 0.01


@contextmanager
def folder_locked(folder: Path, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the folder's lock. Raises CassetteError when another process keeps it, or the file system has no
    locks.
    """
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _acquire(fd, folder, time.monotonic() + patience_s)
        yield
    finally:
        os.close(fd)  # which lets the lock go


def try_lock(fd: int, *, shared: bool = False) -> bool:
    """Take the lock of an open file if it is free."""
    try:
        fcntl.flock(fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _acquire(fd: int, folder: Path, deadline: float) -> None:
    try:
        while not try_lock(fd):
            if time.monotonic() > deadline:
                raise CassetteError(
                    "Another process is writing cassettes here, and does not finish.", where=str(folder)
                )
            time.sleep(_POLL_S)
    except OSError as error:
        raise CassetteError(
            "The file system cannot lock this folder.",
            where=str(folder),
            found=error.strerror,
            help="record onto a local disk",
        ) from error
