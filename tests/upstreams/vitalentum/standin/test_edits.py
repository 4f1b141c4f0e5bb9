"""The small changes, each on a short stream."""

from __future__ import annotations

import json
import zlib

import pytest

from harness.upstreams.vitalentum.standin import edits
from harness.upstreams.vitalentum.standin.intake import Refusal
from harness.upstreams.vitalentum.standin.mutation import DONE, Asked, Chunk, step_of
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
    edits.deltas(edits.put("content", "x"))(CHUNKS)
    assert json.dumps(documents(CHUNKS)) == before


@pytest.mark.parametrize(
    ("change", "after"),
    [
        (edits.put("c", 3), {"a": 1, "b": 2, "c": 3}),
        (edits.drop("a"), {"b": 2}),
        (edits.drop("z"), {"a": 1, "b": 2}),
        (edits.rename("a", "z"), {"z": 1, "b": 2}),
        (edits.turn("b", str), {"a": 1, "b": "2"}),
        (edits.turn("z", str), {"a": 1, "b": 2}),
        (edits.becomes({"n": 0}), {"n": 0}),
    ],
    ids=["put", "drop", "drop what is not there", "rename", "turn", "turn what is not there", "becomes"],
)
def test_an_object_is_changed_in_place(change, after):
    part = {"a": 1, "b": 2}
    change(part)
    assert list(part.items()) == list(after.items())


def test_a_renamed_field_keeps_its_place():
    assert list(documents(edits.every(edits.rename("id", "key"))(CHUNKS))[0]) == ["key", "choices"]


def test_changes_reach_every_choice_and_every_delta():
    changed = edits.deltas(edits.put("n", 1))(edits.choices(edits.put("n", 2))(CHUNKS))
    assert {(each["choices"][0]["n"], each["choices"][0]["delta"]["n"]) for each in documents(changed)} == {
        (2, 1)
    }


@pytest.mark.parametrize(("change", "place"), [(edits.first, 0), (edits.middle, 2)])
def test_one_chunk_is_changed_alone(change, place):
    changed = change(edits.put("n", 1))(CHUNKS)
    assert ["n" in document for document in documents(changed)].index(True) == place
    assert sum("n" in document for document in documents(changed)) == 1


@pytest.mark.parametrize(("at_end", "place"), [(False, 2), (True, 5)])
def test_a_chunk_is_put_in(at_end, place):
    changed = edits.inserted(edits.says("new"), at_end=at_end)(CHUNKS)
    assert (len(changed), edits.text_of(changed[place])) == (6, "new")


def test_chunks_are_numbered():
    changed = edits.numbered(lambda number, document: document.update(n=number))(CHUNKS)
    assert [document["n"] for document in documents(changed)] == [0, 1, 2, 3, 4]


def test_joined_texts_come_with_the_last_of_them():
    changed = edits.joined(CHUNKS, 2)
    assert [(edits.text_of(each), each.delay_s) for each in changed] == [
        ("", 1.0),
        ("one two", 2.0),
        (" three", 1.0),
        ("", 1.0),
    ]


def test_joining_no_text_changes_nothing():
    assert edits.joined(CHUNKS[:1], 2) == CHUNKS[:1]


def test_bytes_are_swapped_put_before_and_put_behind():
    assert b"thr33" in joined(edits.swap(b"three", b"thr33")(STEPS))
    assert joined(edits.before_first(b"x")(STEPS)) == b"x" + joined(STEPS)
    assert joined(edits.behind(b"x")(STEPS)) == joined(STEPS) + b"x"


def test_what_stands_before_each_chunk_does_not_stand_before_the_end():
    assert joined(edits.before_each(b"id: 1\n")(STEPS)).count(b"id: 1\ndata: {") == 5


def test_quoted_chunks_are_json_in_json():
    first, *_, last = edits.quoted(STEPS)
    assert json.loads(json.loads(first.data[6:])) == CHUNKS[0].document
    assert last.data == DONE


def test_bare_chunks_are_json_lines():
    lines = joined(edits.bare(STEPS)).splitlines()
    assert [json.loads(line) for line in lines] == documents(CHUNKS)


@pytest.mark.parametrize(
    ("change", "pauses"),
    [
        (edits.paced(first=5), [5, 1, 1, 1, 1, 0.5]),
        (edits.paced(others=4), [1, 4, 4, 4, 4, 2]),
        (edits.pausing(3), [1, 1, 1, 3, 1, 0.5]),
        (edits.at_once, [5.5, 0, 0, 0, 0, 0]),
    ],
    ids=["first", "others", "pausing", "at once"],
)
def test_pauses_change_and_bytes_do_not(change, pauses):
    changed = list(change(STEPS))
    assert [step.delay_s for step in changed] == pauses
    assert joined(changed) == joined(STEPS)


def test_a_header_is_set_exchanged_or_left_out():
    assert edits.header("B", "2")(SCRIPT).headers == (("A", "1"), ("B", "2"))
    assert edits.header("a", "2")(SCRIPT).headers == (("a", "2"),)
    assert edits.header("a", None)(SCRIPT).headers == ()


def test_a_measured_answer_names_its_length():
    made = edits.measured(SCRIPT)
    assert (len(made.steps), made.headers[-1]) == (1, ("Content-Length", str(len(SCRIPT.body))))


def test_a_compressed_answer_is_whole_at_each_piece():
    unpacker, so_far = zlib.decompressobj(wbits=edits.GZIP), b""
    for step, before in zip(edits.compressed(SCRIPT).steps, (*STEPS, Step(0, b"")), strict=True):
        so_far = unpacker.decompress(step.data)
        assert so_far == before.data
    assert unpacker.eof


def test_a_question_without_the_header_is_refused():
    admit = edits.wants_header("x-key", 401, "{}")
    with_key = Asked("POST", "/", {"x-key": "1"})
    assert (admit(with_key), admit(Asked("POST", "/")).status) == (with_key, 401)


def test_a_body_in_the_old_form_is_refused_and_one_in_the_new_read():
    admit = edits.wants_body(
        lambda document: {"old": document["new"]} if "new" in document else None, 400, "no"
    )
    assert admit(Asked("POST", "/", {}, b'{"old": 1}')) == Refusal(400, edits.JSON, b"no")
    assert json.loads(admit(Asked("POST", "/", {}, b'{"new": 1}')).body) == {"old": 1}


def test_a_body_that_is_no_json_is_left_to_the_server():
    asked = Asked("POST", "/", {}, b"no json")
    assert edits.wants_body(lambda document: None, 400, "no")(asked) is asked


def test_the_words_of_a_refusal_stand_in_another_document():
    change = edits.words(lambda text: {"detail": text})
    assert change(Refusal(400, edits.JSON, b'{"message":"no"}')).body == b'{"detail":"no"}'
    page = Refusal(500, "text/html", b"<html>")
    assert change(page) is page
