"""The order of a stream, and the phases of its chunks."""

from __future__ import annotations

import json
import random

import pytest

from harness.drift.notes import Notes
from harness.drift.stream import look_at_stream, paths_of, places_of, texts_of
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


def test_each_part_of_a_reply_lies_in_the_event_that_brings_it():
    places = places_of(get_upstream("anthropic-messages"))
    assert (places["id"], places["text"]) == ("$.message.id", "$.delta.text")
    assert places["finish"] == "$.delta.stop_reason"


@pytest.mark.parametrize(("done", "fact"), [(True, "sentinel"), (False, "sentinel-missing")])
def test_a_chunk_that_says_so_is_the_last(done, fact):
    notes = Notes()
    lines = [{"message": {"content": "a"}, "done": False}, {"message": {"content": ""}, "done": done}]
    look_at_stream(
        notes, get_upstream("ollama-chat"), "".join(json.dumps(each) + "\n" for each in lines).encode()
    )
    assert notes.summary().count("fact", fact) == 1


def test_a_tool_call_is_known_by_its_parts():
    notes = Notes()
    blocks = [
        {"type": "text", "text": ""},
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}},
    ]
    body = "".join(
        "event: content_block_start\ndata: "
        + json.dumps({"type": "content_block_start", "index": index, "content_block": block})
        + "\n\n"
        for index, block in [(0, blocks[0]), (1, blocks[0]), (2, blocks[1])]
    )
    chunks = look_at_stream(notes, get_upstream("anthropic-messages"), body.encode())
    assert [chunk.kind.phase for chunk in chunks] == ["first", "text", "tool"]
