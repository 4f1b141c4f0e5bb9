"""A short piece of what was found, for a message: bounded, printable, and with nothing in it that looks like a key.

Messages end up in terminals, logs and reports. A run of letters and digits that could be a key shows its length only.
"""

from __future__ import annotations

import re

AT_MOST = 120
"""Characters of an excerpt: enough to know a chunk by, and one line of a terminal."""

_MARGIN = 400
_RUN = re.compile(r"[A-Za-z0-9_\-+/=.~]{20,}")
_RUN_AT_THE_END = re.compile(r"[A-Za-z0-9_\-+/=.~]+\Z")
_DIGIT = re.compile(r"[0-9]")
_LONG = 32
"""From this length on a run is hidden even without a digit: words are shorter, keys are not."""


def excerpt(text: str, at_most: int = AT_MOST) -> str:
    """*text* in one line and at most about *at_most* characters, what cannot be printed escaped, key-like
    runs hidden.
    """
    piece = text[: at_most + _MARGIN]
    if len(piece) < len(text):  # a key may be cut in two here, and its first half would not look like one
        piece = _RUN_AT_THE_END.sub("", piece)
    shown = _RUN.sub(_hidden, piece)
    line = "".join(char if char.isprintable() else _escaped(char) for char in shown[:at_most])
    return f"{line}…" if len(shown) > at_most or len(piece) < len(text) else line


def _hidden(run: re.Match[str]) -> str:
    word = run.group()
    return f"[{len(word)} characters]" if len(word) >= _LONG or _DIGIT.search(word) else word


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
