"""Where an upstream keeps the parts of a reply, as JSONPaths, and which words its schemas list. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from harness.drift.jsonpaths import path_of

if TYPE_CHECKING:
    from harness.upstreams.upstream import ChunkMap, Path, Upstream

Listed: TypeAlias = "Mapping[str, frozenset[str]]"
"""Words that a schema allows, by place: `$.choices[*].finish_reason`, `request:$.conversation.history[*].speaker`."""


class Places(msgspec.Struct, frozen=True):
    """The JSONPaths of one upstream. Several where kinds of events differ; the first is that of the first kind."""

    choices: str
    text: str
    role: str
    finish: str
    usage: str
    index: str
    id: str
    created: str
    model: str
    texts: frozenset[str]
    """Free text: nothing in it is a word."""
    core: frozenset[str]
    """What a client must have to read a chunk at all."""
    json_strings: tuple[str, ...]


@cache
def places_of(upstream: Upstream) -> Places:
    """The places that the upstream's profile names."""
    kinds = upstream.events
    first = kinds[0]
    choice = path_of(first.choices) + "[*]" if first.choices else "$"
    inner = {name: _in(choice, getattr(first, name)) for name in ("text", "role", "finish", "index")}
    outer = {name: _in("$", getattr(first, name)) for name in ("usage", "id", "created", "model")}
    texts = {_in(_choice_of(kind), kind.text) for kind in kinds} | {_arguments(kind) for kind in kinds}
    core = {
        path_of(first.choices),
        choice,
        inner["text"].rpartition(".")[0],
        inner["text"],
        inner["finish"],
        outer["id"],
    }
    return Places(
        choices=path_of(first.choices),
        texts=frozenset(texts - {""}),
        core=frozenset(core - {"", "$"}),
        json_strings=upstream.json_strings,
        **inner,
        **outer,
    )


def listed_words(
    schemas: Mapping[str, object], json_strings: tuple[str, ...] = ()
) -> dict[str, frozenset[str]]:
    """The words that `enum` and `const` of schema documents allow, by place."""
    found: dict[str, frozenset[str]] = {}
    for name, root in (("chunk", "$"), ("request", "request:$"), ("error", "error:$")):
        _walk(schemas.get(name), schemas.get(name), root, found)
    for name in json_strings:
        _walk(schemas.get(name), schemas.get(name), f"request:$.{name}", found)
    return found


def _choice_of(kind: ChunkMap) -> str:
    return path_of(kind.choices) + "[*]" if kind.choices else "$"


def _arguments(kind: ChunkMap) -> str:
    if kind.tools is None:
        return ""
    return _in(_in(_choice_of(kind), kind.tools.calls) + "[*]", kind.tools.arguments)


def _in(root: str, keys: Path) -> str:
    return path_of(keys, root) if keys else ""


_DEEP = 30


def _walk(schema: object, whole: object, path: str, found: dict[str, frozenset[str]]) -> None:
    """Note the words of a schema and of what it holds; references are followed within the document, to a depth."""
    if not isinstance(schema, Mapping) or path.count(".") + path.count("[") > _DEEP:
        return
    schema = _resolved(schema, whole)
    listed = [*_items(schema.get("enum")), schema.get("const")]
    if texts := [word for word in listed if isinstance(word, str)]:
        found[path] = found.get(path, frozenset()) | frozenset(texts)
    properties = schema.get("properties")
    for key, inner in properties.items() if isinstance(properties, Mapping) else ():
        _walk(inner, whole, f"{path}.{key}", found)
    _walk(schema.get("items"), whole, f"{path}[*]", found)
    for inner in (inner for way in ("anyOf", "oneOf", "allOf") for inner in _items(schema.get(way))):
        _walk(inner, whole, path, found)


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _resolved(schema: Mapping[str, object], whole: object) -> Mapping[str, object]:
    ref = schema.get("$ref")
    if not isinstance(ref, str) or not ref.startswith("#/"):
        return schema
    target: object = whole
    for key in ref[2:].split("/"):
        target = target.get(key) if isinstance(target, Mapping) else None
    return target if isinstance(target, Mapping) else schema
