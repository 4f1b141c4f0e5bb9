"""Fields of a document: read with their types, refused with their place."""

import pickle

import pytest

from harness.cassette import fields
from harness.cassette.fields import DocumentError, dotted


@pytest.mark.parametrize(
    ("place", "words"),
    [((), "the document"), (("a", 3, "b"), "a[3].b"), ((0,), "[0]"), (("a", "b.c"), "a.b.c")],
)
def test_a_place_is_written_as_people_write_it(place, words):
    assert dotted(place) == words


IMPOSSIBLE = (-0.1, float("inf"), float("nan"), 10**400)


@pytest.mark.parametrize(
    ("read", "value", "expected", "found"),
    [
        (fields.mapping, [], "a mapping", "a list"),
        (fields.mapping, {1: 2}, "keys that are text", "a whole number"),
        (fields.sequence, "ab", "a list", "text"),
        (fields.text, 5, "text (quote it)", "a whole number"),
        (fields.number, True, "a number", "true or false"),
        (fields.number, "5", "a number", "text"),
        *((fields.number, value, "0 or more, and finite", None) for value in IMPOSSIBLE),
    ],
)
def test_a_wrong_type_is_refused_in_words(read, value, expected, found):
    with pytest.raises(DocumentError) as caught:
        read(value, ("a", 0))
    assert (caught.value.where, caught.value.expected, caught.value.found) == ("a[0]", expected, found)


def test_text_stored_as_bytes_is_latin_1():
    assert fields.text(b"caf\xe9", ()) == "café"


def test_optional_text_may_be_absent_or_null():
    assert fields.optional_text({}, "a", ()) is None
    assert fields.optional_text({"a": None}, "a", ()) is None
    assert fields.optional_text({"a": "b"}, "a", ()) == "b"


def test_an_error_survives_the_way_between_processes():
    error = pickle.loads(pickle.dumps(DocumentError("What.", place=("a", 1), line=3)))
    assert (error.what, error.place, error.line, error.where) == ("What.", ("a", 1), 3, "line 3")
