"""Where in the text of a tape an interaction begins, or a line of it stands: for pages that show findings beside files.

A reader of lines, and no parser: what is written in another way than recorders write it has no line, and nothing is
wrong with that. Never raises.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_LIST = re.compile(r'\s*"?interactions"?:\s*\[?\s*$')
_ITEM = re.compile(r"(\s*)(?:- |\{\s*$)")
ELLIPSIS = "…"
"""Ends a text of which only the beginning is known."""


class TapeLines:
    """The lines of one tape."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines, self._starts = lines, list(_starts(lines))

    def line_of(self, interaction: int, text: str = "") -> int | None:
        """The number, from 1, of the line in that interaction (from 1 too) that says *text*, or on which it begins."""
        if not 0 < interaction <= len(self._starts):
            return None
        first, *after = self._starts[interaction - 1 : interaction + 1]
        span = range(first, after[0] if after else len(self._lines))
        return next((at for at in span if text and _says(self._lines[at], text)), first) + 1


def lines_of(path: Path) -> TapeLines:
    """The lines of the tape at *path*; none where it cannot be read."""
    try:
        return TapeLines(path.read_text(encoding="utf-8", errors="replace").split("\n"))
    except OSError:
        return TapeLines([])


def _starts(lines: Sequence[str]) -> Iterator[int]:
    """The places, from 0, where items of the list begin: lines that are set in as its first one is."""
    head = next((at for at, line in enumerate(lines) if _LIST.match(line)), None)
    depth = None
    for at, line in enumerate(lines if head is not None else ()):
        item = _ITEM.match(line) if at > (head or 0) else None
        if item is not None and depth in (None, item[1]):
            depth = item[1]
            yield at


def _says(line: str, text: str) -> bool:
    return (
        line.strip().startswith(text.removesuffix(ELLIPSIS).strip())
        if text.endswith(ELLIPSIS)
        else line.strip() == text.strip()
    )
