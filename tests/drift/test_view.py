"""The questions that comparisons of fields ask."""

from __future__ import annotations

from tests.drift.views import view


def test_types_are_counted_by_interaction():
    found = view([[{"a": 1}, {"a": None}], [{"a": "x"}]], [[{"a": 2}]])
    assert found.types("", "$.a") == ({"integer": 1, "null": 1, "string": 1}, {"integer": 1})


def test_an_object_whose_keys_are_data_is_a_map():
    scores = [[{"scores": {f"{word}{n}": 1 for word in "abc"}, "kind": "k"}] for n in "vwxyz"]
    found = view(scores, scores)
    assert found.maps == {"$.scores"}
    assert found.is_in_map("$.scores.av")
    assert [path for _, path in found.fields] == ["$.kind", "$.scores"]


def test_keys_that_nobody_chose_make_a_map():
    assert view([[{"by_id": {"12ab": 1}}]], [[{"by_id": {"99cd": 1}}]]).maps == {"$.by_id"}


def test_listed_words_lose_their_prefix():
    words = {"request:$.mode": frozenset({"fast"}), "$.mode": frozenset({"slow"})}
    assert view([[{}]], [[{}]], "request", words=words).listed == {"$.mode": {"fast"}}
    assert view([[{}]], [[{}]], words=words).listed["$.mode"] == {"slow"}


def test_a_change_bears_the_name_of_its_document():
    change = view([[{}]], [[{}]], "error 400").change("removed", "$.a", "1 of 1", "0 of 1")
    assert (change.rule, change.where) == ("error-field-removed", "error:$.a")
