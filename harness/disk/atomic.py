"""A file's content replaced whole or not at all: temp file beside it, written, synced, renamed, folder
synced.

After any failure the old content stands, and the temp file is gone.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

PRIVATE = 0o600
"""Mode of new files: recordings hold prompts and answers."""


def replace_file(path: Path, data: bytes) -> None:
    """Put *data* in the place of *path*, keeping the old file's mode. A link is followed, its target
    replaced; a device or a pipe is not. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    temp = target.parent / f".{secrets.token_hex(8)}.tmp"
    try:
        _write(temp, data, _mode_of(target))
        temp.replace(target)
    except BaseException:
        with suppress(OSError):
            temp.unlink()
        raise
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in *folder* last through a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte: the kernel may take fewer at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def _write(temp: Path, data: bytes, mode: int) -> None:
    fd = os.open(temp, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE)
    try:
        os.fchmod(fd, mode)
        write_all(fd, data)
        os.fsync(fd)
    finally:
        os.close(fd)


def _mode_of(target: Path) -> int:
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return PRIVATE
    if not stat.S_ISREG(mode):  # root could put a file in the place of /dev/null, for everybody
        raise OSError(errno.EINVAL, "Not a regular file", str(target))
    return mode & 0o777
