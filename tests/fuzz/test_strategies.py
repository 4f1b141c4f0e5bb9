"""The strategies reach what they promise, and shrink to what a person wants to read."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from harness.fuzz.strategies import conversations, cuts, messages, sse_streams
from harness.sse import SSEParser
from harness.upstreams.vitalentum import decode_conversation

LOOK = settings(phases=[Phase.generate], max_examples=2000, database=None)
"""Whether there is such an example, and not which is the smallest."""

STREAM = "data: é🙂\r\n\r\n".encode()


def contents(history):
    return "".join(message["content"] for message in history)


@given(messages())
def test_messages_are_what_clients_pass(history):
    assert all(message.keys() == {"role", "content"} for message in history)
    assert all(isinstance(text, str) for message in history for text in message.values())


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\n", '"', "\\", "\u2028"], ids=ascii)
def test_messages_reach_every_odd_character(odd):
    assert find(messages(), lambda history: odd in contents(history)) == [{"role": "user", "content": odd}]


def test_messages_reach_roles_that_nobody_knows():
    known = {"user", "assistant", "system", "tool", "function", "developer"}
    assert find(
        messages(), lambda history: any(message["role"] not in known for message in history), settings=LOOK
    )


@given(conversations())
def test_conversations_are_conversations(text):
    assert isinstance(decode_conversation(text), list)


def test_conversations_come_spaced_and_compact():
    assert ": " in find(conversations(), lambda text: '"speaker": ' in text, settings=LOOK)
    assert ": " not in find(conversations(), lambda text: '"speaker":"' in text, settings=LOOK)


@pytest.mark.parametrize(
    "marker",
    [
        b"\xef\xbb\xbf",
        b"\r\n\r\n",
        b"\r\r",
        b"\n\r",
        b": ",
        b"retry: ",
        b"id\0",
        b"data:  ",
        b"\xff",
        b"event",
    ],
    ids=ascii,
)
def test_streams_reach_every_framing(marker):
    assert marker in find(sse_streams(), lambda stream: marker in stream, settings=LOOK)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(lambda reader, events: len(events) > 2, id="several events"),
        pytest.param(
            lambda reader, events: any("\n" in event.data for event in events), id="several data lines"
        ),
        pytest.param(lambda reader, events: any(event.event != "message" for event in events), id="a type"),
        pytest.param(
            lambda reader, events: any("\ufffd" in event.data for event in events), id="malformed data"
        ),
        pytest.param(lambda reader, events: len({event.id for event in events}) > 1, id="ids that change"),
        pytest.param(lambda reader, events: reader.retry is not None, id="a reconnection time"),
        pytest.param(lambda reader, events: events and reader.pending, id="an unfinished event"),
    ],
)
def test_streams_reach_everything_that_a_parser_tells(wanted):
    def reaches(stream):
        reader = SSEParser()
        return wanted(reader, reader.feed(stream))

    assert reaches(find(sse_streams(), reaches, settings=LOOK))


@pytest.mark.slow  # to one plain event by day: tests/laws/test_strategy_laws.py
def test_a_stream_shrinks_to_plain_events():
    assert find(sse_streams(), lambda stream: len(SSEParser().feed(stream)) > 1) == b"data: 1\n\ndata: 1\n\n"


@given(st.binary() | sse_streams(), st.data())
def test_pieces_join_to_their_stream(stream, data):
    assert b"".join(data.draw(cuts(stream))) == stream


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param(lambda pieces: len(pieces) == 1, id="all in one"),
        pytest.param(lambda pieces: all(len(piece) == 1 for piece in pieces), id="byte by byte"),
        pytest.param(
            lambda pieces: any(0x80 <= piece[0] < 0xC0 for piece in pieces if piece), id="in a character"
        ),
        pytest.param(lambda pieces: any(piece.endswith(b"\r") for piece in pieces), id="in a line end"),
        pytest.param(
            lambda pieces: any(piece.endswith(b"\r\n") for piece in pieces[:-1]), id="in a blank line"
        ),
        pytest.param(lambda pieces: b"" in pieces, id="an empty piece"),
        pytest.param(lambda pieces: any(len(piece) > 5 for piece in pieces) and len(pieces) > 4, id="mixed"),
    ],
)
def test_cuts_reach(wanted):
    assert wanted(find(cuts(STREAM), wanted, settings=LOOK))


def test_a_cut_shrinks_to_one_cut():
    assert len(find(cuts(STREAM), lambda pieces: any(piece.endswith(b"\r") for piece in pieces))) == 2


def test_without_hypothesis_the_room_says_what_to_install():
    program = "import sys; sys.modules['hypothesis'] = None; import harness.fuzz"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stderr.endswith(
        "ImportError: harness.fuzz needs hypothesis, which is not installed.\n"
        "  help: pip install 'stream-harness[fuzz]'\n"
    )
