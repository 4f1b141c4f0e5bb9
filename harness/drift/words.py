"""The words that schemas list, by place: what a corpus happens to lack is not new where a schema has it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

Listed: TypeAlias = Mapping[str, frozenset[str]]
"""Places, with the prefix of their document, and the words of their `enum` and `const`."""

NO_WORDS: Listed = {}
MAX_DEPTH = 30
_ROOTS = {"request": "request:$", "error": "error:$"}
"""Of every other document: a chunk, however its schema is called."""
_WAYS = ("anyOf", "oneOf", "allOf")


def listed_words(schemas: Mapping[str, Mapping[str, object]], json_strings: tuple[str, ...] = ()) -> Listed:
    """The words of schema documents by their names; *json_strings* are fields of the request with a document each."""
    roots = _ROOTS | {name: f"request:$.{name}" for name in json_strings}
    found: dict[str, frozenset[str]] = {}
    for name, schema in schemas.items():
        _gather(schema, schema, roots.get(name, "$"), found)
    return found


def _gather(schema: object, whole: Mapping[str, object], path: str, found: dict[str, frozenset[str]]) -> None:
    """What a schema lists, and what those inside of it do; references are followed within the document."""
    if not isinstance(schema, Mapping) or path.count(".") + path.count("[") > MAX_DEPTH:
        return
    schema = _resolved(schema, whole)
    words = [word for word in (*_list(schema.get("enum")), schema.get("const")) if isinstance(word, str)]
    if words:
        found[path] = found.get(path, frozenset()).union(words)
    properties = schema.get("properties")
    for key, inner in properties.items() if isinstance(properties, Mapping) else ():
        _gather(inner, whole, f"{path}.{key}", found)
    if "items" in schema:
        _gather(schema["items"], whole, f"{path}[*]", found)
    for way in _WAYS:
        for inner in _list(schema.get(way)):
            _gather(inner, whole, path, found)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _resolved(schema: Mapping[str, object], whole: Mapping[str, object]) -> Mapping[str, object]:
    ref = schema.get("$ref")
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return schema
    target: object = whole
    for key in ref[2:].split("/"):
        target = target.get(key) if isinstance(target, Mapping) else None
    return target if isinstance(target, Mapping) else schema
