"""The order of a stream, and the phases of its chunks."""

from __future__ import annotations

import random

import pytest

from harness.drift.notes import Notes
from harness.drift.stream import look_at_stream, paths_of, texts_of
from harness.upstreams import get_upstream
from tests.drift.corpus import Style, documents, write

UPSTREAM = get_upstream("vitalentum")


def look(body):
    notes = Notes()
    chunks = look_at_stream(notes, UPSTREAM, body)
    return chunks, {key[1] for key in notes.summary().tallies if key[0] == "fact"}


def chunks_of(texts, **style):
    return documents(random.Random(1), Style(lengths=False, **style), texts)


def test_the_upstreams_map_says_where_things_are():
    paths = paths_of(UPSTREAM.events[0])
    assert paths["text"] == "$.choices[*].delta.content"
    assert paths["usage"] == "$.usage"
    assert texts_of(UPSTREAM) == {"$.choices[*].delta.content"}


def test_phases_follow_the_stream():
    chunks, _ = look(write(chunks_of(["a", "b"], usage=True)))
    assert [chunk.kind.phase for chunk in chunks] == ["first", "text", "text", "finish", "usage"]


def test_an_ordinary_stream_has_ordinary_facts():
    _, facts = look(write(chunks_of(["a", "b", "c", "d"])))
    assert facts == {
        *("sentinel", "chunks", "role-first", "finish", "usage-missing"),
        *("id-constant", "created-constant", "model-constant", "spoke"),
    }


@pytest.mark.parametrize(
    ("texts", "fact"),
    [
        (["a", "ab", "abc", "abcd"], "cumulative"),
        (["a", "a", "b", "b", "c", "c"], "doubled"),
        (["All of the answer at once."], "one-piece"),
        (["cafÃ©", " naÃ¯ve"], "encoded-twice"),
    ],
)
def test_how_text_grows(texts, fact):
    assert fact in look(write(chunks_of(texts)))[1]


def test_an_ending_without_its_word_is_seen():
    assert "sentinel-missing" in look(write(chunks_of(["a"]), end=""))[1]
    assert "sentinel-again" in look(write(chunks_of(["a"]), end="data: [DONE]\n\n" * 2))[1]
    assert "sentinel-unfinished" in look(write(chunks_of(["a"]), end="data: [DONE]"))[1]
    assert "word-at-the-end" in look(write(chunks_of(["a"]), end="data: [END]\n\n"))[1]
