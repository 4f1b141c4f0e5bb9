"""The two validators agree, nothing is ever fetched, and a fault is told with its place and in few words."""

import copy
import json
import socket
import time
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.contract.documents import READINGS, RULE_ENDINGS, Document, Reading
from harness.disk.schemas import load_schema, load_schemas
from harness.errors import UsageError
from harness.upstreams.registry import get_upstream, upstream_names
from tests.contract.exchange import CHUNKS

PUBLISHED = [
    (name, schema) for name in upstream_names() for schema in load_schemas(get_upstream(name)).items()
]
CHUNK = Document(load_schema("vitalentum", "chunk"))
TOLERANT = Document(load_schema("vitalentum", "chunk"), reading="tolerant")
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


@st.composite
def broken(draw: st.DrawFn, examples: list[Any]) -> Any:
    """One of the examples, changed at up to three places, wherever they are."""
    value = copy.deepcopy(draw(st.sampled_from(examples)))
    for _ in range(draw(st.integers(0, 3))):
        places = list(containers(value))
        if not places:
            return draw(odd_values)
        place = draw(st.sampled_from(places))
        if isinstance(place, list):
            place.append(copy.deepcopy(draw(odd_values)))
            continue
        key = draw(st.sampled_from([*place, "new"]))
        if draw(st.booleans()):
            place[key] = copy.deepcopy(draw(odd_values))
        else:
            place.pop(key, None)
    return value


def containers(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return [] if inner is None else [value, *(found for item in inner for found in containers(item))]


@pytest.mark.parametrize("reading", READINGS)
@pytest.mark.parametrize(
    ("upstream", "item"), PUBLISHED, ids=[f"{name}/{item[0]}" for name, item in PUBLISHED]
)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_both_validators_agree_on_every_published_schema(
    upstream: str, item: tuple[str, Any], reading: Reading, data: st.DataObject
) -> None:
    document = compiled(upstream, item[0], reading)
    value = data.draw(broken(list(item[1]["examples"])))
    faults = document._explained(value)
    assert document.fits(value) == (faults == ()) == (document.signature(value) == frozenset())


@cache
def compiled(upstream: str, name: str, reading: Reading) -> Document:
    return Document(load_schema(upstream, name), reading=reading)


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
        '$.choices[1].finish_reason is "end", not one of "stop", "length", "content_filter", null',
        "$.choices[1].delta.content is null, not a string",
        "$.n is not in the schema",
    ]


def test_a_wrong_type_hides_what_else_is_wrong_at_its_place() -> None:
    assert [fault.rule for fault in CHUNK.faults(CHUNKS[1] | {"object": None})] == ["field-null"]


def test_only_schemas_are_closed_and_data_within_them_is_left_alone() -> None:
    data = {"type": "object", "properties": {}}
    document = Document({"type": "object", "properties": {"kind": {"const": data}}, "examples": [data]})
    assert document.fits({"kind": data})


@given(mutated_chunks())
def test_the_tolerant_reading_passes_over_unknown_fields_and_nothing_else(chunk: dict[str, Any]) -> None:
    strict = [fault for fault in CHUNK.faults(chunk) if fault.rule != "field-unknown"]
    assert list(TOLERANT.faults(chunk)) == strict
    assert TOLERANT.fits(chunk) == (strict == [])


def test_a_reading_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="no reading 'loose'"):
        Document({}, reading="loose")  # type: ignore[arg-type]


def test_the_first_fault_is_the_best_one() -> None:
    chunk = CHUNKS[1] | {"n": 1, "object": "x"}
    first = CHUNK.first(chunk)
    assert first is not None
    assert first.where == "$.object"
    assert CHUNK.first(CHUNKS[1]) is None


def test_of_several_shapes_the_nearest_is_explained() -> None:
    shapes = [
        {"type": "string"},
        {"type": "object", "required": ["a", "b"], "properties": {"a": {"minimum": 3}, "b": {}}},
    ]
    document = Document({"anyOf": shapes})
    (fault,) = document.faults({"a": 1, "b": 2})
    assert fault.message == (
        "$ is an object with a, b, not any of the shapes the schema offers; the nearest: $.a is 1, not at least 3"
    )


@given(st.text(max_size=6) | st.sampled_from(["aaaa", "ab", "é", "\ud800", "\ud800a", "٣", "\n"]), st.data())
def test_patterns_mean_the_same_to_both_validators(text: str, data: st.DataObject) -> None:
    patterns = [r"^\d+$", r"^\w*$", r"^\p{L}$", "^(a+)+$", "^a$", ".", r"^[^a]$", r"\s", "[é-ö]"]
    pattern = data.draw(st.sampled_from(patterns))
    for schema, value in (
        ({"pattern": pattern}, text),
        ({"patternProperties": {pattern: False}}, {text: 1}),
        ({"patternProperties": {pattern: True}, "additionalProperties": False}, {text: 1}),
    ):
        document = Document(schema)
        assert document.fits(value) == (document.faults(value) == ())


@pytest.mark.parametrize(
    "schema",
    [
        {"pattern": "^(a+)+$"},
        {"patternProperties": {"^(a|a)*$": True}, "additionalProperties": False},
        {"propertyNames": {"pattern": "^(a*)*b$"}},
    ],
)
def test_a_hostile_pattern_takes_no_time(schema: dict[str, Any]) -> None:
    text = "a" * 5000 + "!"
    value: Any = text if "pattern" in schema else {text: 1}
    began = time.process_time()
    document = Document(schema)
    assert document.signature(value)
    assert document.faults(value)
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    "pattern", ["(?=a)b", "(?!a)b", "(?<=a)b", r"(a)\1", "((a{1,1000}){1,1000}){1,1000}"]
)
def test_a_pattern_that_the_linear_engine_cannot_run_is_refused_with_the_reason(pattern: str) -> None:
    with pytest.raises(UsageError, match="no look-around and no back references"):
        Document({"pattern": pattern})


def test_a_value_deeper_than_the_stack_is_a_fault_and_no_crash() -> None:
    document = Document({"items": {"$ref": "#"}, "type": "array"})
    value: list[Any] = [1]
    for _ in range(400):
        value = [value]
    assert [fault.rule for fault in document.faults(value)] in (["shape-wrong"], ["type-wrong"])
    assert not document.fits(value)


def test_a_document_may_refer_to_those_it_is_given() -> None:
    document = Document(
        {"$ref": "urn:test:other#/$defs/n"}, beside={"urn:test:other": {"$defs": {"n": {"type": "null"}}}}
    )
    assert document.fits(None)
    assert [fault.rule for fault in document.faults(1)] == ["type-wrong"]
    with pytest.raises(UsageError, match="no usable schema"):
        Document({"$ref": "urn:test:another"}, beside={"urn:test:other": {}})


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef", "$schema"])
def test_whatever_leads_out_of_the_document_is_an_error_when_it_is_loaded(keyword: str) -> None:
    with pytest.raises(UsageError, match="no usable schema"):
        Document({"$defs": {"unused": {keyword: "http://127.0.0.1:9/x"}}})
