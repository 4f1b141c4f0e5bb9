"""The OpenAPI document: its form, that its references lead somewhere, and that real events fit its `itemSchema`."""

from __future__ import annotations

import copy
import json

import jsonschema
import pytest
import referencing
from msgspec.structs import replace
from referencing.jsonschema import DRAFT202012

from harness.contract.inference.corpus import of_stream
from harness.contract.inference.openapi import openapi_of
from harness.contract.inference.schema import schema_of
from harness.disk.schemas import load_schemas
from harness.upstreams.registry import get_upstream, upstream_names
from tests.contract.exchange import CHUNKS

VITALENTUM = get_upstream("vitalentum")
ERROR = {"error": {"message": "no", "type": "server_error", "param": None, "code": None}}


def made(upstream=VITALENTUM, **documents):
    return openapi_of(upstream, {**load_schemas(upstream), **documents}, version="1")


def reply(document, upstream=VITALENTUM):
    operation = document["paths"][upstream.path][upstream.method.lower()]
    return operation["responses"]["200"]["content"][upstream.reply_type]["itemSchema"]


def validator(schema, document):
    """A validator for a schema within the document, its references followed there."""
    registry = referencing.Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    inside = json.loads(json.dumps(schema).replace('"$ref": "#', '"$ref": "urn:api#'))
    return jsonschema.Draft202012Validator(inside, registry=registry)


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.parametrize("name", upstream_names())
def test_the_document_has_the_form_of_the_standard(name):
    upstream = get_upstream(name)
    document = made(upstream)
    assert document["openapi"] == "3.2.0"
    assert document["info"].keys() >= {"title", "version"}
    assert all(path.startswith("/") for path in document["paths"])
    operation = document["paths"][upstream.path][upstream.method.lower()]
    assert all("description" in response for response in operation["responses"].values())
    assert operation["requestBody"]["content"][upstream.content_type]["schema"]
    assert reply(document, upstream)
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize("name", upstream_names())
def test_every_reference_leads_to_a_schema_of_the_document(name):
    document = made(get_upstream(name))
    for pointer in references(document):
        found = document
        for key in pointer.removeprefix("#/").split("/"):
            found = found[key]
        assert isinstance(found, dict)


@pytest.mark.parametrize("name", upstream_names())
def test_every_schema_is_one(name):
    document = made(get_upstream(name))
    for schema in [*document["components"]["schemas"].values(), reply(document, get_upstream(name))]:
        jsonschema.Draft202012Validator.check_schema(schema)


def test_an_item_is_an_event_whose_data_is_a_string():
    document = made()
    check = validator(reply(document), document)
    assert check.is_valid({"data": json.dumps(CHUNKS[0])})
    assert check.is_valid({"data": "[DONE]", "id": "1"})
    assert not check.is_valid({"event": "message"})
    assert not check.is_valid({"data": CHUNKS[0]})


@pytest.mark.parametrize(("data", "fits"), [(CHUNKS[1], True), (ERROR, True), ({"x": 1}, False)])
def test_the_data_has_a_schema_of_its_own(data, fits):
    document = made()
    chunk, terminal = reply(document)["anyOf"]
    content = chunk["properties"]["data"]
    assert content["contentMediaType"] == "application/json"
    assert validator(content["contentSchema"], document).is_valid(data) is fits
    assert terminal["properties"]["data"]["const"] == "[DONE]"


def test_a_json_string_of_the_request_has_its_schema():
    schemas = made()["components"]["schemas"]
    field = schemas["request"]["properties"]["conversation"]
    assert (field["contentMediaType"], field["contentSchema"]) == (
        "application/json",
        {"$ref": "#/components/schemas/conversation"},
    )


def test_named_events_are_told_apart_by_their_name():
    [kind] = VITALENTUM.events
    upstream = replace(VITALENTUM, terminal=None, terminal_event="end", events=(replace(kind, name="delta"),))
    delta, end = reply(made(upstream))["anyOf"]
    assert (delta["properties"]["event"]["const"], end["properties"]["event"]["const"]) == ("delta", "end")
    assert delta["required"] == ["data", "event"]


def test_a_terminal_event_that_is_listed_is_told_once():
    [kind] = VITALENTUM.events
    upstream = replace(VITALENTUM, terminal=None, terminal_event="end", events=(replace(kind, name="end"),))
    assert reply(made(upstream))["properties"]["event"]["const"] == "end"


def test_an_item_of_json_lines_is_the_document_itself():
    upstream = replace(VITALENTUM, framing="ndjson", reply_type="application/x-ndjson")
    assert reply(made(upstream), upstream) == {
        "anyOf": [{"$ref": "#/components/schemas/chunk"}, {"$ref": "#/components/schemas/error"}]
    }


def test_an_inferred_schema_can_stand_for_the_published_one():
    corpus = of_stream([("a/b", {"$ref": "#/x"}), ("text", {"properties": {"$ref": "y"}})])
    inferred = schema_of(corpus, title="Seen", identifier="urn:seen")
    before = copy.deepcopy(inferred)
    document = made(chunk=inferred)
    chunk = document["components"]["schemas"]["chunk"]
    assert inferred == before
    assert chunk["anyOf"][0] == {"$ref": "#/components/schemas/chunk/$defs/text"}
    assert chunk["$defs"]["a/b"]["properties"]["$ref"]["type"] == "string"
    assert validator(chunk, document).is_valid({"$ref": "#/x"})
    assert not validator(chunk, document).is_valid(1)
