"""What follows what, and what it adds up to."""

import copy

import pytest

from harness.drift.order import note_order
from harness.drift.pieces import read_stream
from harness.drift.summary import Notes
from tests.drift.exchanges import CHUNKS, UPSTREAM, body_of, chunk

OPENER, ONE, TWO, THREE, FINISH, DONE = CHUNKS
COUNTS = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def seen(chunks, *, cut=False, less=0):
    notes = Notes()
    body = body_of(chunks)
    note_order(notes, UPSTREAM, read_stream(UPSTREAM, body[: len(body) - less]), cut=cut)
    return notes.summary()


def words(number):
    return [chunk({"content": " ".join(["word"] * upto)}) for upto in range(1, number)]


CASES = {
    "terminal-missing": CHUNKS[:-1],
    "terminal-changed": [*CHUNKS[:-1], "[END]"],
    "terminal-repeated": [*CHUNKS, DONE],
    "data-after-terminal": [*CHUNKS, THREE],
    "stream-truncated": CHUNKS[:3],
    "terminal-after-error": [*CHUNKS[:3], {"error": {"message": "x"}}],
    "role-missing": CHUNKS[1:],
    "role-repeated": [OPENER, chunk({"role": "assistant", "content": "x"}), *CHUNKS[2:]],
    "role-with-text": [chunk({"role": "assistant", "content": "x"}), *CHUNKS[1:]],
    "finish-missing": [*CHUNKS[:4], DONE],
    "finish-repeated": [*CHUNKS[:5], FINISH, DONE],
    "finish-with-text": [*CHUNKS[:4], chunk({"content": "x"}, "stop"), DONE],
    "text-after-finish": [*CHUNKS[:4], FINISH, THREE, DONE],
    "chunk-after-finish": [*CHUNKS[:4], FINISH, chunk({}), DONE],
    "usage": [*CHUNKS[:5], {"choices": [], "usage": COUNTS}, DONE],
    "stray-document": [OPENER, {"type": "ping"}, *CHUNKS[1:]],
    "error-in-stream": [*CHUNKS[:3], {"error": {"message": "x"}}],
    "comment-as-data": [OPENER, "ping", *CHUNKS[1:]],
    "broken-json": [OPENER, '{"a": ', *CHUNKS[1:]],
    "double-encoded": ['"{}"', *CHUNKS],
    "no-answer": [DONE],
    "one-chunk": [OPENER, chunk({"content": "a whole answer in a single piece"}), FINISH, DONE],
    "text-cumulative": [OPENER, *words(7), FINISH, DONE],
    "chunk-repeated": [OPENER, ONE, ONE, TWO, TWO, THREE, THREE, FINISH, DONE],
    "index-counts": [chunk({"content": "x"}) | {"choices": [{"index": at, "delta": {"content": "x"}}]} for at in range(6)],
}


@pytest.mark.parametrize("fact", CASES)
def test_what_is_out_of_order_is_seen(fact):
    assert seen(CASES[fact]).count("order", fact) == 1
    assert seen(CHUNKS).count("order", fact) == 0


def test_a_terminal_without_its_blank_line_is_unfinished_and_not_missing():
    found = seen(CHUNKS, less=1)
    assert (found.count("order", "terminal-unfinished"), found.count("order", "terminal-missing")) == (1, 0)


def test_what_the_client_left_behind_is_not_missed():
    assert not seen(CHUNKS[:3], cut=True).facts.keys() & {("order", "stream-truncated"), ("order", "finish-missing")}


@pytest.mark.parametrize(
    ("chunks", "place"),
    [
        ([*CHUNKS[:5], {"choices": [], "usage": COUNTS}, DONE], "usage-last"),
        ([OPENER, {"choices": [], "usage": COUNTS}, *CHUNKS[1:]], "usage-early"),
        ([*CHUNKS[:4], FINISH | {"usage": COUNTS}, DONE], "usage-on-finish"),
        ([*CHUNKS[:3], THREE | {"usage": COUNTS}, FINISH, DONE], "usage-on-text"),
        ([*CHUNKS[:3], THREE | {"usage": COUNTS}, FINISH | {"usage": COUNTS}, DONE], "usage-repeated"),
    ],
)
def test_token_counts_have_a_place(chunks, place):
    assert seen(chunks).vocabulary("order", "usage-place") == {place: 1}


def test_a_word_said_twice_is_only_noted():
    said = [OPENER, ONE, TWO, TWO, THREE, *copy.deepcopy(words(3)), FINISH, DONE]
    found = seen(said)
    assert (found.count("order", "chunk-repeated"), found.count("order", "neighbours-alike")) == (0, 1)


def test_the_size_of_a_chunk_is_a_mean():
    assert seen(CHUNKS).values("text", "chunk-size") == [pytest.approx(10 / 3, rel=0.1)]
