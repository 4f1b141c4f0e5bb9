"""The journal beside a tape: what a recorder has seen so far, safe from its own death.

`<tape>.<8 hex digits>.journal`, one line a record, written straight through (`os.write`), so that a killed
process loses nothing it was told of; synced at most once a second and when a stream ends, so that a power cut
loses little. The recorder holds the file's lock while it lives: a journal whose lock is free is an orphan,
and the next reader takes it in.
"""

from __future__ import annotations

import os
import re
import secrets
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from harness.cassette.recovery import Ended, Lines, Opened, Record, Recovered, recover
from harness.disk.atomic import PRIVATE, write_all
from harness.disk.lock import try_lock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SYNC_EVERY_S = 1.0
"""A sync takes about 3 ms, a write 10 us (measured): a sync for each piece would be felt."""
MAX_JOURNAL = 192 * 1024 * 1024
"""Bytes read of an orphan: twice the largest tape, in base64 and with its records."""

_UNIQUE = re.compile(r"\.[0-9a-f]{8}\.journal")


class Journal:
    """An open journal of one recorder. `failure` is the first error of the disk; nothing is written after it."""

    def __init__(self, tape: Path, *, aside: Callable[[Callable[[], None]], None] | None = None) -> None:
        self._aside = aside or _in_a_thread
        self.path = tape.with_name(f"{tape.name}.{secrets.token_hex(4)}.journal")
        self.failure: OSError | None = None
        self._fd = os.open(
            self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_NOFOLLOW, PRIVATE
        )
        try_lock(self._fd)
        self._lines = Lines()
        self._turn = threading.Lock()
        self._synced_at = time.monotonic()
        self.append(Opened())

    @property
    def is_whole(self) -> bool:
        """Whether everything that it was told lies in its file."""
        return self.failure is None and self.path.exists()

    def append(self, record: Record) -> None:
        """Write one record. An error of the disk is kept, not raised: the caller's stream goes on, and so
        does the recording.
        """
        with self._turn:
            if self.failure is None:
                self._try_to_append(record)

    def close(self) -> None:
        """Let the file be: it becomes an orphan, for the next reader to take in."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def remove(self) -> None:
        """The journal has done its duty. One that cannot be removed adds nothing: the next reader finds its
        exchanges on the tape.
        """
        with suppress(OSError):
            self.path.unlink()
        self.close()

    def _try_to_append(self, record: Record) -> None:
        try:
            write_all(self._fd, self._lines.encode(record))
            self._sync(at_once=isinstance(record, Ended))
        except OSError as error:
            self.failure = error

    def _sync(self, *, at_once: bool) -> None:
        """At the end of a stream here and now; in the middle aside, where nobody waits for the disk."""
        now = time.monotonic()
        if at_once:
            os.fdatasync(self._fd)
        elif now - self._synced_at >= SYNC_EVERY_S:
            self._aside(partial(self._sync_copy, os.dup(self._fd)))
        else:
            return
        self._synced_at = now

    def _sync_copy(self, fd: int) -> None:
        """Sync through a descriptor of its own: the journal may be closed meanwhile."""
        try:
            os.fdatasync(fd)
        except OSError as error:
            self.failure = self.failure or error
        finally:
            os.close(fd)


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="journal-sync", daemon=True).start()


class Orphan:
    """A journal whose recorder is gone. Hold it open until its content is safe elsewhere."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd

    def read(self) -> Recovered:
        """What it tells. Raises OSError."""
        with os.fdopen(os.dup(self._fd), "rb") as file:
            file.seek(0)
            return recover(file.read(MAX_JOURNAL))

    def put_away(self) -> None:
        """Its content is safe elsewhere. What was damaged is kept under another name, for somebody to look
        at.
        """
        with suppress(FileNotFoundError):
            if self.read().is_damaged:
                self.path.rename(self.path.with_name(self.path.name + ".damaged"))
            else:
                self.path.unlink()

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._fd)


def tape_of(journal: Path) -> Path | None:
    """The tape that a journal of this name belongs to; None for another file."""
    match = _UNIQUE.search(journal.name)
    return (
        journal.with_name(journal.name[: match.start()])
        if match and match.end() == len(journal.name)
        else None
    )


def orphans_of(tape: Path) -> list[Orphan]:
    """The journals of dead recorders beside *tape*, by name. Links and journals still in use are passed over."""
    if not tape.parent.is_dir():
        return []
    mine = (
        name
        for name in os.listdir(tape.parent)  # noqa: PTH208 - names alone: a folder can hold hundreds of tapes
        if name.startswith(tape.name) and _UNIQUE.fullmatch(name, len(tape.name))
    )
    found = (_orphan(tape.with_name(name)) for name in sorted(mine))
    return [orphan for orphan in found if orphan is not None]


def _orphan(path: Path) -> Orphan | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    if not try_lock(fd, shared=True):
        os.close(fd)
        return None
    return Orphan(path, fd)
