"""Where an upstream keeps things, and which words its schemas list."""

from harness.disk.schemas import load_schemas
from harness.drift.places import listed_words, places_of
from tests.drift.exchanges import UPSTREAM


def test_the_profile_names_the_places():
    places = places_of(UPSTREAM)
    assert places.text == "$.choices[*].delta.content"
    assert places.finish == "$.choices[*].finish_reason"
    assert (places.choices, places.usage, places.id) == ("$.choices", "$.usage", "$.id")
    assert "$.choices[*].delta" in places.core
    assert places.texts == {places.text}


def test_the_schemas_list_the_words_of_chunks_and_conversations():
    words = listed_words(load_schemas(UPSTREAM), UPSTREAM.json_strings)
    assert words["$.choices[*].finish_reason"] == {"stop", "length", "content_filter"}
    assert words["request:$.conversation.history[*].speaker"] == {"human", "bot"}


def test_a_schema_that_holds_itself_ends_somewhere():
    schema = {"properties": {"next": {"$ref": "#/properties"}}, "$ref": "#"}
    assert listed_words({"chunk": schema}) == {}


def test_alternatives_are_looked_through():
    schema = {"properties": {"a": {"anyOf": [{"const": "x"}, {"enum": ["y", None, 3]}]}}}
    assert listed_words({"chunk": schema}) == {"$.a": {"x", "y"}}


def test_without_schemas_nothing_is_excused():
    assert listed_words({}) == {}
