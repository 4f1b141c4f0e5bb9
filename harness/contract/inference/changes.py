"""What moved between two schemas, place by place: types, values, formats, bounds, fields.

What is not taken apart here (conditions, patterns) is compared word by word, and a change says that it differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec.structs import replace

from harness.contract.inference.flat import (
    Opened,
    Schema,
    properties_of,
    required_of,
    schema_in,
    types_of,
    values_of,
)
from harness.contract.inference.schema import OBSERVED
from harness.contract.wording import any_path, found

if TYPE_CHECKING:
    from collections.abc import Iterable

Place: TypeAlias = tuple[str | int, ...]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")

_INNER: Mapping[str, str | int] = {"items": 0, "additionalProperties": "*"}
"""Keywords with one schema for many values, and the step that stands for any of them."""

_WORDS_ONLY = frozenset(
    {
        *("$anchor", "$comment", "$defs", "$id", "$schema", "contentMediaType", "contentSchema", "default"),
        *("deprecated", "description", "examples", "readOnly", "title", "writeOnly", OBSERVED),
    }
)
_TAKEN_APART = frozenset(
    {
        *("type", "const", "enum", "properties", "required", "format", *_INNER),
        *_LOWER,
        *_UPPER,
    }
)


class Change(msgspec.Struct, frozen=True):
    """One difference at one place. `rule` is the id without its prefix; `before` and `now` are words."""

    rule: str
    place: Place
    message: str
    before: str | None = None
    now: str | None = None


class Pair(msgspec.Struct, frozen=True):
    """The two documents that are compared, and the references that led to where the comparison stands."""

    old: Opened
    new: Opened
    trail: frozenset[tuple[object, object]] = frozenset()

    def beyond(self, old: Schema, new: Schema) -> Pair | None:
        """The pair for what lies behind the references of two schemas; None where they were followed before."""
        references = old.get("$ref"), new.get("$ref")
        if references == (None, None):
            return self
        return None if references in self.trail else replace(self, trail=self.trail | {references})


def changes(old: Schema, new: Schema, pair: Pair, place: Place = ()) -> Iterator[Change]:
    """Each difference at *place* and below. What a schema that refers to itself repeats is told once."""
    beyond = pair.beyond(old, new)
    if beyond is None:
        return
    opened = pair.old.followed(old), pair.new.followed(new)
    for part in _PARTS:
        yield from part(*opened, place)
    yield from _fields(*opened, place, beyond)
    for keyword, step in _INNER.items():
        before, now = (each.get(keyword) for each in opened)
        if isinstance(before, Mapping) and isinstance(now, Mapping):
            yield from changes(before, now, beyond, (*place, step))


def _types(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    before, now = _all_types(old), _all_types(new)
    words = {"before": _listed(before), "now": _listed(now)}
    for rule, more in (("null-added", now - before), ("null-removed", before - now)):
        if "null" in more:
            yield _change(rule, place, "may be null" if rule == "null-added" else "is never null", **words)
    added, removed = now - before - {"null"}, before - now - {"null"}
    if "number" in before:
        added -= {"integer"}
    if "number" in now:
        removed -= {"integer"}
    if added:
        yield _change("type-added", place, f"may be {_listed(added)}", **words)
    if removed:
        yield _change("type-removed", place, f"is never {_listed(removed)}", **words)


def _values(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    before, now = values_of(old), values_of(new)
    if before is not None and now is not None:
        words = {"before": _quoted(before), "now": _quoted(now)}
        if added := _without(now, before):
            yield _change("value-added", place, f"may be {_quoted(added)}", **words)
        if removed := _without(before, now):
            yield _change("value-removed", place, f"is never {_quoted(removed)}", **words)
    elif before is not None:
        yield _change("values-opened", place, "is no closed list any more", before=_quoted(before))
    elif now is not None:
        yield _change("values-closed", place, "is a closed list now", now=_quoted(now))


def _format(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    before, now = old.get("format"), new.get("format")
    if before != now and before is not None:
        yield _change("format-removed", place, f"need not be a {before}", before=str(before))
    if before != now and now is not None:
        yield _change("format-added", place, f"is always a {now}", now=str(now))


def _bounds(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    moved = [keyword for keyword in (*_LOWER, *_UPPER) if old.get(keyword) != new.get(keyword)]
    looser = [keyword for keyword in moved if _is_looser(keyword, old.get(keyword), new.get(keyword))]
    tighter = [keyword for keyword in moved if keyword not in looser]
    for rule, keywords in (("bound-loosened", looser), ("bound-tightened", tighter)):
        if keywords:
            words = {"before": _numbers(old, keywords), "now": _numbers(new, keywords)}
            yield _change(rule, place, f"has another {' and '.join(keywords)}", **words)


def _others(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    """What is not taken apart, word by word; `items` and the like where only one of the two has them."""
    keywords = sorted((old.keys() | new.keys()) - _TAKEN_APART - _WORDS_ONLY)
    for keyword in _INNER:
        if not (isinstance(old.get(keyword), Mapping) and isinstance(new.get(keyword), Mapping)):
            keywords.append(keyword)
    differ = [keyword for keyword in keywords if _bare(old.get(keyword)) != _bare(new.get(keyword))]
    if differ:
        yield _change("rule-changed", place, f"differs in {', '.join(differ)}")


_PARTS: tuple[Callable[[Schema, Schema, Place], Iterator[Change]], ...] = (
    _types,
    _values,
    _format,
    _bounds,
    _others,
)


def _fields(old: Schema, new: Schema, place: Place, pair: Pair) -> Iterator[Change]:
    before, now = properties_of(old), properties_of(new)
    for name in sorted(before.keys() | now.keys()):
        here = (*place, name)
        if name not in now:
            kind = "field-removed" if name in required_of(old) else "optional-field-removed"
            yield _change(kind, here, "is gone", before=seen_in_words(pair.old.followed(before[name])))
        elif name not in before:
            kind = "field-added" if name in required_of(new) else "optional-field-added"
            yield _change(kind, here, "is new", now=seen_in_words(pair.new.followed(now[name])))
        else:
            yield from _requirement(name, old, new, here)
            yield from changes(schema_in(before[name]), schema_in(now[name]), pair, here)


def _requirement(name: str, old: Schema, new: Schema, here: Place) -> Iterator[Change]:
    before, now = name in required_of(old), name in required_of(new)
    if before and not now:
        share = _share(name, new)
        yield _change("field-now-optional", here, "may be missing", before="always there", now=share)
    if now and not before:
        yield _change(
            "field-now-required", here, "is always there", before=_share(name, old), now="always there"
        )


def _change(
    rule: str, place: Place, says: str, *, before: str | None = None, now: str | None = None
) -> Change:
    return Change(rule, place, f"{any_path(place)} {says}", before, now)


def _all_types(schema: Schema) -> frozenset[str]:
    """The types a value may have; a schema that names none allows all, unless it lists the values."""
    named = types_of(schema)
    if named:
        return named
    values = values_of(schema)
    if values is None:
        return frozenset({"array", "boolean", "null", "number", "object", "string"})
    return frozenset(_JSON_TYPES.get(type(value), "object") for value in values)


_JSON_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
}


def _is_looser(keyword: str, before: object, now: object) -> bool:
    if not isinstance(before, int | float) or not isinstance(now, int | float):
        return now is None
    return now < before if keyword in _LOWER else now > before


def _numbers(schema: Schema, keywords: list[str]) -> str:
    return ", ".join("none" if schema.get(keyword) is None else str(schema[keyword]) for keyword in keywords)


def _without(values: list[object], others: list[object]) -> list[object]:
    """The values that are not among *others*; null is told with the types. In JSON, true is not 1."""
    known = [(type(value) is bool, value) for value in others]
    return [value for value in values if value is not None and (type(value) is bool, value) not in known]


def _listed(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))


def _quoted(values: list[object]) -> str:
    return ", ".join(map(found, values))


def _bare(value: object) -> object:
    """A part of a schema without what only describes it."""
    if isinstance(value, Mapping):
        return {key: _bare(inner) for key, inner in value.items() if key not in _WORDS_ONLY}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def seen_in_words(schema: Schema) -> str | None:
    """How often an inferred schema's place was seen, in words."""
    counts = _counts(schema)
    if "values" not in counts or "streams" not in counts:
        return None
    return f"{counts['values']} times, streams: {counts['streams']}"


def _share(name: str, schema: Schema) -> str | None:
    """In how many objects a field was seen, in words."""
    field, objects = _counts(properties_of(schema).get(name)), _counts(schema)
    if "values" not in field or "values" not in objects:
        return None
    kinds = objects.get("types")
    among = kinds.get("object") if isinstance(kinds, Mapping) else objects["values"]
    return f"in {field['values']} of {among} objects"


def _counts(schema: object) -> Schema:
    counts = schema.get(OBSERVED) if isinstance(schema, Mapping) else None
    return counts if isinstance(counts, Mapping) else {}
