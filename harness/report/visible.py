"""Text from outside, made safe to show: nothing in it can move a cursor or turn the direction of writing.

Upstreams choose what stands in a stream: ESC sequences that repaint a terminal, marks that reverse the direction of
writing, line ends that begin a second log line (T17 of the threat model). They are shown, not obeyed and not hidden.
"""

from __future__ import annotations

import re

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
_DIRECTIONS = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # Unicode's bidirectional controls (UAX 9)
_OTHERS = (
    r"\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"  # line ends of JavaScript, marks, halves of characters
)
_IN_LINES = re.compile(f"[{_CONTROLS}{_DIRECTIONS}{_OTHERS}]")
_IN_ONE_LINE = re.compile(f"[\t\n{_CONTROLS}{_DIRECTIONS}{_OTHERS}]")


def visible(text: str) -> str:
    r"""*text* as one line: what cannot be seen is written as `\n`, `\x1b`, `\u202e`."""
    return _IN_ONE_LINE.sub(_escape, text)


def visible_lines(text: str) -> str:
    """*text* with its line feeds and tabs kept, and nothing else that cannot be seen."""
    return _IN_LINES.sub(_escape, text)


def shortened(text: str, width: int, *, mark: str = "…") -> str:
    """*text* as one line of at most *width* characters, with *mark* at its end where something was left out."""
    line = visible(text[: width + 1])
    return line if len(line) <= width else (line[: max(width - len(mark), 0)] + mark)[:width]


def escaped_json(document: str) -> str:
    """JSON text with what cannot be seen written as JSON's own escapes; the value stays the same."""
    return _IN_LINES.sub(lambda match: f"\\u{ord(match.group()):04x}", document)


def _escape(match: re.Match[str]) -> str:
    return match.group().encode("unicode_escape").decode("ascii")
