"""A JSON document into facts about its paths: types, presence, lengths, words, formats, numbers, sums.

A path is a JSONPath with `[*]` for the items of an array. `document` says which of an exchange's documents it is:
`chunk`, `request` or `error`. Knows no upstream; which strings are free text is told by the caller.
"""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from harness.drift.notes import Notes

MAX_DEPTH = 16
MAX_ITEMS = 64
"""Items of one array that are looked at."""
ANY = ""
"""The phase that stands for all phases."""

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*\Z")
_MADE_UP = re.compile(r"[0-9a-f]{8}[0-9a-f-]*\Z|[A-Za-z_-]*\d[A-Za-z0-9_-]{7,}\Z|\d")
"""Keys that a person did not choose: numbers, hashes, identifiers."""
_FORMATS = (
    ("empty", re.compile(r"\Z")),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")),
    ("time", re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?\Z")),
    ("url", re.compile(r"https?://")),
    ("digits", re.compile(r"-?\d+\Z")),
    ("decimal", re.compile(r"-?\d*\.\d+\Z")),
    ("json", re.compile(r"\s*[\[{].*[\]}]\s*\Z", re.DOTALL)),
    ("words", re.compile(r"[A-Za-z]+([ ._/-][A-Za-z]+)*\Z")),
    ("token", re.compile(r"[A-Za-z0-9+/=]+\Z")),
)
_HEAD = re.compile(r"([A-Za-z]{2,16}[-_])(?=[A-Za-z0-9_-]*\d|[A-Za-z0-9]{12,})")


def walk(
    notes: Notes,
    value: object,
    *,
    document: str,
    phases: tuple[str, ...] = (ANY,),
    texts: Container[str] = (),
) -> None:
    """Note all facts of this document, in each of the *phases*. *texts*: paths whose strings are free text."""
    _Walk(notes, document, phases, texts).node(value, "$", 0)


def close(notes: Notes, document: str) -> None:
    """Note which fields stood in every object that could hold them, once all documents were seen."""
    for (kind, of, phase, path, *rest), count in list(notes.counts.items()):
        if kind == "field" and of == document:
            objects = notes.counts["object", of, phase, path]
            name = rest[0]
            notes.note("present", of, phase, join(path, name))
            if count == objects:
                notes.note("every", of, phase, join(path, name))
            if objects > 1:
                notes.note("several", of, phase, join(path, name))


def join(path: str, name: str) -> str:
    """The path of a field; names that are no plain words are quoted."""
    return f"{path}.{name}" if _NAME.match(name) or name == "*" else f"{path}[{name[:40]!r}]"


def type_of(value: object) -> str:
    """The JSON type; whole numbers and others are told apart."""
    kinds = (
        (bool, "boolean"),
        (str, "string"),
        (int, "integer"),
        (float, "number"),
        (dict, "object"),
        (list, "array"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "null")


def format_of(text: str) -> str:
    """The class of a string: its head, if it is an identifier with one, and what the rest is made of."""
    head = _HEAD.match(text)
    rest = text[head.end() :] if head else text
    kind = next((name for name, pattern in _FORMATS if pattern.match(rest)), "text")
    return f"{head[1]}{kind}" if head else kind


class _Walk:
    def __init__(self, notes: Notes, document: str, phases: tuple[str, ...], texts: Container[str]) -> None:
        self.notes, self.document, self.phases, self.texts = notes, document, phases, texts

    def node(self, value: object, path: str, depth: int) -> None:
        kind = type_of(value)
        for phase in self.phases:
            self.notes.note("type", self.document, phase, path, kind)
            self.notes.note("seen", self.document, phase, path)
        if depth < MAX_DEPTH and isinstance(value, dict):
            self.of_object(value, path, depth)
        elif depth < MAX_DEPTH and isinstance(value, list):
            self.of_array(value, path, depth)
        else:
            self.of_scalar(value, path)

    def of_object(self, value: Mapping[str, object], path: str, depth: int) -> None:
        for phase in self.phases:
            self.notes.count("object", self.document, phase, path)
        names = {("*" if _MADE_UP.match(name) else name): each for name, each in value.items()}
        for name, each in names.items():
            for phase in self.phases:
                self.notes.count("field", self.document, phase, path, name)
            self.node(each, join(path, name), depth + 1)
        self.sums(value, path)

    def of_array(self, value: list[object], path: str, depth: int) -> None:
        size = str(min(len(value), 3))
        for phase in self.phases:
            self.notes.word(size, "length", self.document, phase, path)
        for each in value[:MAX_ITEMS]:
            self.node(each, f"{path}[*]", depth + 1)

    def of_scalar(self, value: object, path: str) -> None:
        if isinstance(value, str):
            if path not in self.texts:
                if value:
                    self.notes.word(value, "word", self.document, path)
                self.notes.word(format_of(value), "format", self.document, path)
        elif isinstance(value, bool):
            self.notes.word(str(value).lower(), "word", self.document, path)
        elif isinstance(value, int | float):
            self.notes.number(float(value) if abs(value) < 1e300 else 1e300, "number", self.document, path)
            if value < 0:
                self.notes.note("negative", self.document, path)

    def sums(self, value: Mapping[str, object], path: str) -> None:
        """Whether a field called total is the sum of two others."""
        whole = {name: each for name, each in value.items() if type_of(each) == "integer"}
        totals = [name for name in whole if "total" in name.lower()]
        for total in totals if len(whole) <= 8 else ():
            parts = combinations([name for name in whole if name != total], 2)
            for one, other in parts:
                holds = _sum(whole[one], whole[other]) == whole[total]
                word = "sum" if holds else "no-sum"
                self.notes.note(word, self.document, join(path, total), f"{one} + {other}")


def _sum(one: object, other: object) -> int:
    return (one if isinstance(one, int) else 0) + (other if isinstance(other, int) else 0)
