"""JSON documents into facts about their paths: types, presence, lengths, words, formats, numbers, sums.

A path is a JSONPath with `[*]` for the items of an array. A document is taken apart once into its shape and its
scalars; what follows from the shape is worked out once for each shape, and a scalar that was seen before costs a look
into a set. Knows no upstream; which strings are free text is told by the caller.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from harness.drift.notes import Notes
    from harness.drift.shape import Key

MAX_DEPTH = 16
MAX_ITEMS = 64
"""Items of one array that are looked at."""
MAX_VALUES = 1000
"""Different scalars of one place that are kept until a stream is over; a vocabulary is full long before."""
SHORT = 128
"""Characters of a string whose format is worth remembering."""
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

_KINDS: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}
_DEEP = "deep"
"""The shape of what lies too deep to be looked at."""

Shape: TypeAlias = "str | tuple[object, ...]"
"""A kind of scalar; or `("{", name, shape, ...)`; or `("[", length, shape, ...)`."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What follows from a shape: the places of its values, how often an object and a field stood there, its scalars."""

    kinds: tuple[tuple[str, str], ...]
    lengths: tuple[tuple[str, str], ...]
    objects: dict[str, int]
    fields: dict[tuple[str, str], int]
    scalars: tuple[tuple[str, str], ...]
    """Place and kind of each scalar, in the order in which `take_apart` gives them; nulls are none."""
    sums: tuple[tuple[int, int, int, str, str], ...]
    """The numbers of a scalar called total and of two beside it, the place of the total, and the names of the two."""


class Seen:
    """What was seen of one shape: how often in which phase, and the values of its scalars."""

    __slots__ = ("layout", "times", "values")

    def __init__(self, shape: Shape, texts: Container[str]) -> None:
        self.layout = layout_of(shape)
        self.times: Counter[str] = Counter()
        scalars = enumerate(self.layout.scalars)
        kept = [number for number, (path, kind) in scalars if kind != "string" or path not in texts]
        self.values: list[tuple[int, set[object]]] = [(number, set()) for number in kept]


class Documents:
    """The documents of one kind in one interaction: added one by one, noted at the end."""

    def __init__(self, name: str, texts: Container[str] = ()) -> None:
        """*name*: `chunk`, `request`, `error ...`. *texts*: places whose strings are free text."""
        self._name, self._texts = name, texts
        self._seen: dict[Shape, Seen] = {}
        self._sums: set[tuple[str, str, bool]] = set()

    def add(self, document: object, phase: str = ANY) -> Seen:
        """One document, in this phase of its stream. What is given can be told of others that differ in texts only."""
        scalars: list[object] = []
        shape = take_apart(document, scalars, 0)
        seen = self._seen.get(shape)
        if seen is None:
            seen = self._seen[shape] = Seen(shape, self._texts)
        seen.times[phase] += 1
        for number, values in seen.values:
            value = scalars[number]
            if value not in values and len(values) < MAX_VALUES:
                values.add(value)
        for total, one, other, path, parts in seen.layout.sums:
            holds = scalars[one] + scalars[other] == scalars[total]  # type: ignore[operator]
            self._sums.add((path, parts, holds))
        return seen

    def note(self, notes: Notes) -> None:
        """Everything that was seen."""
        phases = {phase for seen in self._seen.values() for phase in seen.times}
        for phase in phases - {ANY}:
            self._note_phase(notes, phase, [(seen.layout, seen.times[phase]) for seen in self._seen.values()])
        self._note_phase(notes, ANY, [(seen.layout, seen.times.total()) for seen in self._seen.values()])
        for (path, kind), values in self._values().items():
            self._note_values(notes, path, kind, values)
        for path, parts, holds in self._sums:
            notes.note("sum" if holds else "no-sum", self._name, path, parts)

    def _values(self) -> dict[tuple[str, str], set[object]]:
        """The scalars of each place and kind, whatever the shapes around them."""
        found: dict[tuple[str, str], set[object]] = {}
        for seen in self._seen.values():
            for number, values in seen.values:
                found.setdefault(seen.layout.scalars[number], set()).update(values)
        return found

    def _note_phase(self, notes: Notes, phase: str, layouts: list[tuple[Layout, int]]) -> None:
        there = [(layout, times) for layout, times in layouts if times]
        notes.note_all(_facts_of(self._name, phase, tuple((layout, times > 1) for layout, times in there)))
        for layout, times in there:
            for path, length in layout.lengths:
                notes.word(length, "length", self._name, phase, path)
            if phase == ANY:
                notes.count_all(_counts_of(self._name, layout), times)

    def _note_values(self, notes: Notes, path: str, kind: str, values: set[object]) -> None:
        if kind == "boolean":
            notes.words((str(value).lower() for value in values), "word", self._name, path)
        elif kind == "string":
            texts = [value for value in values if isinstance(value, str)]
            notes.words((text for text in texts if text), "word", self._name, path)
            notes.words(map(format_of, texts), "format", self._name, path)
        else:
            numbers = [value for value in values if isinstance(value, int | float)]
            notes.numbers(map(_bounded, numbers), "number", self._name, path)
            if any(number < 0 for number in numbers):
                notes.note("negative", self._name, path)


