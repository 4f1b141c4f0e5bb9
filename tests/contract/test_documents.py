"""The two validators agree, nothing is ever fetched, and a fault is told with its place and in few words."""

import copy
import json
import socket
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.documents import RULE_ENDINGS, Document
from harness.disk.schemas import load_schema, load_schemas
from harness.errors import UsageError
from harness.upstreams.registry import get_upstream, upstream_names
from tests.contract.exchange import CHUNKS

PUBLISHED = [
    (name, schema) for name in upstream_names() for schema in load_schemas(get_upstream(name)).items()
]
CHUNK = Document(load_schema("vitalentum", "chunk"))
USAGE = {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}

odd_values = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        0.5,
        1.0,
        2**70,
        1e300,
        "",
        "x",
        "stop",
        "\ud800",
        [],
        [None],
        {},
        {"x": 1},
        [{}],
        USAGE,
    ]
)
keys = st.sampled_from(
    ["id", "object", "created", "model", "choices", "usage", "index", "delta", "finish_reason"]
)


@st.composite
def mutated_chunks(draw: st.DrawFn) -> dict[str, Any]:
    chunk = copy.deepcopy(draw(st.sampled_from([*CHUNKS, CHUNKS[1] | {"choices": [], "usage": USAGE}])))
    for _ in range(draw(st.integers(0, 3))):
        places = [chunk, *(c for c in as_list(chunk.get("choices")) if isinstance(c, dict))]
        place = draw(
            st.sampled_from([*places, *(p["delta"] for p in places if isinstance(p.get("delta"), dict))])
        )
        key = draw(st.sampled_from([*place, "content", "role", "new"]) | keys)
        if draw(st.booleans()):
            place[key] = draw(odd_values)
        else:
            place.pop(key, None)
    return chunk


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


@given(mutated_chunks())
def test_the_fast_validator_and_the_reference_agree(chunk: dict[str, Any]) -> None:
    faults = CHUNK.faults(chunk)
    assert CHUNK.fits(chunk) == (faults == ()) == (CHUNK.signature(chunk) == frozenset())
    assert all(fault.rule in RULE_ENDINGS for fault in faults)


@given(mutated_chunks(), mutated_chunks())
def test_chunks_of_one_signature_have_the_same_faults(one: dict[str, Any], other: dict[str, Any]) -> None:
    places = [{(f.rule, f.where) for f in CHUNK.faults(chunk)} for chunk in (one, other)]
    assert places[0] == places[1] or CHUNK.signature(one) != CHUNK.signature(other)


@given(mutated_chunks())
def test_closing_a_schema_only_adds_findings_of_unknown_fields(chunk: dict[str, Any]) -> None:
    as_published = jsonschema.Draft202012Validator(dict(load_schema("vitalentum", "chunk")))
    assert as_published.is_valid(chunk) == all(f.rule == "field-unknown" for f in CHUNK.faults(chunk))


@pytest.mark.parametrize(
    ("upstream", "item"), PUBLISHED, ids=[f"{name}/{item[0]}" for name, item in PUBLISHED]
)
def test_a_published_schema_is_one_described_and_fits_its_own_examples(
    upstream: str, item: tuple[str, Any]
) -> None:
    name, schema = item
    jsonschema.Draft202012Validator.check_schema(dict(schema))
    assert schema["$id"] == f"urn:stream-harness:{upstream}:{name}"
    assert all(Document(schema).fits(example) for example in schema["examples"])
    for part in schemas_within(dict(schema)):
        assert part.get("description"), part
        examples = part.get("examples", [])
        assert all(Document({"$defs": schema.get("$defs", {}), **part}).fits(example) for example in examples)


def schemas_within(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Each schema that describes a value, the document's own and those of its properties and definitions."""
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    inner = [part for part in inner if "$ref" not in part]
    return [schema, *(found for part in inner for found in schemas_within(part))]


@pytest.mark.parametrize("reference", ["http://127.0.0.1:9/x.json", "file:///etc/hostname", "other.json"])
def test_a_reference_out_of_the_document_is_refused_and_never_fetched(
    reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_socket(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", no_socket)
    with pytest.raises(UsageError, match="no usable schema"):
        Document({"$id": "urn:test:x", "$ref": reference})


@pytest.mark.parametrize("schema", [{"type": 5}, {"$ref": "#/$defs/none"}, {"pattern": "("}])
def test_what_is_no_schema_is_refused(schema: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="no usable schema"):
        Document(schema)


def test_a_fault_is_told_with_its_place_and_what_was_found() -> None:
    chunk = json.loads(json.dumps(CHUNKS[1])) | {"object": "x", "n": 1}
    chunk["choices"].append({"index": -1, "delta": {"content": None}, "finish_reason": "end"})
    del chunk["model"]
    assert [fault.message for fault in CHUNK.faults(chunk)] == [
        "$.model is missing",
        '$.object is "x", not "chat.completion.chunk"',
        "$.choices[1].index is -1, not at least 0",
        "$.choices[1].delta.content is null, not a string",
        '$.choices[1].finish_reason is "end", not one of "stop", "length", "content_filter", null',
        "$.n is not in the schema",
    ]


def test_a_wrong_type_hides_what_else_is_wrong_at_its_place() -> None:
    assert [fault.rule for fault in CHUNK.faults(CHUNKS[1] | {"object": None})] == ["field-null"]


def test_only_schemas_are_closed_and_data_within_them_is_left_alone() -> None:
    data = {"type": "object", "properties": {}}
    document = Document({"type": "object", "properties": {"kind": {"const": data}}, "examples": [data]})
    assert document.fits({"kind": data})
