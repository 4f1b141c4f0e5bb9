"""The small changes of chunks, each on a short stream."""

from __future__ import annotations

import json

import pytest

from harness.upstreams.vitalentum.standin import chunk_edits
from harness.upstreams.vitalentum.standin.mutation import DONE, Chunk, step_of
from harness.upstreams.vitalentum.standin.script import Script, Step


def chunk(content, delay_s=1.0, **more):
    return Chunk(delay_s, {"id": "a", "choices": [{"index": 0, "delta": {"content": content}, **more}]})


CHUNKS = [chunk(""), chunk("one"), chunk(" two"), chunk(" three"), chunk("", finish_reason="stop")]
STEPS = (*map(step_of, CHUNKS), Step(0.5, DONE))
SCRIPT = Script(headers=(("A", "1"),), steps=STEPS)


def documents(chunks):
    return [each.document for each in chunks]


def joined(steps):
    return b"".join(step.data for step in steps)


def test_a_change_leaves_the_original_alone():
    before = json.dumps(documents(CHUNKS))
    chunk_edits.deltas(chunk_edits.put("content", "x"))(CHUNKS)
    assert json.dumps(documents(CHUNKS)) == before


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (chunk_edits.put("c", 3), {"a": 1, "b": 2, "c": 3}),
        (chunk_edits.drop("a"), {"b": 2}),
        (chunk_edits.drop("z"), {"a": 1, "b": 2}),
        (chunk_edits.rename("a", "z"), {"z": 1, "b": 2}),
        (chunk_edits.turn("b", str), {"a": 1, "b": "2"}),
        (chunk_edits.turn("z", str), {"a": 1, "b": 2}),
        (chunk_edits.becomes({"n": 0}), {"n": 0}),
    ],
    ids=["put", "drop", "drop what is not there", "rename", "turn", "turn what is not there", "becomes"],
)
def test_an_object_is_changed_in_place(change, after):
    part = {"a": 1, "b": 2}
    change(part)
    assert list(part.items()) == list(after.items())


def test_a_renamed_field_keeps_its_place():
    assert list(documents(chunk_edits.every(chunk_edits.rename("id", "key"))(CHUNKS))[0]) == [
        "key",
        "choices",
    ]


def test_changes_reach_every_choice_and_every_delta():
    changed = chunk_edits.deltas(chunk_edits.put("n", 1))(
        chunk_edits.choices(chunk_edits.put("n", 2))(CHUNKS)
    )
    assert {(each["choices"][0]["n"], each["choices"][0]["delta"]["n"]) for each in documents(changed)} == {
        (2, 1)
    }


@pytest.mark.parametrize(("change", "place"), [(chunk_edits.first, 0), (chunk_edits.middle, 2)])
def test_one_chunk_is_changed_alone(change, place):
    changed = change(chunk_edits.put("n", 1))(CHUNKS)
    assert ["n" in document for document in documents(changed)].index(True) == place
    assert sum("n" in document for document in documents(changed)) == 1


@pytest.mark.parametrize(("at_end", "place"), [(False, 2), (True, 5)])
def test_a_chunk_is_put_in(at_end, place):
    changed = chunk_edits.inserted(chunk_edits.says("new"), at_end=at_end)(CHUNKS)
    assert (len(changed), chunk_edits.text_of(changed[place])) == (6, "new")


def test_chunks_are_numbered():
    changed = chunk_edits.numbered(lambda number, document: document.update(n=number))(CHUNKS)
    assert [document["n"] for document in documents(changed)] == [0, 1, 2, 3, 4]


def test_joined_texts_come_with_the_last_of_them():
    changed = chunk_edits.joined(CHUNKS, 2)
    assert [(chunk_edits.text_of(each), each.delay_s) for each in changed] == [
        ("", 1.0),
        ("one two", 2.0),
        (" three", 1.0),
        ("", 1.0),
    ]


def test_joining_no_text_changes_nothing():
    assert chunk_edits.joined(CHUNKS[:1], 2) == CHUNKS[:1]
