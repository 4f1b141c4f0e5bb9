"""The schema that is written: it accepts its corpus, is always the same, and says no more than was seen."""

from __future__ import annotations

import json

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.documents import Document
from harness.contract.inference import summary as summary_module
from harness.contract.inference.corpus import merged, of_stream
from harness.contract.inference.schema import free_fields, schema_of
from harness.upstreams.registry import get_upstream
from tests.contract.exchange import CHUNKS
from tests.contract.inference.test_summary import values

PHASED = st.tuples(st.sampled_from(["opener", "text", "content.x", "a/b ~%é.text"]), values)
TEXT, FINISH = CHUNKS[1], CHUNKS[3]


def schema(*streams, phase="text", free=()):
    """The schema of streams of values."""
    corpus = merged(*(of_stream((phase, value) for value in stream) for stream in streams))
    return schema_of(corpus, title="Seen", identifier="urn:seen", free=free)


def streams_of(value, number=20):
    return [[value]] * number


@given(st.lists(st.lists(PHASED, max_size=6), max_size=6), st.integers(1, 40))
def test_every_document_of_the_corpus_is_accepted(streams, times):
    corpus = merged(*map(of_stream, streams * times))
    made = schema_of(corpus, title="Seen", identifier="urn:seen")
    jsonschema.Draft202012Validator.check_schema(made)
    reference = jsonschema.Draft202012Validator(made)
    contract = Document(made)  # which takes a schema closed: a field that it does not list is refused
    fast = jsonschema_rs.Draft202012Validator(made, validate_formats=True)
    for _, value in [each for stream in streams for each in stream]:
        assert reference.is_valid(value)
        assert fast.is_valid(value)
        assert contract.fits(value)


@given(st.lists(st.lists(PHASED, max_size=4), max_size=4), st.randoms(use_true_random=False))
def test_the_same_corpus_gives_the_same_text(streams, random):
    texts = {
        json.dumps(schema_of(merged(*map(of_stream, order)), title="Seen", identifier="urn:seen"))
        for order in (streams, random.sample(streams, len(streams)))
    }
    assert len(texts) == 1


def test_the_counts_stand_beside_each_place():
    made = schema([{"a": "xy", "b": [1]}, {"a": None}], [{"a": "x"}])
    assert made["properties"]["a"]["x-observed"] == {
        "values": 3,
        "streams": 2,
        "types": {"null": 1, "string": 2},
        "lengths": [1, 2],
    }
    assert made["properties"]["b"]["x-observed"]["sizes"] == [1, 1]


def test_a_field_of_every_object_is_required_and_no_other():
    assert schema([{"a": 1}, {"a": 2, "b": 3}])["required"] == ["a"]
    assert "required" not in schema([{"a": 1}, {}])


@pytest.mark.parametrize(
    ("streams", "said"),
    [
        (streams_of("stop"), {"const": "stop"}),
        ([["stop", None]] * 20, {"enum": ["stop", None]}),
        ([["stop", "length"]] * 20, {"enum": ["length", "stop"]}),
        (streams_of("stop", 19), {}),
        ([["stop"] * 50], {}),
        ([*streams_of("stop", 30), ["length"]], {}),
        (streams_of("stop", 30) + streams_of(3), {}),
        ([[f"word {n}" for n in range(9)]] * 20, {}),
        (streams_of("a text that is longer than any word of a list"), {}),
        (streams_of("2026-11-22T12:00:00Z"), {"const": "2026-11-22T12:00:00Z"}),
        ([[f"2026-11-22T12:00:{n:02}Z"] for n in range(20)], {"format": "date-time"}),
        ([[f"2026-11-22T12:00:{n:02}Z"] for n in range(19)], {}),
        ([[f"2026-11-22T12:00:{n:02}Z", "never"] for n in range(20)], {}),
    ],
)
def test_a_list_is_closed_and_a_format_told_only_on_enough(streams, said):
    made = schema(*[[{"reason": value} for value in stream] for stream in streams])["properties"]["reason"]
    assert {key: value for key, value in made.items() if key in ("const", "enum", "format")} == said


@pytest.mark.parametrize("name", ["id", "content", "response_id", "frag"])
def test_texts_and_ids_are_never_a_closed_list(name):
    assert schema(*streams_of({name: "Hello"}), free=["frag"])["properties"][name].keys() == {
        "type",
        "x-observed",
    }


def test_an_upstream_says_where_its_texts_lie():
    assert free_fields(get_upstream("vitalentum")) == {"content", "created", "id", "model"}


def test_numbers_are_as_wide_as_they_were_seen():
    assert schema([1, 2])["type"] == "integer"
    assert schema([1, 2.5])["type"] == "number"
    assert schema([*range(50)])["minimum"] == 0
    assert "minimum" not in schema([*range(-1, 50)])


def test_an_array_that_was_never_empty_is_not():
    assert schema([[1]] * 50)["minItems"] == 1
    assert "minItems" not in schema([[1]] * 50, [[]])
    assert schema([[]])["type"] == "array"


@pytest.mark.parametrize("number", [30, summary_module.MOST_FIELDS + 1])
def test_names_that_are_data_make_a_map(number):
    made = schema([{f"key-{n}": n} for n in range(number)])
    assert made["additionalProperties"]["type"] == "integer"
    assert "key-1" not in json.dumps(made)


def test_many_fields_that_are_always_there_are_fields():
    assert len(schema([{f"field{n}": n for n in range(30)}])["required"]) == 30


def test_each_phase_has_its_definition():
    made = schema_of(
        merged(of_stream([("finish", FINISH), ("text", TEXT)])), title="Seen", identifier="urn:seen"
    )
    assert made["anyOf"] == [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/finish"}]
    assert made["x-observed"] == {"streams": 1, "documents": 2, "unread": 0}


def test_what_people_wrote_is_not_repeated():
    made = schema(*[[{"prompt": f"a secret of {n}", "messages": [{"text": "private"}]}] for n in range(30)])
    assert "secret" not in json.dumps(made)
    assert "private" not in json.dumps(made)
