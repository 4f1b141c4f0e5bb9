"""JSON documents into facts about their places: types, presence, lengths, words, formats, numbers, sums.

What follows from a document's shape is worked out once for each shape (`layout`), and a scalar that was seen before
costs a look into a set. Knows no upstream; which strings are free text is told by the caller.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from harness.drift.layout import ANY, Layout, Shape, join, layout_of, take_apart

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from harness.drift.notes import Notes
    from harness.drift.shape import Key

TOOL = "tool"
"""The phase of a stream in which it calls a tool."""
MAX_VALUES = 1000
"""Different scalars of one place that are kept until a stream is over; a vocabulary is full long before."""
SHORT = 128
"""Characters of a string whose format is worth remembering."""
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
        self._note_words_of_tools(notes)

    def _note_words_of_tools(self, notes: Notes) -> None:
        """The words that nothing but tool calls said: whether tools are called is for those who ask."""
        tools = [seen for seen in self._seen.values() if seen.times.keys() == {TOOL}]
        others = self._values(seen for seen in self._seen.values() if seen.times.keys() != {TOOL})
        for (path, kind), values in self._values(tools).items():
            if kind == "string":
                own = values - others.get((path, kind), set())
                notes.words((str(value) for value in own), "word-of-tool", self._name, path)

    def _values(self, shapes: Iterable[Seen] | None = None) -> dict[tuple[str, str], set[object]]:
        """The scalars of each place and kind, whatever the shapes around them."""
        found: dict[tuple[str, str], set[object]] = {}
        for seen in self._seen.values() if shapes is None else shapes:
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


def format_of(text: str) -> str:
    """The class of a string: its head, if it is an identifier with one, and what the rest is made of."""
    return _format_of(text) if len(text) <= SHORT else _format_of.__wrapped__(text)


@lru_cache(maxsize=4096)
def _format_of(text: str) -> str:
    head = _HEAD.match(text)
    rest = text[head.end() :] if head else text
    kind = next((name for name, pattern in _FORMATS if pattern.match(rest)), "text")
    return f"{head[1]}{kind}" if head else kind


def _bounded(number: float) -> float:
    return float(number) if abs(number) < 1e300 else 1e300
