"""Whether a schema asks more of a string than to be a string. Pure; when in doubt, it does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

Path: TypeAlias = tuple[str | int, ...]

_OF_WORDS = frozenset(
    {
        *(
            "$anchor",
            "$comment",
            "$defs",
            "$schema",
            "contentEncoding",
            "contentMediaType",
            "contentSchema",
        ),
        *("default", "deprecated", "description", "format", "examples", "readOnly", "title", "writeOnly"),
    }
)
"""Keywords that ask nothing of a value; `format` says what it is, and neither validator holds it to that."""

_OF_STRUCTURE = frozenset(
    {
        *("dependentRequired", "maxContains", "maxItems", "maxProperties", "minContains", "minItems"),
        *("minProperties", "propertyNames", "required", "type"),
        *("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"),
    }
)
"""Keywords that ask something, but not of the characters of a string within."""

_SAME_PLACE: dict[str, Callable[[Any], Iterable[Any]]] = {
    "allOf": list,
    "anyOf": list,
    "oneOf": list,
    "not": lambda value: [value],
    "if": lambda value: [value],
    "then": lambda value: [value],
    "else": lambda value: [value],
    "dependentSchemas": lambda value: value.values(),
}
"""Keywords whose schemas speak of the value itself."""


def depends(schema: object, path: Path) -> bool:
    """Whether *schema* may treat two documents differently that differ only in the string at *path*, where neither
    string is empty. `path` has names of members and numbers of items.
    """
    return _Question(schema).asks(schema, path, frozenset())


class _Question:
    """One document that is asked; references are looked up in it, and only there."""

    def __init__(self, root: object) -> None:
        self._root = root

    def asks(self, schema: object, path: Path, on_the_way: frozenset[tuple[int, Path]]) -> bool:
        here = (id(schema), path)
        if isinstance(schema, bool) or here in on_the_way:
            return False
        if not isinstance(schema, Mapping):
            return True
        return any(
            self._keyword_asks(keyword, value, schema, path, on_the_way | {here})
            for keyword, value in schema.items()
        )

    def _keyword_asks(
        self,
        keyword: str,
        value: Any,
        schema: Mapping[str, Any],
        path: Path,
        way: frozenset[tuple[int, Path]],
    ) -> bool:
        if keyword in _OF_WORDS or keyword in _OF_STRUCTURE:
            return False
        if keyword == "$id":
            return schema is not self._root  # within another document, references lead elsewhere
        if keyword == "minLength":
            return not path and value > 1
        if keyword in ("maxLength", "pattern"):
            return not path
        if keyword == "$ref":
            return self._asks_there(value, path, way)
        if keyword in _SAME_PLACE:
            return any(self.asks(inner, path, way) for inner in _SAME_PLACE[keyword](value))
        if keyword in _WITHIN:
            return bool(path) and any(
                self.asks(inner, path[1:], way) for inner in _WITHIN[keyword](value, path[0])
            )
        return True

    def _asks_there(self, reference: object, path: Path, way: frozenset[tuple[int, Path]]) -> bool:
        found = _target(self._root, reference)
        return found is None or self.asks(found, path, way)


def _target(root: object, reference: object) -> object:
    """What a reference of the form `#/...` leads to; None for every other, and where `$id` moves the ground."""
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return None
    found = root
    for step in reference[2:].split("/"):
        key = unquote(step).replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _member(value: Mapping[str, Any], key: str | int) -> Iterable[Any]:
    return [value[key]] if isinstance(key, str) and key in value else []


_WITHIN: dict[str, Callable[[Any, str | int], Iterable[Any]]] = {
    "properties": _member,
    "patternProperties": lambda value, _: value.values(),
    "additionalProperties": lambda value, _: [value],
    "unevaluatedProperties": lambda value, _: [value],
    "items": lambda value, _: [value],
    "unevaluatedItems": lambda value, _: [value],
    "contains": lambda value, _: [value],
    "prefixItems": lambda value, _: value,
}
"""Keywords whose schemas speak of what lies within a value: those that may speak of the step of a path."""
