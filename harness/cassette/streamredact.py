"""Secrets out of a body while it streams: as many bytes out as in, in the same pieces, most of them at once.
Pure.

What is covered does not depend on how the body was cut: lines are judged whole. A piece is let go as soon as
nothing in it can turn out to be secret any more; bytes of a line that has just begun, as long as nothing in
them looks like the beginning of a secret.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

from harness.cassette.judge import LineJudge

if TYPE_CHECKING:
    from harness.cassette.finder import Finder
    from harness.cassette.leaves import Reading

COVER = b"*"
"""Stands for one byte of a secret. It is part of no token, needs no escape anywhere, and looks like what it
is.
"""
MAX_LINE = 1024 * 1024
"""Bytes of a line that are judged together; a longer line is judged in parts."""

_TELLING = re.compile(
    r"auth|bearer|cookie|credential|jwt|key|pass|pwd|secret|token|connection.?string|\\[u/]", re.IGNORECASE
)
"""What makes an unfinished line wait for its end: the keys of `harness.cassette.names`, and escapes that can
hide a token.
"""
_LINE_END = re.compile(rb"[\r\n]")
_NOT_IN_TOKENS = re.compile(rb"[^A-Za-z0-9_.~+/=%\\-](?=[A-Za-z0-9_.~+/=%\\-]*\Z)")


class StreamRedactor:
    """Takes a body piece by piece. Every piece comes out again, of the same length, in order, covered where
    it was secret.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._judge = LineJudge(finder)
        self._held = bytearray()
        self._sizes: deque[int] = deque()
        self._held_at = 0
        self._line = bytearray()
        self._line_at = 0
        self._beginning: _Beginning | None = None

    def feed(self, piece: bytes) -> list[bytes]:
        """The pieces that may be written now: as a rule this one, sometimes none, sometimes several."""
        self._sizes.append(len(piece))
        self._held += piece
        start = 0
        for end in _LINE_END.finditer(piece):
            self._line += piece[start : end.end()]
            self._finish_line()
            start = end.end()
        self._line += piece[start:]
        while len(self._line) > MAX_LINE:
            self._finish_line(_end_of_part(self._line))
        return self._released(self._settled())

    def close(self) -> list[bytes]:
        """The stream is over: the pieces that were still held back."""
        self._finish_line()
        return self._released(self._line_at)

    def _finish_line(self, size: int | None = None) -> None:
        line = bytes(self._line[:size])
        for secret in self._judge.judge(line.decode("latin-1"), self._line_at):
            self._cover(secret)
        del self._line[:size]
        self._line_at += len(line)
        self._beginning = None

    def _cover(self, secret: Reading) -> None:
        for char, start, end in zip(*secret, strict=True):
            first, last = max(start - self._held_at, 0), end - self._held_at
            if not char.isspace() and last > first:
                self._held[first:last] = COVER * (last - first)

    def _settled(self) -> int:
        """The byte up to which everything is decided."""
        if self._judge.held_from is not None:
            return self._judge.held_from
        if not self._line:
            return self._line_at
        if self._beginning is None:
            self._beginning = _Beginning(self._finder, self._judge.open_ends)
        return self._line_at + self._beginning.safe(self._line)

    def _released(self, settled: int) -> list[bytes]:
        pieces: list[bytes] = []
        while self._sizes and self._held_at + self._sizes[0] <= settled:
            size = self._sizes.popleft()
            pieces.append(bytes(self._held[:size]))
            del self._held[:size]
            self._held_at += size
        return pieces


class _Beginning:
    """How much of a line whose end has not come can hold no secret, whatever the rest will be. Looks at each
    byte about once.

    A shape's head may be shown, so bytes may go until a head, a known value, a telling key or a hiding escape
    begins in them.
    """

    def __init__(self, finder: Finder, open_ends: tuple[str, ...]) -> None:
        self._finder = finder
        self._anchors = (*finder.anchors, *_completions(finder.anchors, open_ends))
        self._overlap = max(map(len, self._anchors))
        self._checked = 0
        self._suspect: int | None = 0 if finder.secret_keys or not all(map(_is_head, open_ends)) else None

    def safe(self, line: bytearray) -> int:
        """Bytes from the line's start on."""
        if self._suspect is not None:
            return self._suspect
        start = max(0, self._checked - self._overlap)
        text = line[start:].decode("latin-1")
        self._checked = len(line)
        telling = _TELLING.search(text)
        places = [text.find(anchor) for anchor in self._anchors if anchor in text] + (
            [telling.start()] if telling else []
        )
        if places:
            self._suspect = start + min(places)
            return self._suspect
        end = self._finder.begun(text)
        return len(line) if end is None else start + end.secret


def _completions(anchors: tuple[str, ...], open_ends: tuple[str, ...]) -> set[str]:
    """What the next text would begin with if it completed an anchor whose beginning has come."""
    return {anchor[len(end) :] for end in open_ends for anchor in anchors if anchor.startswith(end)}


def _is_head(end: str) -> bool:
    """Whether an open end is the beginning of an anchor; others are JSON keys under way, or secrets that may
    run on.
    """
    return bool(end) and '"' not in end


def _end_of_part(line: bytearray) -> int:
    """Where a line that is too long is parted: not within a token, if it can be helped."""
    gap = _NOT_IN_TOKENS.search(line[MAX_LINE - 4096 : MAX_LINE])
    return MAX_LINE - 4096 + gap.end() if gap else MAX_LINE
