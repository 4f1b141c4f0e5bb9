"""What was seen at one place of many JSON documents, as a monoid: any order, any parts, the same summary.

Counts add up, spans widen, formats are those that all strings share. Where there would be too much to keep (words,
names of fields) the summary says only that, and stays so whatever comes: a cap that absorbs. Nothing is kept of a
stream but what it adds to these, so memory is flat in the number of streams.

Build the summary of one stream with `add`; put streams together with `merged`, which changes neither of its parts.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import msgspec

from harness.contract.inference.formats import NONE, formats_of

Number: TypeAlias = int | float
Span: TypeAlias = tuple[Number, Number]
"""The least and the greatest that was seen."""

MOST_WORDS: Final = 16
"""Different strings remembered of a place: twice as many as a closed list may have."""
LONGEST_WORD: Final = 40
"""Characters of a string that can be one of a closed list; what is longer is text."""
MOST_FIELDS: Final = 128
"""Different names in the objects of a place; with more, the object is a map, and its names are data."""
DEEPEST: Final = 40
"""How deep documents are looked into; below, only the kinds of values are counted."""

_KINDS: Final = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_WHOLE: Final = 2.0**53
"""Below it every float is exact; one that is whole is the same number as the integer."""


class Summary(msgspec.Struct):
    """What was seen at one place. `Summary()` is nothing seen, the neutral one."""

    values: int = 0
    streams: int = 0
    """In how many streams the place was there."""
    kinds: dict[str, int] = {}
    """Values of each JSON type; `number` counts only those written with a fraction or an exponent."""
    words: dict[str, int] | None = {}
    """Different strings, and in how many streams each was; None where there were too many or too long ones."""
    formats: frozenset[str] | None = None
    """Formats that all strings keep to; None where there was no string."""
    numbers: Span | None = None
    lengths: Span | None = None
    """Characters of the strings."""
    sizes: Span | None = None
    """Items of the arrays."""
    items: Summary | None = None
    fields: dict[str, Summary] | None = {}
    """The objects' values by name; None where there were too many names."""
    rest: Summary | None = None
    """All values of the objects, where there were too many names. It knows nothing of streams."""

    def add(self, value: object, *, mark: int = 1, depth: int = 0) -> None:
        """One more value of the stream that this summary is of. *mark* is 0 where streams are not told apart."""
        kind = _KINDS[type(value)]
        self.values += 1
        self.streams = mark
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if isinstance(value, str):
            self._add_text(value, mark)
        elif isinstance(value, dict):
            self._add_object(value, mark, depth)
        elif isinstance(value, list):
            self._add_array(value, mark, depth)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            number = int(value) if isinstance(value, float) and _is_whole(value) else value
            self.numbers = _wider(self.numbers, (number, number))

    def absorb(self, other: Summary, *, weight: int = 1) -> None:
        """Take in *other*, which stays as it is. *weight* 0 forgets its streams."""
        self.values += other.values
        self.streams += other.streams * weight
        for kind, count in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        self.formats = _shared(self.formats, other.formats)
        self.numbers = _wider(self.numbers, other.numbers)
        self.lengths = _wider(self.lengths, other.lengths)
        self.sizes = _wider(self.sizes, other.sizes)
        self._absorb_words(other.words, weight)
        if other.items is not None:
            self.items = _absorbed(self.items, other.items, weight)
        self._absorb_fields(other, weight)

    def _add_text(self, text: str, mark: int) -> None:
        self.lengths = _wider(self.lengths, (len(text), len(text)))
        if self.formats != NONE:  # which it would remain
            self.formats = _shared(self.formats, formats_of(text))
        if self.words is None:
            return
        if len(text) > LONGEST_WORD:
            self.words = None
        else:
            self.words[text] = mark
            self._cap_words()

    def _add_array(self, items: list[object], mark: int, depth: int) -> None:
        self.sizes = _wider(self.sizes, (len(items), len(items)))
        if items and depth < DEEPEST:
            self.items = self.items or Summary()
            for item in items:
                self.items.add(item, mark=mark, depth=depth + 1)

    def _add_object(self, value: dict[str, object], mark: int, depth: int) -> None:
        if depth >= DEEPEST:
            return
        for name, inner in value.items():
            place, inner_mark = self._place(name), mark if self.fields is not None else 0
            place.add(inner, mark=inner_mark, depth=depth + 1)
        self._cap_fields()

    def _place(self, name: str) -> Summary:
        """Where the values of a field are counted."""
        if self.fields is None:
            self.rest = self.rest or Summary()
            return self.rest
        if name not in self.fields:
            self.fields[name] = Summary()
        return self.fields[name]

    def _absorb_words(self, words: dict[str, int] | None, weight: int) -> None:
        if self.words is None or words is None:
            self.words = None
            return
        for word, streams in words.items():
            self.words[word] = self.words.get(word, 0) + streams * weight
        self._cap_words()

    def _absorb_fields(self, other: Summary, weight: int) -> None:
        if other.fields is None:
            self._drop_names()
        for name, inner in (other.fields or {}).items():
            self._place(name).absorb(inner, weight=weight if self.fields is not None else 0)
        if other.rest is not None:
            self.rest = _absorbed(self.rest, other.rest, 0)
        self._cap_fields()

    def _cap_words(self) -> None:
        if self.words is not None and len(self.words) > MOST_WORDS:
            self.words = None

    def _cap_fields(self) -> None:
        if self.fields is not None and len(self.fields) > MOST_FIELDS:
            self._drop_names()

    def _drop_names(self) -> None:
        """The names are data: all values go into one place."""
        fields, self.fields = self.fields or {}, None
        for inner in fields.values():
            self.rest = _absorbed(self.rest, inner, 0)


def merged(*parts: Summary) -> Summary:
    """One summary of several, none of which is changed. The streams of one part must not be those of another."""
    whole = Summary()
    for part in parts:
        whole.absorb(part)
    return whole


def _absorbed(into: Summary | None, other: Summary, weight: int) -> Summary:
    whole = Summary() if into is None else into
    whole.absorb(other, weight=weight)
    return whole


def _is_whole(number: float) -> bool:
    return abs(number) < _WHOLE and number.is_integer()


def _wider(one: Span | None, other: Span | None) -> Span | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])


def _shared(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other
