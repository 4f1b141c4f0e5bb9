"""The stages of a mutation: what goes through unchanged, in which order changes are made, and what is left alone."""

from __future__ import annotations

import msgspec
import pytest

from harness.finding import Layer
from harness.upstreams.vitalentum.standin.chunk_edits import every, put
from harness.upstreams.vitalentum.standin.intake import Question, Refusal
from harness.upstreams.vitalentum.standin.mutation import (
    DONE,
    Asked,
    Mutation,
    admitted,
    blocks,
    chunk_of,
    is_stream,
    refused,
    replied,
    step_of,
)
from harness.upstreams.vitalentum.standin.reply_edits import swap
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS, script
from harness.upstreams.vitalentum.standin.script import Step

QUESTION = Question((("human", "How does a tide work?"),))
ASKED = Asked("POST", "/", {}, b"{}")
NO = Refusal(400, "text/plain", b"no")


def played(name="reply"):
    return script(SCENARIOS[name], QUESTION)


def mutation(**stages):
    return Mutation(Layer.CHUNK, "a change", **stages)


@pytest.mark.parametrize("name", SCENARIOS)
def test_without_a_mutation_an_answer_stays_as_it_is(name):
    assert replied((), played(name)) == played(name)


@pytest.mark.parametrize("name", SCENARIOS)
def test_blocks_are_the_same_bytes_in_the_same_time(name):
    steps = played(name).steps
    apart = blocks(steps)
    assert b"".join(step.data for step in apart) == played(name).body
    assert sum(step.delay_s for step in apart) == pytest.approx(sum(step.delay_s for step in steps))


@pytest.mark.parametrize("name", ["reply", "keep-alive", "choices-empty", "unicode", "cut-short"])
def test_a_change_that_changes_nothing_writes_the_same_bytes(name):
    assert replied([mutation(chunks=list)], played(name)).body == played(name).body


def test_a_chunk_is_read_and_written_back():
    (block, *_) = blocks(played().steps)
    assert step_of(chunk_of(block)) == block


def test_what_is_no_chunk_is_none():
    assert [chunk_of(Step(0, data)) for data in (DONE, b": comment\n\n", b"data: 7\n\n")] == [None] * 3


def test_a_chunk_over_several_lines_is_one():
    assert chunk_of(Step(0, b'data: {"a":\ndata: 1}\n\n')).document == {"a": 1}


@pytest.mark.parametrize("name", ["bare-error", "rate-limited", "server-error", "html-200"])
def test_a_page_is_no_stream_and_has_no_chunks_to_change(name):
    assert not is_stream(played(name))
    assert replied([mutation(chunks=every(put("a", 1)), steps=swap(b"e", b"x"))], played(name)) == played(
        name
    )


def test_chunks_change_before_bytes_whatever_the_order_of_the_mutations():
    renamed, tight = mutation(chunks=every(put("object", "new"))), mutation(steps=swap(b"data: ", b"data:"))
    assert replied([renamed, tight], played()) == replied([tight, renamed], played())


def test_mutations_of_one_stage_follow_one_another():
    first, second = (mutation(chunks=every(put("object", word))) for word in ("one", "two"))
    assert replied([first, second], played()).body.count(b'"object":"two"') == played().body.count(
        b'"object"'
    )


def test_the_first_refusal_of_a_question_counts():
    later = mutation(admit=lambda asked: pytest.fail("it was refused before"))
    assert admitted([mutation(), mutation(admit=lambda asked: NO), later], ASKED) is NO


def test_a_question_in_the_new_form_becomes_one_in_the_old():
    change = mutation(admit=lambda asked: msgspec.structs.replace(asked, path="/old"))
    assert admitted([change], ASKED).path == "/old"


def test_a_refusal_is_changed_too():
    assert (
        refused([mutation(refuse=lambda each: msgspec.structs.replace(each, status=422))], NO).status == 422
    )
