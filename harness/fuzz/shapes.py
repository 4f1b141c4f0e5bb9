"""A JSON Schema as the shapes that a value of it may have: references followed, choices spread out. Pure.

A shape is a row of flat schemas that all hold, and of schemas that must not. What the standard says and this module
does not know is refused where it stands, and never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from typing import Any, TypeAlias
from urllib.parse import unquote

import jsonschema
import msgspec
from jsonschema import validators

from harness.errors import UsageError

Flat: TypeAlias = Mapping[str, Any]
Schema: TypeAlias = Flat | bool

TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
"""The types, the plainest first."""

FORMATS = ("date", "date-time", "uri", "uuid")
"""The words of `format` that are known: those that `harness schema` writes."""

_FLAT = frozenset(
    {
        *("type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("multipleOf", "minLength", "maxLength", "pattern", "format"),
        *("items", "prefixItems", "minItems", "maxItems", "uniqueItems"),
        *("properties", "patternProperties", "required", "additionalProperties", "propertyNames"),
        *("minProperties", "maxProperties"),
    }
)
"""Keywords that speak of the value itself."""

_SPREAD = frozenset({"$ref", "allOf", "anyOf", "oneOf", "not", "if", "then", "else"})
"""Keywords that are followed and spread out."""

UNKNOWN = frozenset(
    {
        *(
            "contains",
            "minContains",
            "maxContains",
            "dependentRequired",
            "dependentSchemas",
            "unevaluatedItems",
            "unevaluatedProperties",
        ),
        *("$dynamicRef", "$recursiveRef", "additionalItems", "dependencies"),
    }
)
"""Keywords that ask something of a value, and that are refused. Any other word asks nothing."""

MOST = {"minItems": 1000, "minProperties": 1000, "minLength": 4000}
"""More than so much is refused: one drawn value has room for a few thousand choices, and a larger one is never made."""

_DEEP = 3
"""How deep required properties are looked at to see that no value can have a shape."""


class Shape(msgspec.Struct, frozen=True):
    """One way to fit: what has to hold, and what must not."""

    parts: tuple[Flat, ...] = ()
    unlike: tuple[Schema, ...] = ()

    def all(self, keyword: str) -> list[Any]:
        """What each part says with *keyword*."""
        return [part[keyword] for part in self.parts if keyword in part]

    def types(self) -> list[str]:
        """The types that it leaves; a `number` may be whole."""
        left = set(TYPES)
        for said in self.all("type"):
            named = {said} if isinstance(said, str) else set(said)
            left &= named | ({"integer"} if "number" in named else set())
        return [name for name in TYPES if name in left and not (name == "integer" and "number" in left)]

    def of_property(self, name: str) -> tuple[Schema, ...]:
        """All that it asks of the property *name*."""
        return tuple(each for part in self.parts for each in _of_property(part, name))

    def of_item(self, place: int) -> tuple[Schema, ...]:
        """All that it asks of the item at *place*."""
        return tuple(_of_item(part, place) for part in self.parts)


class SchemaDocument:
    """A schema whose references lead into itself. Raises UsageError for what is not known, with keyword and place."""

    def __init__(self, root: Schema) -> None:
        if not isinstance(root, Mapping | bool):
            raise UsageError("This is no JSON Schema.", where="#", found=type(root).__name__)
        self.root = root
        kind = validators.validator_for(root, default=jsonschema.Draft202012Validator)
        _checked(kind, root)
        self._validator: Any = kind(root)
        self._check(root, "#", set())

    def fits(self, value: object, schema: Schema) -> bool:
        """Whether *value* is valid under a schema of this document."""
        return next(iter(self._validator.descend(value, schema)), None) is None

    def shapes(self, *schemas: Schema, deep: int = _DEEP) -> list[Shape]:
        """The shapes of a value that is valid under all of *schemas*."""
        return self._joined([self._shapes(schema, deep) for schema in schemas], deep)

    def candidates(self, shape: Shape) -> list[Any] | None:
        """The values of a closed list that fit; None where there is no list."""
        lists = [*shape.all("enum"), *([value] for value in shape.all("const"))]
        if not lists:
            return None
        return [value for value in lists[0] if all(self.fits(value, part) for part in shape.parts)]

    def target(self, reference: object, place: str) -> Schema:
        """What a `$ref` leads to."""
        found: Any = self.root if str(reference).partition("/")[0] == "#" else None
        for step in str(reference).split("/")[1:]:
            found = _step(found, unquote(step).replace("~1", "/").replace("~0", "~"))
        if isinstance(found, Mapping | bool):
            return found
        raise UsageError(
            f"The $ref {reference!r} leads to no schema of this document.",
            where=place,
            expected="#/$defs/NAME, with the schema there",
        )

    def _shapes(self, schema: Schema, deep: int) -> list[Shape]:
        if isinstance(schema, bool):
            return [Shape()] if schema else []
        flat = {keyword: value for keyword, value in schema.items() if keyword in _FLAT}
        spread = [_SPREADERS[keyword](self, schema, deep) for keyword in _SPREADERS if keyword in schema]
        return self._joined([[Shape((flat,) if flat else ())], *spread], deep)

    def _joined(self, choices: list[list[Shape]], deep: int) -> list[Shape]:
        """One shape for each way to take one of each, without those that no value can have."""
        joined = [Shape()]
        for options in choices:
            both = (
                Shape(one.parts + other.parts, one.unlike + other.unlike)
                for one, other in product(joined, options)
            )
            joined = [shape for shape in both if self._is_possible(shape, deep)]
        return joined

    def _is_possible(self, shape: Shape, deep: int) -> bool:
        """False only where it is certain."""
        if not shape.types() or self.candidates(shape) == []:
            return False
        if shape.types() != ["object"] or deep == 0:
            return True
        return all(
            self.shapes(*shape.of_property(name), deep=deep - 1) and self.may_be_called(shape, name)
            for name in required(shape)
        )

    def may_be_called(self, shape: Shape, name: str) -> bool:
        """Whether a property may have that name."""
        return all(self.fits(name, schema) for schema in shape.all("propertyNames"))

    def _ref(self, schema: Flat, deep: int) -> list[Shape]:
        return self._shapes(self.target(schema["$ref"], "#"), deep)

    def _all_of(self, schema: Flat, deep: int) -> list[Shape]:
        return self._joined([self._shapes(each, deep) for each in schema["allOf"]], deep)

    def _any_of(self, schema: Flat, deep: int) -> list[Shape]:
        return [shape for each in schema["anyOf"] for shape in self._shapes(each, deep)]

    def _one_of(self, schema: Flat, deep: int) -> list[Shape]:
        options = schema["oneOf"]
        return [
            _unlike(shape, *options[:at], *options[at + 1 :])
            for at, each in enumerate(options)
            for shape in self._shapes(each, deep)
        ]

    def _not(self, schema: Flat, deep: int) -> list[Shape]:
        other = schema["not"]
        return [] if other is True or other == {} else [Shape((), (other,))]

    def _if(self, schema: Flat, deep: int) -> list[Shape]:
        asked, otherwise = schema["if"], self._shapes(schema.get("else", True), deep)
        both = [self._shapes(asked, deep), self._shapes(schema.get("then", True), deep)]
        return [*self._joined(both, deep), *(_unlike(shape, asked) for shape in otherwise)]

    def _check(self, schema: Any, place: str, seen: set[int]) -> None:
        """Refuse what is not known, at once and wherever a value could meet it."""
        if not isinstance(schema, Mapping) or id(schema) in seen:
            return
        seen.add(id(schema))
        for keyword, value in schema.items():
            _refuse(keyword, value, f"{place}/{keyword}")
        self._check_way(schema, place, ())
        if "$ref" in schema:
            self._check(self.target(schema["$ref"], f"{place}/$ref"), schema["$ref"], seen)
        for where, inner in _inner(schema):
            self._check(inner, f"{place}/{where}", seen)

    def _check_way(self, schema: Any, place: str, way: tuple[int, ...]) -> None:
        """Refuse references that lead in a circle without a step into the value."""
        if not isinstance(schema, Mapping):
            return
        if id(schema) in way:
            raise UsageError("This $ref leads back to itself.", where=place)
        if "$ref" in schema:
            self._check_way(self.target(schema["$ref"], f"{place}/$ref"), f"{place}/$ref", (*way, id(schema)))
        for where, inner in _beside(schema):
            self._check_way(inner, f"{place}/{where}", (*way, id(schema)))


_Spreader: TypeAlias = Callable[[SchemaDocument, Flat, int], list[Shape]]

_SPREADERS: dict[str, _Spreader] = {
    "$ref": SchemaDocument._ref,
    "allOf": SchemaDocument._all_of,
    "anyOf": SchemaDocument._any_of,
    "oneOf": SchemaDocument._one_of,
    "not": SchemaDocument._not,
    "if": SchemaDocument._if,
}


def required(shape: Shape) -> list[str]:
    """The properties that an object of this shape has."""
    return list(dict.fromkeys(name for names in shape.all("required") for name in names))


def is_open(shape: Shape) -> bool:
    """Whether an object may hold what is not listed, as the strict reading of the contract has it.

    Who lists properties and says nothing of others has listed all of them.
    """
    if any(_of_others(part) is False for part in shape.parts):
        return False
    named = shape.all("properties") or shape.all("patternProperties")
    return not named or bool(shape.all("additionalProperties"))


def _of_property(part: Flat, name: str) -> tuple[Schema, ...]:
    """What a part asks of the property *name*: what is listed of it and of names like it, or else of all others."""
    listed = [part["properties"][name]] if name in part.get("properties", {}) else []
    listed += [inner for like, inner in part.get("patternProperties", {}).items() if re.search(like, name)]
    return tuple(listed) or (_of_others(part),)


def _of_others(part: Flat) -> Schema:
    closed = ("properties" in part or "patternProperties" in part) and "type" in part
    found: Schema = part.get("additionalProperties", not closed)
    return found


def _of_item(part: Flat, place: int) -> Schema:
    first, others = placed(part), part.get("items", True)
    found: Any = first[place] if place < len(first) else others
    return True if isinstance(found, list) else found


def placed(part: Flat) -> list[Schema]:
    """The schemas of the first items. Draft 7, in which our own formats are told, calls them `items`."""
    items = part.get("items")
    found: list[Schema] = items if isinstance(items, list) else part.get("prefixItems", [])
    return found


def _unlike(shape: Shape, *schemas: Schema) -> Shape:
    return Shape(shape.parts, shape.unlike + schemas)


def _step(holder: object, key: str) -> object:
    if isinstance(holder, list) and key.isdigit() and int(key) < len(holder):
        return holder[int(key)]
    return holder.get(key) if isinstance(holder, Mapping) else None


_LISTS = ("allOf", "anyOf", "oneOf")
_SAME = ("not", "if", "then", "else")
_ONES = ("items", "additionalProperties", "propertyNames", *_SAME)


def _beside(schema: Flat) -> Iterator[tuple[str, Any]]:
    """The schemas within that speak of the same value."""
    for keyword in _LISTS:
        yield from ((f"{keyword}/{at}", inner) for at, inner in enumerate(schema.get(keyword, ())))
    yield from ((keyword, schema[keyword]) for keyword in _SAME if keyword in schema)


def _inner(schema: Flat) -> Iterator[tuple[str, Any]]:
    """The schemas within, with their places; those of `$defs` are met when something refers to them."""
    yield from ((f"properties/{name}", inner) for name, inner in schema.get("properties", {}).items())
    named = schema.get("patternProperties", {})
    yield from ((f"patternProperties/{name}", inner) for name, inner in named.items())
    yield from ((f"prefixItems/{at}", inner) for at, inner in enumerate(placed(schema)))
    for keyword in _LISTS:
        yield from ((f"{keyword}/{at}", inner) for at, inner in enumerate(schema.get(keyword, ())))
    yield from ((keyword, schema[keyword]) for keyword in _ONES if keyword in schema)


def _checked(kind: Any, root: Schema) -> None:
    try:
        kind.check_schema(root, format_checker=jsonschema.FormatChecker(formats=()))
    except jsonschema.SchemaError as error:
        place = "/".join(("#", *map(str, error.absolute_path)))
        raise UsageError("This is no JSON Schema.", where=place, found=error.message[:200]) from None


def _refuse(keyword: str, value: Any, place: str) -> None:
    if keyword in UNKNOWN:
        raise _unknown(f"The keyword {keyword} is not known here.", place)
    if keyword == "format" and value not in FORMATS:
        raise _unknown(f"The format {value!r} is not known here.", place)
    if keyword in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):
        raise _unknown(f"The {keyword} {value} is of an older draft.", place)
    if value > MOST[keyword] if keyword in MOST else False:
        raise UsageError(
            f"The {keyword} {value} is more than is made here.",
            where=place,
            expected=f"at most {MOST[keyword]}",
        )
    for pattern in [value] if keyword == "pattern" else value if keyword == "patternProperties" else ():
        _check_pattern(pattern, place)


def _check_pattern(pattern: str, place: str) -> None:
    try:
        re.compile(pattern)
    except re.error as why:
        raise _unknown(f"The pattern {pattern!r} is none that Python reads: {why}.", place) from None


def _unknown(what: str, place: str) -> UsageError:
    known = ", ".join(sorted(_FLAT | _SPREAD))
    return UsageError(what, where=place, expected=known, help="take it out, or say it with these")
