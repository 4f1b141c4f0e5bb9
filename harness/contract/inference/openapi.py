"""An upstream as an OpenAPI 3.2 document: its request, and its reply as a stream whose every event has a schema.

`itemSchema` (OpenAPI 3.2, Media Type Object) describes one event. An event of an event stream is, to OpenAPI, an object
of its fields, whose `data` is a string: the JSON in it is described by `contentSchema`. The terminal event is one of
the events that an item may be, for OpenAPI knows no other way to say it. Order is not told: that is the stream grammar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from harness.contract.inference.phases import STANDARD_NAME
from harness.contract.inference.schema import DIALECT

if TYPE_CHECKING:
    from harness.upstreams.upstream import ChunkMap, Upstream

Schema: TypeAlias = Mapping[str, object]
Made: TypeAlias = dict[str, object]

VERSION: Final = "3.2.0"
JSON: Final = "application/json"
NDJSON: Final = "ndjson"
"""The framing in which each line of a reply is a JSON document."""

_DATA: Final = frozenset({"const", "default", "enum", "examples", "x-observed"})
"""Keywords whose value is data, in which nothing is a reference."""
_MAPS: Final = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})
"""Keywords whose value holds schemas by names, which may be words of JSON Schema as well."""

_EVENT_FIELDS: Final[Schema] = {
    "event": {"type": "string", "description": "The event's type."},
    "id": {"type": "string", "description": "The stream's last event id, from here on."},
    "retry": {
        "type": "integer",
        "minimum": 0,
        "description": "Milliseconds to wait before connecting again.",
    },
}


def openapi_of(upstream: Upstream, documents: Mapping[str, Schema], *, version: str) -> Made:
    """The document. *documents* are the upstream's schemas by name; *version* is that of the description.

    Source: the OpenAPI Specification 3.2.0, Media Type Object, "Sequential Media Types" and "Special Considerations
    for `text/event-stream` Content".
    """
    return {
        "openapi": VERSION,
        "info": {"title": upstream.title, "version": version},
        "jsonSchemaDialect": DIALECT,
        "servers": [{"url": upstream.base_url.rstrip("/")}],
        "paths": {upstream.path: {upstream.method.lower(): _operation(upstream)}},
        "components": {
            "schemas": {name: _component(name, documents[name], upstream) for name in sorted(documents)}
        },
    }


def _operation(upstream: Upstream) -> Made:
    return {
        "operationId": upstream.name,
        "summary": f"Send a conversation to {upstream.title}, and get the reply as a stream.",
        "requestBody": {"required": True, "content": {upstream.content_type: {"schema": _ref("request")}}},
        "responses": {
            "200": {"description": "The reply, as it is made.", "content": _reply(upstream)},
            "default": {"description": "An error.", "content": {JSON: {"schema": _ref("error")}}},
        },
    }


def _reply(upstream: Upstream) -> Made:
    if str(upstream.framing) == NDJSON:
        return {upstream.reply_type: {"itemSchema": _any([_ref(name) for name in _kinds(upstream)])}}
    return {upstream.reply_type: {"itemSchema": _any([*map(_event, upstream.events), *_terminal(upstream)])}}


def _event(kind: ChunkMap) -> Made:
    offered = [_ref(kind.schema), *([_ref("error")] if kind.error else [])]
    data: Made = {"type": "string", "contentMediaType": JSON, "contentSchema": _any(offered)}
    return _item(data, name=kind.name)


def _terminal(upstream: Upstream) -> list[Made]:
    """The event that ends the stream, where it is one of its own."""
    if upstream.terminal is not None:
        return [_item({"type": "string", "const": upstream.terminal}, title="The end of the stream")]
    listed = {kind.name for kind in upstream.events}
    if upstream.terminal_event is None or upstream.terminal_event in listed:
        return []
    return [_item({"type": "string"}, name=upstream.terminal_event, title="The end of the stream")]


def _item(data: Made, *, name: str = STANDARD_NAME, title: str | None = None) -> Made:
    """An event as OpenAPI sees it. The standard's name for an event without one is not written."""
    is_named = name != STANDARD_NAME
    event: Made = {"event": {"type": "string", "const": name}} if is_named else {}
    return {
        **({"title": title} if title else {}),
        "type": "object",
        "required": ["data", "event"] if is_named else ["data"],
        "properties": {**_EVENT_FIELDS, **event, "data": data},
    }


def _kinds(upstream: Upstream) -> list[str]:
    """The names of the schemas that a document of the reply may be of."""
    names = [kind.schema for kind in upstream.events]
    failures = ["error"] if any(kind.error for kind in upstream.events) else []
    return list(dict.fromkeys([*names, *failures]))


def _any(schemas: list[Made]) -> Made:
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _ref(name: str) -> Made:
    return {"$ref": f"#/components/schemas/{name}"}


def _component(name: str, document: Schema, upstream: Upstream) -> Made:
    """A schema in its new place: without an address of its own, its references pointing to where it lies now."""
    moved = _moved({key: value for key, value in document.items() if key not in ("$id", "$schema")}, name)
    assert isinstance(moved, dict)  # as it went in
    properties = moved.get("properties")
    if name == "request" and isinstance(properties, dict):
        for field in upstream.json_strings:
            if isinstance(properties.get(field), dict):
                content = {"contentMediaType": JSON, "contentSchema": _ref(field)}
                properties[field] = {**properties[field], **content}
    return moved


def _moved(value: object, name: str, *, is_map: bool = False) -> object:
    if isinstance(value, list):
        return [_moved(each, name) for each in value]
    if not isinstance(value, Mapping):
        return value
    made: Made = {}
    for key, inner in value.items():
        if not is_map and key == "$ref" and isinstance(inner, str):
            made[key] = (
                f"#/components/schemas/{name}{inner.removeprefix('#')}" if inner.startswith("#") else inner
            )
        elif not is_map and key in _DATA:
            made[key] = inner
        else:
            made[key] = _moved(inner, name, is_map=not is_map and key in _MAPS)
    return made
