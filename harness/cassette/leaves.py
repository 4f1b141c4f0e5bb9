"""The strings of a JSON text, decoded, with the place of every character: so that a secret found in a value
can be covered in the bytes. Pure.

Tolerant on purpose: a stream can break off inside a chunk, and what came before must still be read. Whatever
the text is, its quoted parts come out; where it is JSON, they are its keys and values. Text is latin-1: one
character, one byte.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_TOKEN = re.compile(r'"((?:[^"\\]++|\\.)*+)(?:"(\s*+:)?|\\?\Z)|[{}\[\],]', re.DOTALL)
_INDEX = re.compile(r"\s*([0-9]{1,9})")
_ESCAPE = re.compile(
    r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL
)
MAX_DEPTH = 64
"""Levels of nesting that are told apart; deeper strings count as those of the deepest level."""
_SHORT = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Reading(NamedTuple):
    """Text with places: character *i* is the bytes from `starts[i]` up to `ends[i]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def part(self, start: int, end: int | None = None) -> Reading:
        """A part of it."""
        return Reading(self.text[start:end], self.starts[start:end], self.ends[start:end])

    def then(self, other: Reading) -> Reading:
        """This one and another as one text, wherever the bytes of the two lie."""
        return Reading(self.text + other.text, [*self.starts, *other.starts], [*self.ends, *other.ends])


class Leaf:
    """One string value of a JSON text."""

    __slots__ = ("_at", "_holder", "_source", "key")

    def __init__(self, holder: _Holder, source: Reading) -> None:
        self._holder = holder
        self._at = holder.at
        self._source = source
        self.key = holder.key
        """The key it stands under; in an array, the key of the array."""

    @property
    def value(self) -> Reading:
        """Its text, escapes undone. Undone each time: many ask for the key alone."""
        return _unescaped(self._source)

    @property
    def path(self) -> str:
        """What tells it from other leaves, and is the same for the same leaf of the next chunk."""
        return (
            f"{self._holder.path}[{self._at}]" if self._holder.is_array else f"{self._holder.path}.{self.key}"
        )

    def is_below(self, word: str) -> bool:
        """Whether one of the keys above it holds this word."""
        holder: _Holder | None = self._holder
        while holder is not None and word not in holder.key_above:
            holder = holder.parent
        return holder is not None


def plain(text: str, at: int = 0) -> Reading:
    """Text in which a character is a byte, the first one being byte *at*."""
    return Reading(text, range(at, at + len(text)), range(at + 1, at + len(text) + 1))


def leaves(reading: Reading) -> list[Leaf]:
    """Every string value with the key and the path it stands under."""
    found: list[Leaf] = []
    holder = _Holder(None, is_array=False)
    for token in _TOKEN.finditer(reading.text):
        if token[1] is None:
            holder = _stepped(holder, token[0])
        elif token[2] is None:
            found.append(Leaf(holder, reading.part(*token.span(1))))
        else:
            holder.name(_unescaped(plain(token[1])).text, reading.text, token.end())
    return found


class _Holder:
    """An object or array. `index` is the number an item gives itself, wherever in the item it says so."""

    __slots__ = ("at", "depth", "index", "is_array", "key", "key_above", "parent", "place")

    def __init__(self, parent: _Holder | None, *, is_array: bool) -> None:
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent else 0
        self.is_array = is_array
        self.key_above: str = parent.key if parent else ""
        self.key: str = self.key_above if is_array else ""
        self.place: int | None = parent.at if parent and parent.is_array else None
        self.at: int = 0
        self.index = ""

    def name(self, key: str, text: str, end: int) -> None:
        """A key has come; what it names is next."""
        self.key = key
        number = _INDEX.match(text, end) if key == "index" else None
        if number is not None:
            self.index = number[1]

    @property
    def path(self) -> str:
        """Where it lies: an item that numbers itself is known by that number, other items by their place in
        the array.
        """
        above = self.parent.path if self.parent else ""
        step = f".{self.key_above}" if self.place is None else f"[{self.index or self.place}]"
        return f"{above}{step}#{self.index}" if self.place is None and self.index else above + step


def _stepped(holder: _Holder, mark: str) -> _Holder:
    """The holder after a bracket or a comma."""
    if mark in "{[":
        return _Holder(holder, is_array=mark == "[") if holder.depth < MAX_DEPTH else holder
    if mark == ",":
        holder.at += 1
        return holder
    return holder.parent or holder


def _unescaped(reading: Reading) -> Reading:
    """JSON's escapes undone (RFC 8259, 7); a character that was escaped has the whole escape as its place."""
    if "\\" not in reading.text:
        return reading
    text: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for escape in _ESCAPE.finditer(reading.text):
        decoded = _decoded(escape)
        text += [reading.text[done : escape.start()], decoded]
        starts += [*reading.starts[done : escape.start()], *[reading.starts[escape.start()]] * len(decoded)]
        ends += [*reading.ends[done : escape.start()], *[reading.ends[escape.end() - 1]] * len(decoded)]
        done = escape.end()
    rest = reading.part(done)
    return Reading("".join([*text, rest.text]), [*starts, *rest.starts], [*ends, *rest.ends])


def _decoded(escape: re.Match[str]) -> str:
    """One escape as the latin-1 text of its UTF-8 bytes; half of a surrogate pair is a mark that stands for
    no character.
    """
    high, low, unit, short = escape.groups()
    if short is not None:
        return _SHORT.get(short, short)
    code = int(unit, 16) if unit else 0x10000 + ((int(high, 16) & 0x3FF) << 10 | int(low, 16) & 0x3FF)
    return chr(code).encode("utf-8", "replace").decode("latin-1")
