"""JSON values that are valid under a JSON Schema, by construction. Only what is drawn decides.

Each shape of the schema (`harness.fuzz.shapes`) is a strategy, built when it is first drawn from, so that schemas may
refer to themselves. Filters stay where a schema says what must not be: the other shapes of `oneOf`, and `else`.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import jsonschema
import msgspec
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.fuzz.shapes import TYPES, Schema, SchemaDocument, Shape, is_open, placed, required

Values: TypeAlias = st.SearchStrategy[Any]

_DEEPEST = 5
"""From this depth on, what may be left out is left out."""

_FEW, _FLAT_ENOUGH = 3, 2
"""From this depth on, lists have at most so many items more than they must."""

_CHARACTERS = st.characters(exclude_categories=["Cs"])
"""All that JSON on a wire can hold: halves of surrogate pairs are no UTF-8."""

_JSON: Values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(_CHARACTERS, max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(_CHARACTERS, max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
"""Any value at all, where a schema asks for nothing."""


def values(schema: Schema | str | bytes) -> st.SearchStrategy[Any]:
    """JSON values that are valid under *schema*: a document as parsed, or its JSON text. Draft 2020-12.

    References lead into the document. An object that lists its properties, and says nothing of others, has no others.
    They shrink to the shortest value that fits. Raises UsageError for a keyword that is not known, with its place, and
    for a schema that no value fits.
    """
    document = SchemaDocument(_parsed(schema) if isinstance(schema, str | bytes) else schema)
    if not document.shapes(document.root):
        raise UsageError("No value fits this schema.", where="#")
    made = _Maker(document).of((document.root,), 0)
    if made.is_empty:
        raise UsageError("No value fits this schema.", where="#")
    return made


def _parsed(text: str | bytes) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as why:
        raise UsageError(
            "This schema is no JSON.", found=str(why), expected="a document as parsed, or its JSON text"
        ) from None


class _Maker:
    """Strategies for the schemas of one document, each made once."""

    def __init__(self, document: SchemaDocument) -> None:
        self._document = document
        self._made: dict[tuple[str, int], Values] = {}

    def of(self, schemas: tuple[Schema, ...], depth: int) -> Values:
        """Values that are valid under all of *schemas*, at that depth of a value."""
        asked = tuple(schema for schema in schemas if schema is not True and schema != {})
        depth = min(depth, _DEEPEST)
        key = json.dumps(asked, sort_keys=True, default=dict), depth
        if key not in self._made:
            self._made[key] = st.deferred(lambda: self._of(asked, depth)) if asked else _JSON
        return self._made[key]

    def _of(self, schemas: tuple[Schema, ...], depth: int) -> Values:
        return st.one_of([self._shaped(shape, depth) for shape in self._document.shapes(*schemas)])

    def _shaped(self, shape: Shape, depth: int) -> Values:
        found = self._document.candidates(shape)
        if found is None:
            made = st.one_of([_MAKERS[name](self, shape, depth) for name in shape.types()])
        else:
            made = st.sampled_from(sorted(found, key=_plainness))
        if not shape.unlike:
            return made
        fits = self._document.fits
        return made.filter(lambda value: not any(fits(value, schema) for schema in shape.unlike))

    def string(self, shape: Shape, depth: int) -> Values:
        """Texts of the lengths, patterns and formats asked for."""
        least, most = _sizes(shape, "minLength", "maxLength")
        patterns, formats = shape.all("pattern"), shape.all("format")
        if not patterns and not formats:
            return (
                st.nothing() if _crossed(least, most) else st.text(_CHARACTERS, min_size=least, max_size=most)
            )
        made = _like(patterns[0]) if patterns else _FORMATS[formats[0]]
        kept = [re.compile(each) for each in patterns]
        return made.filter(
            lambda text: least <= len(text) <= _or_endless(most) and all(each.search(text) for each in kept)
        )

    def array(self, shape: Shape, depth: int) -> Values:
        """Lists: shorter than the places that have a schema of their own, and longer ones."""
        return self._unique(shape, depth) if any(shape.all("uniqueItems")) else self._items(shape, depth)

    def _unique(self, shape: Shape, depth: int) -> Values:
        """Lists of different items: all alike drawn apart from each other, others looked through."""
        if any(map(placed, shape.parts)):
            return self._items(shape, depth).filter(lambda items: len({*map(_as_key, items)}) == len(items))
        least, most = _sizes(shape, "minItems", "maxItems")
        most = self._most_items(shape, 0, most, depth)
        if least > most:
            return st.nothing()
        return st.lists(
            self.of(shape.of_item(0), depth + 1), min_size=least, max_size=most, unique_by=_as_key
        )

    def _items(self, shape: Shape, depth: int) -> Values:
        least, most = _sizes(shape, "minItems", "maxItems")
        named = max((len(placed(part)) for part in shape.parts), default=0)
        most = self._most_items(shape, named, most, depth)
        first = [self.of(shape.of_item(place), depth + 1) for place in range(max(named, least))]
        exact = [st.tuples(*first[:size]).map(list) for size in range(least, min(len(first), most + 1))]
        if len(first) > most:
            return st.one_of(exact)
        more = st.lists(self.of(shape.of_item(named), depth + 1), max_size=most - len(first))
        whole = st.tuples(st.tuples(*first), more).map(lambda drawn: [*drawn[0], *drawn[1]])
        return st.one_of(*exact, whole)

    def _most_items(self, shape: Shape, named: int, most: int | None, depth: int) -> int:
        """How long a list may become: what the schema says, and less deep within."""
        if not self._document.shapes(*shape.of_item(named)):
            return int(min(named, _or_endless(most)))
        room = 0 if depth >= _DEEPEST else _FEW if depth >= _FLAT_ENOUGH else 2 * _FEW
        least, _ = _sizes(shape, "minItems", "maxItems")
        return int(min(max(least, named) + room, _or_endless(most)))

    def object(self, shape: Shape, depth: int) -> Values:
        """Objects with what is required, what is listed, and what else may be there."""
        least, most = _sizes(shape, "minProperties", "maxProperties")
        must = {name: self.of(shape.of_property(name), depth + 1) for name in required(shape)}
        if _crossed(least, most) or _crossed(len(must), most) or self._is_unnamed(shape):
            return st.nothing()
        may = {} if depth >= _DEEPEST and len(must) >= least else self._optional(shape, depth)
        listed = st.fixed_dictionaries(must, optional=may)
        if is_open(shape):
            more = self._unlisted(shape, depth, max(0, least - len(must) - len(may)))
            listed = st.tuples(listed, more).map(lambda drawn: {**drawn[1], **drawn[0]})
        elif len(must) + len(may) < least and not self._likes(shape):
            return st.nothing()
        if self._likes(shape):
            listed = st.tuples(listed, self._like_others(shape, depth)).map(
                lambda drawn: {**drawn[1], **drawn[0]}
            )
        if not least and most is None:
            return listed
        return listed.filter(lambda value: least <= len(value) <= _or_endless(most))

    def _optional(self, shape: Shape, depth: int) -> dict[str, Values]:
        names = dict.fromkeys(name for listed in shape.all("properties") for name in listed)
        return {
            name: self.of(shape.of_property(name), depth + 1)
            for name in names
            if name not in required(shape) and self._may_have(shape, name)
        }

    def _is_unnamed(self, shape: Shape) -> bool:
        """Whether something is required that may not have its name."""
        return not all(self._document.may_be_called(shape, name) for name in required(shape))

    def _likes(self, shape: Shape) -> list[str]:
        """The patterns of names that have a schema of their own."""
        return [like for named in shape.all("patternProperties") for like in named]

    def _like_others(self, shape: Shape, depth: int) -> Values:
        """Properties whose names are like a pattern, each with all that is asked of its name."""
        taken = {name for listed in shape.all("properties") for name in listed} | set(required(shape))
        names = st.one_of(list(map(_like, self._likes(shape)))).filter(
            lambda name: name not in taken and self._may_have(shape, name)
        )
        pairs = names.flatmap(
            lambda name: st.tuples(st.just(name), self.of(shape.of_property(name), depth + 1))
        )
        room = 0 if depth >= _DEEPEST else _FEW
        return st.lists(pairs, max_size=room, unique_by=lambda pair: pair[0]).map(dict)

    def _may_have(self, shape: Shape, name: str) -> bool:
        return self._document.may_be_called(shape, name) and bool(
            self._document.shapes(*shape.of_property(name))
        )

    def _unlisted(self, shape: Shape, depth: int, least: int) -> Values:
        """Properties that no schema lists, where the schema says something of them, or is open."""
        taken = {name for listed in shape.all("properties") for name in listed} | set(required(shape))
        name, inner = (
            ({"type": "string"}, *shape.all("propertyNames")),
            tuple(shape.all("additionalProperties")),
        )
        if not self._document.shapes(*name) or not self._document.shapes(*inner):
            return st.nothing() if least else st.just({})
        likes = [re.compile(like) for like in self._likes(shape)]
        names = self.of(name, depth + 1).filter(
            lambda name: name not in taken and not any(like.search(name) for like in likes)
        )
        room = 0 if depth >= _DEEPEST else _FEW
        return st.dictionaries(names, self.of(inner, depth + 1), min_size=least, max_size=least + room)


_MAKERS: dict[str, Callable[[_Maker, Shape, int], Values]] = {
    "null": lambda *_: st.none(),
    "boolean": lambda *_: st.booleans(),
    "integer": lambda maker, shape, depth: _integers(shape),
    "number": lambda maker, shape, depth: _integers(shape) | _floats(shape),
    "string": _Maker.string,
    "array": _Maker.array,
    "object": _Maker.object,
}


def _integers(shape: Shape) -> Values:
    lows = [math.ceil(each) for each in shape.all("minimum")]
    lows += [math.floor(each) + 1 for each in shape.all("exclusiveMinimum")]
    highs = [math.floor(each) for each in shape.all("maximum")]
    highs += [math.ceil(each) - 1 for each in shape.all("exclusiveMaximum")]
    low, high = max(lows, default=None), min(highs, default=None)
    step = _step(shape)
    low = None if low is None else -(-low // step)
    high = None if high is None else high // step
    if _crossed(low, high):
        return st.nothing()
    return _in_steps(shape, st.integers(low, high).map(lambda times: times * step))


def _step(shape: Shape) -> int:
    """The least number that is a whole multiple of each `multipleOf`, read as it is written."""
    return math.lcm(*(Fraction(str(each)).numerator for each in shape.all("multipleOf")))


def _in_steps(shape: Shape, made: Values) -> Values:
    """Those that jsonschema takes for multiples: it divides floats, and rounds."""
    steps = shape.all("multipleOf")
    return made.filter(lambda value: all(_is_multiple(value, step) for step in steps)) if steps else made


def _is_multiple(value: float, step: float) -> bool:
    try:
        return jsonschema.Draft202012Validator({"multipleOf": step}).is_valid(value)
    except (OverflowError, ValueError):
        return False


def _floats(shape: Shape) -> Values:
    made: Values
    low = max(map(_as_float, (*shape.all("minimum"), *shape.all("exclusiveMinimum"))), default=None)
    high = min(map(_as_float, (*shape.all("maximum"), *shape.all("exclusiveMaximum"))), default=None)
    if _crossed(low, high):
        return st.nothing()
    if steps := shape.all("multipleOf"):
        step = max(map(float, steps))
        least = None if low is None else math.floor(low / step)
        most = None if high is None else math.ceil(high / step)
        near = 10**6  # beyond, floats are too far apart for most steps
        made = st.integers(
            -near if least is None else least, most if most is not None else max(near, least or 0)
        )
        return _in_steps(shape, made.map(lambda times: times * step)).filter(
            lambda value: _is_within(shape, value)
        )
    made = st.floats(low, high, allow_nan=False, allow_infinity=False)
    return made.filter(lambda value: _is_within(shape, value))


def _as_key(value: Any) -> Any:
    """Equal for what JSON Schema takes for equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, list):
        return "array", tuple(map(_as_key, value))
    if isinstance(value, Mapping):
        return "object", frozenset((name, _as_key(inner)) for name, inner in value.items())
    return isinstance(value, bool), value


