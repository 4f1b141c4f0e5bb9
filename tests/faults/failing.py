"""A disk that fails at the n-th call, as SQLite's and curl's tests have it: an error, a signal, half a write.

Stands between Python and the system for the calls that a recording makes. A loop over n goes through every place
where a recording can be struck, until a run comes through unharmed.
"""

import os
from collections.abc import Callable, Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from unittest import mock

CALLS = ("open", "write", "fsync", "fdatasync", "fchmod", "replace", "mkdir", "unlink", "rename")
"""Every call of a recording that the system may refuse."""

NEVER = 0
"""The number of no call, for a disk that only counts."""


class FailingDisk:
    """While it is entered, call number *at* meets *strike* in its place; with *stays*, so does every later one.

    Only the calls named in *only* count; `calls` names those that were made.
    """

    def __init__(
        self, strike: Callable[[], Any], *, at: int, only: Collection[str] = CALLS, stays: bool = False
    ) -> None:
        self.calls: list[str] = []
        self._strike, self._at, self._stays = strike, at, stays
        self._only = only
        self._patches = ExitStack()

    def __enter__(self) -> Self:
        homes: list[tuple[Any, str]] = [(os, name) for name in self._only]
        homes += [(Path, "open")] if "open" in self._only else []
        for home, name in homes:
            patch = mock.patch.object(home, name, self._watched(name, getattr(home, name)))
            self._patches.enter_context(patch)
        return self

    def __exit__(self, *_: object) -> None:
        self._patches.close()

    @property
    def has_struck(self) -> bool:
        return len(self.calls) >= self._at > NEVER

    def _watched(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            self.calls.append(name)
            number = len(self.calls)
            if number == self._at or (self._stays and number > self._at):
                self._strike()
            return real(*arguments, **named)

        return call


def refusing(code: int) -> Callable[[], None]:
    """A strike: the system says no, with this `errno`."""

    def strike() -> None:
        raise OSError(code, os.strerror(code))

    return strike


class SmallDisk:
    """While it is entered, *room* bytes can be written in all: the last write that fits a part of its data takes
    that part, and every later one is refused with *code*.
    """

    def __init__(self, room: int, code: int) -> None:
        self._room, self._code = room, code
        self._real = os.write
        self._patch = mock.patch.object(os, "write", self._write)

    def __enter__(self) -> Self:
        self._patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._patch.stop()

    def _write(self, fd: int, data: bytes) -> int:
        part = bytes(data)[: self._room]
        if data and not part:
            raise OSError(self._code, os.strerror(self._code))
        self._room -= len(part)
        return self._real(fd, part)
