"""The noise of code under test, kept apart from results: what it prints goes elsewhere, and `os._exit` raises.

Only Python's own stdout is turned aside; a child that the code forks ends as it likes.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

T = TypeVar("T")


@contextmanager
def aside(stream: TextIO) -> Iterator[None]:
    """Let what is printed go to *stream*, and nobody end this process behind our back."""
    leave, owner = os._exit, os.getpid()

    def ended(status: int) -> NoReturn:
        if os.getpid() != owner:
            leave(status)
        raise SystemExit(f"os._exit({status})")

    os._exit = ended
    try:
        with redirect_stdout(stream):
            yield
    finally:
        os._exit = leave


def each_aside(steps: Iterator[T], stream: TextIO) -> Iterator[T]:
    """The same steps; only while one is made is anything turned aside."""
    while True:
        with aside(stream):
            try:
                step = next(steps)
            except StopIteration:
                return
        yield step
