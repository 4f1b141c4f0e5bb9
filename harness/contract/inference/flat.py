"""Schemas opened up for comparing: references within the document followed, phases told apart or laid together.

A reference that leaves its document is refused; nothing is ever fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import unquote

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Schema: TypeAlias = Mapping[str, object]

ANY: Schema = {}

DEEPEST: Final = 40
"""How deep schemas are compared; one that refers to itself goes on for ever."""


MOST_STEPS: Final = 100_000
"""Schemas looked into in one comparison. A few definitions that refer to each other twice can unfold without end."""


class Opened:
    """A document whose references are followed."""

    def __init__(self, document: Schema) -> None:
        self._document = document
        self._steps = 0

    def followed(self, schema: object) -> Schema:
        """The schema itself, with what its `$ref` points to under what it says beside it."""
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise UsageError(
                "The schema is too large to compare: its references unfold to more than that.",
                expected=f"at most {MOST_STEPS} schemas",
            )
        found, seen = schema_in(schema), set[str]()
        while isinstance(pointer := found.get("$ref"), str):
            if pointer in seen:
                raise UsageError("A reference of the schema leads back to itself.", found=pointer)
            seen.add(pointer)
            beside = {key: value for key, value in found.items() if key != "$ref"}
            found = {**self._target(pointer), **beside}
        return found

    def phases(self) -> dict[str, Schema] | None:
        """The definitions of which a document may be any, by name; None where the schema is in one piece."""
        offered = self._document.get("anyOf")
        pointers = [schema_in(each).get("$ref") for each in offered] if isinstance(offered, list) else []
        named = [each for each in pointers if isinstance(each, str) and each.startswith("#/$defs/")]
        if not named or len(named) < len(pointers) or "properties" in self._document:
            return None
        return {_keys(pointer)[-1]: self.followed({"$ref": pointer}) for pointer in named}

    def _target(self, pointer: str) -> Schema:
        found: object = self._document
        if not pointer.startswith("#"):
            raise _lost(pointer, "a reference within the document, such as #/$defs/choice")
        for key in _keys(pointer):
            found = found.get(key) if isinstance(found, Mapping) else None
        if not isinstance(found, Mapping | bool):
            raise _lost(pointer, "a schema at the place it points to")
        return schema_in(found)


def together(schemas: Sequence[Schema], document: Opened, *, depth: int = 0) -> Schema:
    """One schema that says of a value what all of *schemas* say of it; what only some say is left out.

    Fields of any are fields; required are those of all that are of objects.
    """
    opened = [document.followed(each) for each in schemas]
    if len(opened) == 1:
        return opened[0]
    whole: dict[str, object] = {}
    if all("type" in each for each in opened):
        whole["type"] = sorted({name for each in opened for name in types_of(each)})
    lists = [values_of(each) for each in opened]
    if all(values is not None for values in lists):
        whole["enum"] = _distinct(value for values in lists for value in values or ())
    whole |= _alike(opened)
    if depth > DEEPEST:
        return whole
    return whole | _properties(opened, document, depth) | _items(opened, document, depth)


def types_of(schema: Schema) -> frozenset[str]:
    """The JSON types a schema names; none where it names none."""
    named = schema.get("type", [])
    return frozenset([named] if isinstance(named, str) else _strings(named))


def values_of(schema: Schema) -> list[object] | None:
    """The closed list of values, of one for a constant; None where the values are open."""
    if "const" in schema:
        return [schema["const"]]
    values = schema.get("enum")
    return list(values) if isinstance(values, list) else None


def properties_of(schema: Schema) -> Mapping[str, object]:
    """The fields that a schema lists."""
    return schema_in(schema.get("properties"))


def required_of(schema: Schema) -> frozenset[str]:
    """The fields that must be there."""
    return frozenset(_strings(schema.get("required")))


def _properties(opened: Sequence[Schema], document: Opened, depth: int) -> dict[str, object]:
    objects = [each for each in opened if "properties" in each or "object" in types_of(each)]
    names = sorted({name for each in objects for name in properties_of(each)})
    if not names:
        return {}
    fields = {name: together(_of_field(name, objects), document, depth=depth + 1) for name in names}
    required = frozenset.intersection(*map(required_of, objects))
    return {"properties": fields, "required": sorted(required)}


def _of_field(name: str, objects: Sequence[Schema]) -> list[Schema]:
    return [schema_in(fields[name]) for each in objects if name in (fields := properties_of(each))]


def _items(opened: Sequence[Schema], document: Opened, depth: int) -> dict[str, object]:
    items = [schema_in(each["items"]) for each in opened if "items" in each]
    return {"items": together(items, document, depth=depth + 1)} if items else {}


def _alike(opened: Sequence[Schema]) -> dict[str, object]:
    """Whatever else all of them say in the same words."""
    taken_apart = {"type", "const", "enum", "properties", "required", "items"}
    first, *others = opened
    return {
        key: value
        for key, value in first.items()
        if key not in taken_apart and all(key in each and each[key] == value for each in others)
    }


def _distinct(values: Iterable[object]) -> list[object]:
    found: list[object] = []
    for value in values:
        if value not in found:
            found.append(value)
    return found


def schema_in(value: object) -> Schema:
    """A schema as a mapping: `true` and what is none say nothing, `false` fits nothing."""
    if value is False:
        return {"not": {}}
    return value if isinstance(value, Mapping) else ANY


def _strings(value: object) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def _keys(pointer: str) -> list[str]:
    """The keys of a pointer in a fragment (RFC 6901, 6); none for the whole document."""
    keys = unquote(pointer.removeprefix("#")).split("/")[1:]
    return [key.replace("~1", "/").replace("~0", "~") for key in keys]


def _lost(pointer: str, expected: str) -> UsageError:
    return UsageError("A reference of the schema leads nowhere.", found=pointer, expected=expected)
