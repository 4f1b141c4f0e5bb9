"""Events as pieces of an answer."""

import pytest

from harness.drift.pieces import Phase, read_stream
from tests.drift.exchanges import CHUNKS, UPSTREAM, body_of, chunk

USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}


def phases(chunks):
    return [piece.phase.value for piece in read_stream(UPSTREAM, body_of(chunks)).pieces]


def test_each_piece_has_its_part():
    assert phases(CHUNKS) == ["opener", "text", "text", "text", "finish", "done"]


@pytest.mark.parametrize(
    ("data", "phase"),
    [
        (USAGE, Phase.USAGE),
        ({"error": {"message": "x"}}, Phase.ERROR),
        ({"type": "ping"}, Phase.STRAY),
        ({"object": "meta", "choices": []}, Phase.STRAY),
        ("ping", Phase.NOISE),
        ('"{}"', Phase.NOISE),
        ("[DONE]", Phase.DONE),
    ],
)
def test_what_is_no_answer_is_told_by_its_kind(data, phase):
    assert phases([*CHUNKS[:2], data, *CHUNKS[2:]])[2] == phase


def test_without_any_choices_documents_are_chunks_of_another_shape():
    renamed = [{"outputs": item["choices"]} for item in CHUNKS[:-1]]
    assert Phase.STRAY not in phases(renamed)


def test_what_the_end_cut_off_is_kept():
    assert read_stream(UPSTREAM, body_of(CHUNKS)[:-3]).rest.startswith(b"data: [DONE")


def test_a_piece_says_what_a_client_takes_from_it():
    piece = read_stream(UPSTREAM, body_of([chunk({"role": "assistant", "content": "Hi"}, "stop")])).pieces[0]
    assert (piece.role, piece.text, piece.finish, piece.choices, piece.index) == ("assistant", "Hi", "stop", 1, 0)
