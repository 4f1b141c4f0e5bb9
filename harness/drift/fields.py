"""The facts of JSON documents: which values are where, of which type, with which words. Pure.

A `Fields` stands for the documents of one exchange. A fact's second word is the *scope*: the phase of a chunk, `*` for
all phases together, `request` or `error`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.drift.formats import format_of, is_word, magnitude_of
from harness.drift.jsonpaths import Node, kind_of, nodes

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from harness.drift.summary import Notes

ALL = "*"
SMALL = 100
"""Whole numbers below it can be words of a closed vocabulary, such as an index."""
LENGTHS = 3
"""Arrays longer than this are `many`."""


class Fields:
    """Gathers the documents of one exchange, then says what was in them."""

    def __init__(
        self, *, texts: Container[str] = (), identifiers: Container[str] = (), names: Container[str] = ()
    ) -> None:
        """*texts* are places of free text, *identifiers* of ids, *names* of words that may hold digits."""
        self._texts, self._identifiers, self._names = texts, identifiers, names
        self._seen: dict[str, Counter[str]] = {}
        self._parents: dict[str, str] = {}
        self._types: set[tuple[str, str, str]] = set()
        self._values: dict[str, set[object]] = {}
        self._lengths: set[tuple[str, int]] = set()

    def add(self, document: object, *scopes: str, root: str = "$") -> None:
        """One document, counted in each of the scopes."""
        for node in nodes(document, root):
            self._add(node, scopes)

    def note(self, notes: Notes) -> None:
        """Everything that was gathered, in facts."""
        notes.saw_all(("type", *key) for key in self._types)
        for scope, seen in self._seen.items():
            for path, count in seen.items():
                self._note_presence(notes, scope, path, count, seen)
        for path, values in self._values.items():
            self._note_values(notes, path, values)
        for path, length in self._lengths:
            notes.word(str(length) if length <= LENGTHS else "many", "length", path)

    def values(self, path: str) -> set[object]:
        """The simple values that were at a path."""
        return self._values.get(path, set())

    def _add(self, node: Node, scopes: Iterable[str]) -> None:
        path, parent, value = node
        kind = kind_of(value)
        for scope in scopes:
            self._seen.setdefault(scope, Counter())[path] += 1
            self._types.add((scope, path, kind))
        self._parents[path] = parent
        if kind == "array":
            self._lengths.add((path, len(value)))  # type: ignore[arg-type]
        elif kind not in ("object", "null") and path not in self._texts:
            self._values.setdefault(path, set()).add(value)

    def _note_presence(self, notes: Notes, scope: str, path: str, count: int, seen: Counter[str]) -> None:
        notes.saw("path", scope, path)
        if path.endswith("[*]"):
            return
        of = seen[self._parents[path]] if self._parents[path] else count
        if count < of:
            notes.saw("gap", scope, path)
        elif of > 1:
            notes.saw("full", scope, path)

    def _note_values(self, notes: Notes, path: str, values: set[object]) -> None:
        if len(values) > 1:
            notes.saw("varies", path)
        for value in values:
            self._note_value(notes, path, value)

    def _note_value(self, notes: Notes, path: str, value: object) -> None:
        if isinstance(value, str):
            notes.word(format_of(value, identifier=path in self._identifiers), "format", path)
            word = value if self._is_word(path, value) else None
        else:
            assert isinstance(value, bool | int | float)  # what else `_add` keeps
            if not isinstance(value, bool):
                notes.word(magnitude_of(value), "magnitude", path)
            word = str(value).lower() if isinstance(value, bool) or 0 <= value < SMALL else None
        notes.word(word, "value", path) if word is not None else notes.saw("wordless", path)

    def _is_word(self, path: str, value: str) -> bool:
        return path in self._names or (path not in self._identifiers and is_word(value))
