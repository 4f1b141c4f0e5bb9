"""Which words schemas list, and where."""

from __future__ import annotations

from harness.disk.schemas import load_schemas
from harness.drift.words import listed_words
from harness.upstreams import get_upstream


def test_the_words_of_an_upstreams_schemas():
    upstream = get_upstream("vitalentum")
    found = listed_words(load_schemas(upstream), upstream.json_strings)
    assert found["request:$.conversation.history[*].speaker"] == {"human", "bot"}
    assert found["$.choices[*].finish_reason"] == {"stop", "length", "content_filter"}
    assert found["$.object"] == {"chat.completion.chunk"}


def test_references_are_followed_and_rings_come_to_an_end():
    ring = {"$ref": "#/$defs/node", "$defs": {"node": {"properties": {"next": {"$ref": "#/$defs/node"}}}}}
    ring["$defs"]["node"]["properties"]["kind"] = {"enum": ["leaf", 7, None]}
    found = listed_words({"chunk": ring})
    assert found["$.kind"] == found["$.next.kind"] == {"leaf"}
    assert len(found) < 40


def test_each_way_of_a_choice_adds_its_words():
    schema = {"properties": {"a": {"anyOf": [{"const": "x"}, {"type": "array", "items": {"enum": ["y"]}}]}}}
    assert listed_words({"error": schema}) == {"error:$.a": {"x"}, "error:$.a[*]": {"y"}}
