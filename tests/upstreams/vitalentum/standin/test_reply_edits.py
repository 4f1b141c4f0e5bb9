"""The small changes of an answer, each on a short one."""

from __future__ import annotations

import json
import zlib

import pytest

from harness.upstreams.vitalentum.standin import reply_edits
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


def test_bytes_are_swapped_put_before_and_put_behind():
    assert b"thr33" in joined(reply_edits.swap(b"three", b"thr33")(STEPS))
    assert joined(reply_edits.before_first(b"x")(STEPS)) == b"x" + joined(STEPS)
    assert joined(reply_edits.behind(b"x")(STEPS)) == joined(STEPS) + b"x"


def test_what_stands_before_each_chunk_does_not_stand_before_the_end():
    assert joined(reply_edits.before_each(b"id: 1\n")(STEPS)).count(b"id: 1\ndata: {") == 5


def test_quoted_chunks_are_json_in_json():
    first, *_, last = reply_edits.quoted(STEPS)
    assert json.loads(json.loads(first.data[6:])) == CHUNKS[0].document
    assert last.data == DONE


def test_bare_chunks_are_json_lines():
    lines = joined(reply_edits.bare(STEPS)).splitlines()
    assert [json.loads(line) for line in lines] == documents(CHUNKS)


@pytest.mark.parametrize(
    ("change", "pauses"),
    [
        (reply_edits.paced(first=5), [5, 1, 1, 1, 1, 0.5]),
        (reply_edits.paced(others=4), [1, 4, 4, 4, 4, 2]),
        (reply_edits.pausing(3), [1, 1, 1, 3, 1, 0.5]),
        (reply_edits.at_once, [5.5, 0, 0, 0, 0, 0]),
    ],
    ids=["first", "others", "pausing", "at once"],
)
def test_pauses_change_and_bytes_do_not(change, pauses):
    changed = list(change(STEPS))
    assert [step.delay_s for step in changed] == pauses
    assert joined(changed) == joined(STEPS)


def test_a_header_is_set_exchanged_or_left_out():
    assert reply_edits.header("B", "2")(SCRIPT).headers == (("A", "1"), ("B", "2"))
    assert reply_edits.header("a", "2")(SCRIPT).headers == (("a", "2"),)
    assert reply_edits.header("a", None)(SCRIPT).headers == ()


def test_a_measured_answer_names_its_length():
    made = reply_edits.measured(SCRIPT)
    assert (len(made.steps), made.headers[-1]) == (1, ("Content-Length", str(len(SCRIPT.body))))


def test_a_compressed_answer_is_whole_at_each_piece():
    unpacker, so_far = zlib.decompressobj(wbits=reply_edits.GZIP), b""
    for step, before in zip(reply_edits.compressed(SCRIPT).steps, (*STEPS, Step(0, b"")), strict=True):
        so_far = unpacker.decompress(step.data)
        assert so_far == before.data
    assert unpacker.eof