@lru_cache(maxsize=4096)
def _facts_of(name: str, phase: str, layouts: tuple[tuple[Layout, bool], ...]) -> frozenset[Key]:
    """What is noted of documents with these layouts, each once or more often: values, and how regular fields are."""
    kinds = {pair for layout, _ in layouts for pair in layout.kinds}
    found: set[Key] = {("type", name, phase, path, kind) for path, kind in kinds}
    found |= {("seen", name, phase, path) for path, _ in kinds}
    objects: Counter[str] = Counter()
    fields: Counter[tuple[str, str]] = Counter()
    for layout, many in layouts:
        objects.update({path: count * (1 + many) for path, count in layout.objects.items()})
        fields.update({field: count * (1 + many) for field, count in layout.fields.items()})
    for (path, field), count in fields.items():
        place = join(path, field)
        found.add(("present", name, phase, place))
        found |= {("every", name, phase, place)} if count == objects[path] else set()
        found |= {("several", name, phase, place)} if objects[path] > 1 else set()
    return frozenset(found)


@lru_cache(maxsize=4096)
def _counts_of(name: str, layout: Layout) -> dict[Key, int]:
    """How many objects, and how many of each field, one document with this layout has."""
    objects: dict[Key, int] = {("object", name, path): count for path, count in layout.objects.items()}
    fields = layout.fields.items()
    return objects | {("field", name, path, field): count for (path, field), count in fields}


def take_apart(value: object, scalars: list[object], depth: int) -> Shape:
    """The shape of a document. Its scalars, but for nulls, are added to *scalars*, in the order of the document."""
    if isinstance(value, dict):
        if depth >= MAX_DEPTH:
            return _DEEP
        parts: list[object] = ["{"]
        for name, each in value.items():
            parts.append(_chosen(name))
            parts.append(take_apart(each, scalars, depth + 1))
        return tuple(parts)
    if isinstance(value, list):
        if depth >= MAX_DEPTH:
            return _DEEP
        items = [take_apart(each, scalars, depth + 1) for each in value[:MAX_ITEMS]]
        return ("[", min(len(value), 3), *items)
    if value is None:
        return "null"
    scalars.append(value)
    return _KINDS[type(value)]


@lru_cache(maxsize=1024)
def layout_of(shape: Shape) -> Layout:
    """What follows from this shape."""
    kinds: dict[tuple[str, str], None] = {}
    lengths: dict[tuple[str, str], None] = {}
    objects: Counter[str] = Counter()
    fields: Counter[tuple[str, str]] = Counter()
    scalars: list[tuple[str, str]] = []
    sums: list[tuple[int, int, int, str, str]] = []

    def visit(shape: Shape, path: str) -> None:
        if isinstance(shape, str):
            kinds[path, "object" if shape == _DEEP else shape] = None
            if shape not in ("null", _DEEP):
                scalars.append((path, shape))
        elif shape[0] == "[":
            kinds[path, "array"] = None
            lengths[path, str(shape[1])] = None
            for item in shape[2:]:
                visit(item, f"{path}[*]")  # type: ignore[arg-type]
        else:
            visit_object(shape, path)

    def visit_object(shape: tuple[object, ...], path: str) -> None:
        kinds[path, "object"] = None
        objects[path] += 1
        whole: dict[str, int] = {}
        names = dict.fromkeys(shape[1::2])
        fields.update((path, str(name)) for name in names)
        for name, inner in zip(shape[1::2], shape[2::2], strict=True):
            if inner == "integer":
                whole[str(name)] = len(scalars)
            visit(inner, join(path, str(name)))  # type: ignore[arg-type]
        sums.extend(_sums_of(whole, path))

    visit(shape, "$")
    return Layout(
        tuple(kinds),
        tuple(lengths),
        objects,
        fields,
        tuple(scalars),
        tuple(sums),
    )


def join(path: str, name: str) -> str:
    """The path of a field; names that are no plain words are quoted."""
    return f"{path}.{name}" if _NAME.match(name) or name == "*" else f"{path}[{name[:40]!r}]"


def format_of(text: str) -> str:
    """The class of a string: its head, if it is an identifier with one, and what the rest is made of."""
    return _format_of(text) if len(text) <= SHORT else _format_of.__wrapped__(text)


@lru_cache(maxsize=4096)
def _format_of(text: str) -> str:
    head = _HEAD.match(text)
    rest = text[head.end() :] if head else text
    kind = next((name for name, pattern in _FORMATS if pattern.match(rest)), "text")
    return f"{head[1]}{kind}" if head else kind


def _sums_of(whole: dict[str, int], path: str) -> Iterator[tuple[int, int, int, str, str]]:
    """Pairs of whole numbers that may add up to one called total."""
    for total in (name for name in whole if "total" in name.lower()) if len(whole) <= 8 else ():
        for one, other in combinations([name for name in whole if name != total], 2):
            yield whole[total], whole[one], whole[other], join(path, total), f"{one} + {other}"


@lru_cache(maxsize=4096)
def _chosen(name: str) -> str:
    """The name of a field; `*` for one that nobody chose."""
    return "*" if _MADE_UP.match(name) else name


def _bounded(number: float) -> float:
    return float(number) if abs(number) < 1e300 else 1e300