def _is_within(shape: Shape, value: float) -> bool:
    """Open ends, and bounds that no float is."""
    return (
        all(value >= each for each in shape.all("minimum"))
        and all(value > each for each in shape.all("exclusiveMinimum"))
        and all(value <= each for each in shape.all("maximum"))
        and all(value < each for each in shape.all("exclusiveMaximum"))
    )


def _as_float(bound: float) -> float:
    largest = sys.float_info.max
    return float(min(max(bound, -largest), largest))


def _sizes(shape: Shape, least: str, most: str) -> tuple[int, int | None]:
    found = min(shape.all(most), default=None)
    return int(max(shape.all(least), default=0)), None if found is None else int(found)


def _crossed(low: float | None, high: float | None) -> bool:
    """Whether bounds leave no value."""
    return low is not None and high is not None and low > high


def _or_endless(most: int | None) -> float:
    return math.inf if most is None else most


def _like(pattern: str) -> Values:
    """Texts of a pattern in which `$` is the end, as ECMA-262 has it: to Python a line end may follow."""
    return st.from_regex(re.compile(_END.sub(_at_the_end, pattern), re.ASCII), alphabet=_CHARACTERS)


_END = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\$", re.DOTALL)
"""What is escaped, a class of characters, or an end."""


def _at_the_end(found: re.Match[str]) -> str:
    return r"\Z" if found[0] == "$" else found[0]


_FORMATS: dict[str, Values] = {
    "date": st.dates().map(lambda day: day.isoformat()),
    "date-time": st.datetimes().map(lambda time: f"{time.isoformat()}Z"),
    "uri": st.from_regex(r"\Ahttps?://[a-z0-9]+(\.[a-z0-9]+)*(/[a-z0-9]*)*\Z"),
    "uuid": st.uuids().map(str),
}


def _plainness(value: object) -> tuple[int, int, str]:
    """How plain a value of a closed list is: null first, short before long."""
    text = json.dumps(value, sort_keys=True)
    return TYPES.index(_type_of(value)), len(text), text


def _type_of(value: object) -> str:
    if value is None:
        return "null"
    kinds: dict[type, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return kinds.get(type(value), "object" if isinstance(value, Mapping) else "array")
