"""Summaries that are kept."""

from __future__ import annotations

import msgspec
import pytest

from harness import get_upstream
from harness.drift.document import VERSION, from_document, to_document
from harness.drift.shape import EMPTY, merge
from harness.drift.summarise import summarise
from harness.errors import UsageError
from tests.drift.corpus import Style, corpus
from tests.drift.operators import OPERATORS

UPSTREAM = get_upstream("vitalentum")


def written(summary):
    return msgspec.json.encode(to_document(summary))


def read(text):
    return from_document(msgspec.json.decode(text))


@pytest.mark.parametrize("style", [Style(), Style(usage=True, map=True), Style(optional=0.5, keep_alive=0.5)])
def test_what_is_written_is_read_again(style):
    summary = summarise(corpus(1, 6, style), UPSTREAM)
    assert read(written(summary)) == summary
    assert read(written(EMPTY)) == EMPTY


@pytest.mark.parametrize("name", OPERATORS)
def test_no_key_is_the_beginning_of_another(name):
    summary = summarise(OPERATORS[name].sides(1, 3)[1], UPSTREAM)
    assert read(written(summary)) == summary


def test_a_merge_of_what_was_kept_is_what_would_have_been_kept():
    one, other = corpus(1, 4), corpus(2, 4)
    kept = [read(written(summarise(part, UPSTREAM))) for part in (one, other)]
    assert written(merge(*kept)) == written(summarise([*one, *other], UPSTREAM))


def test_a_summary_does_not_grow_with_the_recordings():
    few, many = (len(written(summarise(corpus(1, size, Style(usage=True)), UPSTREAM))) for size in (300, 900))
    assert many < 1.1 * few < 64_000


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"version": VERSION + 1, "tallies": {}, "words": [], "numbers": []},
        {"version": VERSION, "tallies": {"a": "many"}, "words": [], "numbers": []},
        {"version": VERSION, "tallies": {}, "words": [1], "numbers": []},
        {"version": VERSION, "tallies": {}, "words": [], "numbers": [], "more": 1},
    ],
)
def test_what_is_no_summary_is_refused_in_words(document):
    with pytest.raises(UsageError, match="no summary of recordings"):
        from_document(document)
