"""The facts of documents."""

from harness.drift.fields import Fields
from harness.drift.summary import Notes


def seen(*documents, **more):
    fields, notes = Fields(**more), Notes()
    for document in documents:
        fields.add(document, "text", "*")
    fields.note(notes)
    return notes.summary()


def test_presence_is_told_for_each_scope():
    found = seen({"a": 1}, {"a": 2, "b": None})
    assert found.count("path", "text", "$.a") == found.count("full", "*", "$.a") == 1
    assert found.count("gap", "*", "$.b") == 1
    assert found.count("gap", "*", "$.a") == 0


def test_a_single_document_has_nothing_in_full():
    assert seen({"a": 1}).count("full", "*", "$.a") == 0


def test_types_are_those_of_json():
    found = seen({"a": 1}, {"a": None})
    assert found.count("type", "text", "$.a", "integer") == found.count("type", "text", "$.a", "null") == 1


def test_a_value_that_changes_varies_and_null_is_no_value():
    assert seen({"a": 1}, {"a": 2}).count("varies", "$.a") == 1
    assert seen({"a": 1}, {"a": None}).count("varies", "$.a") == 0


def test_words_are_words_and_the_rest_is_only_known_to_be_there():
    found = seen({"a": "stop"}, {"a": "x-9"})
    assert found.vocabulary("value", "$.a") == {"stop": 1}
    assert found.count("wordless", "$.a") == 1


def test_free_text_is_not_looked_into():
    found = seen({"a": "stop"}, texts={"$.a"})
    assert found.vocabulary("value", "$.a") == found.vocabulary("format", "$.a") == {}


def test_ids_have_a_form_and_no_words_and_names_have_words_with_digits():
    assert seen({"a": "id-abcdef"}, identifiers={"$.a"}).vocabulary("format", "$.a") == {"id-*": 1}
    assert seen({"a": "gpt-4"}, names={"$.a"}).vocabulary("value", "$.a") == {"gpt-4": 1}


def test_arrays_have_a_length_and_numbers_a_magnitude():
    found = seen({"a": [1, 2], "n": 1500}, {"a": [1] * 9})
    assert found.vocabulary("length", "$.a") == {"2": 1, "many": 1}
    assert found.vocabulary("magnitude", "$.n") == {"e3": 1}


def test_the_values_of_a_place_can_be_asked_for():
    fields = Fields()
    fields.add({"id": "a"}, "*")
    fields.add({"id": "b"}, "*")
    assert fields.values("$.id") == {"a", "b"}
