"""The parser that everybody has written once: lines that begin with `data: `. What `harness demo` lets fuzzing break.

It is wrong on purpose, and nothing else uses it: `harness fuzz harness.cli.naive:naive` shows in how many ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PREFIX = b"data: "


def naive(pieces: Iterable[bytes]) -> Iterator[str]:
    """The data of each line that has some."""
    held = b""
    for piece in pieces:
        *lines, held = (held + piece).split(b"\n")
        for line in lines:
            if line.startswith(PREFIX):
                yield line.removeprefix(PREFIX).decode()
