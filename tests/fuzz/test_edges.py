"""Which edges of the grammar's table a chat walks, and that generated chats walk nearly all there are."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import Phase, find, given, settings
from hypothesis.errors import NoSuchExample

from harness.chat.machine import TABLE, Kind, State
from harness.fuzz.edges import EDGES, TALKS, Chat, chats, walked
from harness.fuzz.streams import whole
from harness.sse import SSEParser

LOOK = settings(phases=[Phase.generate], max_examples=3000, database=None, derandomize=True)

OUT_OF_REACH = {
    (State.WAITING, Kind.CHOICE),  # each chunk has its stamp, which comes first
    (State.WAITING, Kind.USAGE),
    (State.CALL_SILENT, Kind.END),  # a call begins with what it says
    (State.CALL_SILENT, Kind.CALL_SPOILT),
}


def chunk(choices: str) -> bytes:
    return b'data: {"id": "a", "choices": [%s]}\n\n' % choices.encode()


def test_the_edges_are_the_cells_of_the_table():
    assert len(EDGES) == sum(map(len, TABLE.values()))


def test_a_chat_walks_what_it_says():
    text = chunk('{"index": 0, "delta": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}')
    assert walked(Chat((text, b"data: [DONE]\n\n"), TALKS)) == {
        (State.WAITING, Kind.STAMP),
        (State.STREAMING, Kind.CHOICE),
        (State.STREAMING, Kind.DONE),
        (State.DONE, Kind.END),
        (State.SILENT, Kind.STARTED),
        (State.OPEN, Kind.DELTA),
        (State.OPEN, Kind.FINISHED),
        (State.FINISHED, Kind.END),
    }


def test_a_chunk_that_cannot_be_read_is_one_all_the_same():
    assert (State.WAITING, Kind.STAMP) in walked(Chat((b"data: rubbish\n\n",), TALKS))


def test_what_is_no_chat_walks_nothing():
    assert walked(whole(chunk(""))) == frozenset()
    assert walked(5) == frozenset()


def test_generated_chats_walk_each_edge():
    missing = set(EDGES - OUT_OF_REACH)
    with suppress(NoSuchExample):
        find(chats(), lambda chat: not missing.difference_update(walked(chat)) and not missing, settings=LOOK)
    assert missing == set()


@given(chats())
def test_chats_are_as_plain_as_can_be(chat):
    assert chat.body.isascii()
    assert b"\r" not in chat.body
    assert len(SSEParser().feed(chat.body)) == chat.body.count(b"\n\n") == chat.body.count(b"data: ")
