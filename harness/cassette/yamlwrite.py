"""A cassette's document to YAML text, for people: bodies as literal blocks wherever that is exact, one scalar
a line. Pure.

PyYAML's C writer escapes emoji and its pure writer corrupts NEL and U+2028, so the few forms a cassette needs
are written here. The law: PyYAML, and so vcrpy, reads back the very same document. Whatever is not plainly
safe is quoted.
"""

from __future__ import annotations

import base64
import re

from harness.cassette.fields import DocumentError
from harness.cassette.yamlread import MAX_NODES
from harness.cassette.yamlvalues import STRING_TAG, implicit_tag

_UNPRINTABLE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029\ufeff]"
)
"""What YAML readers refuse, take for a line break, or drop (YAML 1.1, 5.1 and 5.4)."""
_TRAILING_BLANK = re.compile(r"[ \t](?:\n|\Z)")
"""Blanks at the end of a line survive YAML, but not people's editors."""
_PLAIN = re.compile(r"[A-Za-z/](?:[\w./+=@;()*-]|:(?=[\w/])|[ ,](?=[\w./(*]))*", re.ASCII)
"""Text that means itself without quotes; a narrow choice on purpose."""
_FRAMES = re.compile(r"[0-9][0-9.e+-]*/[0-9]+(?: [0-9][0-9.e+-]*/[0-9]+)*")
"""The one scalar that may begin with a digit: a slash keeps it from being a number or a date."""
_WORDS_OF_OTHERS = frozenset({"y", "n"})
"""Booleans by the letter of YAML 1.1, text in PyYAML."""


def write_yaml(document: object) -> str:
    """The document as block YAML, keys in the order given. Raises DocumentError where a reader's limit would
    be passed.
    """
    writer = _Writer()
    writer.block(document, 0, lead="")
    return "".join(writer.parts)


class _Writer:
    """Collects the text. An indent counts spaces; a *lead* is what already stands on the line, like `- `."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._nodes = 0

    def block(self, value: object, indent: int, *, lead: str) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise DocumentError(
                f"The cassette would have more than {MAX_NODES} values.", help="split it into several files"
            )
        if isinstance(value, dict) and value:
            self._mapping(value, indent, lead)
        elif isinstance(value, list) and value:
            self._sequence(value, indent, lead)
        else:
            self.parts.append(f"{lead}{_scalar(value, indent)}\n")

    def _mapping(self, value: dict[str, object], indent: int, lead: str) -> None:
        for key, item in value.items():
            self.parts.append(f"{lead or ' ' * indent}{_one_line(key)}:")
            self._nodes += 1
            lead = ""
            if isinstance(item, (dict, list)) and item:
                self.parts.append("\n")
                self.block(item, indent + 2 * isinstance(item, dict), lead="")
            else:
                self.block(item, indent + 2, lead=" ")

    def _sequence(self, value: list[object], indent: int, lead: str) -> None:
        for item in value:
            self.block(item, indent + 2, lead=f"{lead or ' ' * indent}- ")
            lead = ""


def _scalar(value: object, indent: int) -> str:
    if isinstance(value, str):
        return _literal(value, indent) if _reads_well_as_block(value) else _one_line(value)
    if isinstance(value, bytes):
        return f"!!binary {_literal(base64.encodebytes(value).decode(), indent)}"
    if isinstance(value, float):
        return _float(value)
    return (
        _CONSTANTS[value] if value is None or isinstance(value, bool) else str(value)
    )  # {} and [] are written as Python does


_CONSTANTS: dict[object, str] = {None: "null", True: "true", False: "false"}


def _float(value: float) -> str:
    """YAML 1.1 wants a point before an exponent; without one, `1e-05` is text."""
    text = repr(value)
    return text if "." in text else text.replace("e", ".0e")


def _reads_well_as_block(text: str) -> bool:
    return (
        "\n" in text
        and bool(text.strip("\n"))
        and not _UNPRINTABLE.search(text)
        and not _TRAILING_BLANK.search(text)
    )


def _literal(text: str, indent: int) -> str:
    """A literal block. The indentation is named where the first line would hide it; the chomping says how the
    text ends.
    """
    margin = "\n" + " " * indent
    hint = str(_INDENT) if text[0] in " \t\n" else ""
    body = text.removesuffix("\n")
    lines = [margin + line if line else "\n" for line in body.split("\n")]
    return f"|{hint}{_chomping(text)}{''.join(lines)}"


_INDENT = 2
"""Spaces by which a block lies deeper than its key."""


def _chomping(text: str) -> str:
    """No newline at the end, one, or more than one (YAML 1.1, 9.1.1.2)."""
    if not text.endswith("\n"):
        return "-"
    return "+" if text.endswith("\n\n") else ""


def _one_line(text: str) -> str:
    if _means_itself(text):
        return text
    if "\n" in text or _UNPRINTABLE.search(text):
        return f'"{_ESCAPED.sub(_escape, text)}"'
    return "'" + text.replace("'", "''") + "'"


def _means_itself(text: str) -> bool:
    if _FRAMES.fullmatch(text):
        return True
    return (
        bool(_PLAIN.fullmatch(text))
        and text.lower() not in _WORDS_OF_OTHERS
        and implicit_tag(text) == STRING_TAG
    )


_ESCAPED = re.compile(rf'["\\\n\t]|{_UNPRINTABLE.pattern}')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escape(match: re.Match[str]) -> str:
    """Escapes of a double-quoted scalar (YAML 1.1, 5.6)."""
    char = match[0]
    code = ord(char)
    return _SHORT.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
