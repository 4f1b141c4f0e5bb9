"""A short piece of what was found, for a message: bounded, printable, and with nothing in it that looks like
a key.

Messages end up in terminals, logs and reports. A run of letters and digits that could be a token shows its
length only.
"""

from __future__ import annotations

import re

AT_MOST = 120
"""Characters of an excerpt: enough to know a chunk by, and one line of a terminal."""

_TOKEN = re.compile(r"[A-Za-z0-9_\-+/=.~]{20,}")
_HAS_DIGIT = re.compile(r"\d")


def excerpt(text: str, at_most: int = AT_MOST) -> str:
    """*text* in one line, at most *at_most* characters of it, control characters escaped, token-like runs
    blanked.
    """
    shown = _TOKEN.sub(_blank, text[: at_most + 200])
    line = (
        shown[:at_most].encode("unicode_escape", "replace").decode("ascii")
        if not shown.isprintable()
        else shown[:at_most]
    )
    return line + "…" if len(shown) > at_most or len(text) > at_most + 200 else line


def _blank(run: re.Match[str]) -> str:
    word = run.group()
    return f"[{len(word)} characters]" if _HAS_DIGIT.search(word) else word
