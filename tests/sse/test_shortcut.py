"""What the fast path takes, and what it leaves alone; that it is right is a law."""

import pytest

from harness.sse import Event
from harness.sse.shortcut import plain_events

TAKEN = {
    "one event": b"data: a\n\n",
    "several events": b"data: a\n\ndata: b\n\ndata: c\n\n",
    "CRLF": b"data: a\r\n\r\ndata: b\r\n\r\n",
    "one CRLF event": b"data: a\r\n\r\n",
    "one CR event": b"data: a\r\r",
    "beyond ASCII": "data: é\n\ndata: 🙂\n\n".encode(),
    "malformed": b"data: \xff\n\ndata: \xc3\n\n",
    "empty data": b"data: \n\ndata: \n\n",
}
LEFT = {
    "no space": b"data:a\n\n",
    "two data lines": b"data: a\ndata: b\n\n",
    "two data lines in a later block": b"data: a\n\ndata: b\ndata: c\n\n",
    "another field": b"id: 1\ndata: a\n\n",
    "another field in a later block": b"data: a\n\nid: 1\ndata: b\n\n",
    "a comment between": b"data: a\n\n: ping\n\ndata: b\n\n",
    "a blank line more": b"data: a\n\n\ndata: b\n\n",
    "a blank line more at the end": b"data: a\n\n\n",
    "two dialects": b"data: a\n\ndata: b\r\n\r\n",
    "CRLF and LF": b"data: a\r\n\n",
    "CRLF and CR": b"data: a\r\n\r",
    "a CR among CRLF": b"data: a\rdata: b\r\n\r\n",
    "a CR among CRLF events": b"data: a\r\n\r\ndata: b\rdata: c\r\n\r\n",
    "several CR events": b"data: a\r\rdata: b\r\r",
    "nothing but a blank line": b"\n",
}


def events(stream):
    return plain_events(stream, len(stream), "7")


@pytest.mark.parametrize("stream", TAKEN.values(), ids=TAKEN)
def test_plain_blocks_are_taken(stream):
    assert len(events(stream)) == stream.count(b"data: ")
    assert {(event.event, event.id, event.retry) for event in events(stream)} == {("message", "7", None)}


@pytest.mark.parametrize("stream", LEFT.values(), ids=LEFT)
def test_everything_else_is_left_to_the_parser(stream):
    assert events(stream) == []


def test_what_follows_the_end_is_not_looked_at():
    assert plain_events(b"data: a\n\ndata: b\nid", 9, "") == [Event("a")]
