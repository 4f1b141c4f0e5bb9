"""Pieces to events: waiting, stopping, and being misused. What a stream means is in the vectors."""

import pytest

from harness.errors import LimitError, UsageError
from harness.sse import Event, SSEParser, parser
from harness.sse.limits import MAX_LINE, MAX_STREAM

PIECES = pytest.mark.parametrize("size", [1, 2, 3, 9, 1000], ids=lambda size: f"by {size}")


def feed(reader, stream, size=1000):
    """The events of `stream` in pieces of `size`."""
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    return [event for piece in pieces for event in reader.feed(piece)]


def test_events_come_with_the_piece_that_completes_them():
    reader = SSEParser()
    assert [reader.feed(piece) for piece in (b"data: a", b"\n", b"\ndata: b\n\nda", b"ta: c\n\n")] == [
        [],
        [],
        [Event("a"), Event("b")],
        [Event("c")],
    ]


def test_a_cr_completes_an_event_without_waiting_for_an_lf():
    reader = SSEParser()
    assert [reader.feed(piece) for piece in (b"data: a\r", b"\r", b"\n", b"data: b\n\n")] == [
        [],
        [Event("a")],
        [],
        [Event("b")],
    ]


@PIECES
def test_an_empty_piece_changes_nothing(size):
    reader = SSEParser()
    stream = b"\xef\xbb\xbfdata: \xc3\xa9\r\n\r\ndata: b\n\n"
    events = []
    for at in range(0, len(stream), size):
        events += reader.feed(b"") + reader.feed(stream[at : at + size]) + reader.feed(b"")
    assert events == [Event("é"), Event("b")]


def test_the_last_event_id_waits_for_its_blank_line():
    reader = SSEParser(last_event_id="1")
    reader.feed(b"id: 2\n")
    assert reader.last_event_id == "1"
    reader.feed(b"\n")
    assert reader.last_event_id == "2"


def test_the_reconnection_time_waits_for_its_line_end_only():
    reader = SSEParser()
    told = []
    for piece in (b"", b"retry: 5", b"\n", b"retry: 6", b"\r", b"\n\n"):
        reader.feed(piece)
        told.append(reader.retry)
    assert told == [None, None, 5, 5, 6, 6]


@pytest.mark.parametrize(
    ("stream", "pending"),
    [
        (b"", b""),
        (b"data: a\n\n", b""),
        (b"data: a\n\ndata: b", b"data: b"),
        (b"data: a\n\ndata: b\n", b"data: b\n"),
        (b"data: a\r\n\r\n: b\r\nid: 1", b": b\r\nid: 1"),
        (b"\xef\xbb\xbf", b""),
        (b"\xef\xbb", b"\xef\xbb"),
        (b"\xef\xbb\xbfdata", b"data"),
    ],
)
@PIECES
def test_what_is_pending_tells_that_a_stream_ended_inside_an_event(stream, pending, size):
    reader = SSEParser()
    feed(reader, stream, size)
    assert (reader.close(), reader.pending) == ([], pending)


@PIECES
def test_a_closed_parser_takes_nothing_more(size):
    reader = SSEParser()
    feed(reader, b"data: x\n\ndata: a", size)
    reader.close()
    for piece in (b"x", b"", b"\n", b"data: b\n\n"):
        with pytest.raises(UsageError, match="closed"):
            reader.feed(piece)
    assert (reader.close(), reader.pending) == ([], b"data: a")


def test_the_refusal_of_a_closed_parser_in_full():
    reader = SSEParser()
    reader.close()
    with pytest.raises(UsageError) as refused:
        reader.feed(b"data: a\n\n")
    assert str(refused.value) == "The parser is closed.\n  help: make a new SSEParser for each stream"


@pytest.mark.parametrize("piece", [b"", b"x", b"\n", b"x\n"])
def test_a_parser_that_was_closed_before_it_was_fed_takes_nothing_either(piece):
    reader = SSEParser()
    reader.close()
    with pytest.raises(UsageError, match="closed"):
        reader.feed(piece)


@pytest.mark.parametrize("data", ["data: a\n\n", "d", "", None, 100, [100], ["data"]], ids=repr)
def test_what_is_no_bytes_is_refused_in_words(data):
    reader = SSEParser()
    reader.feed(b"x")
    with pytest.raises(UsageError, match=f"feed takes bytes, not {type(data).__name__}") as refused:
        reader.feed(data)
    assert refused.value.help
    assert reader.feed(b"\ndata: a\n\n") == [Event("a")]


AT_THE_LIMIT = {
    "a line": ("max_line", 8, b"data: x\n", b"data: xx\n"),
    "a CRLF line": ("max_line", 8, b"data: x\r\n", b"data: xx\r\n"),
    "a line after others": ("max_line", 8, b"id\ndata: x\n", b"id\ndata: xx\n"),
    "a line after an event": ("max_line", 8, b"id\ndata: x\n\ndata: x\n", b"id\ndata: x\n\ndata: xx\n"),
    "a comment": ("max_line", 4, b": x\n", b": xx\n"),
    "an event": ("max_event", 12, b"id\ndata: x\n\n", b"id\ndata: xx\n\n"),
    "an event after others": (
        "max_event",
        12,
        b"data: x\n\n" * 9 + b"id\ndata: x\n\n",
        b"data: x\n\n" * 9 + b"id\ndata: xx\n\n",
    ),
    "an event of comments": ("max_event", 6, b":\n:\n:\n", b":\n:\n:\n:"),
    "a stream of events": ("max_stream", 90, b"data: x\n\n" * 10, b"data: x\n\n" * 10 + b":"),
    "a stream with a BOM": ("max_stream", 12, b"\xef\xbb\xbfdata: a\n\n", b"\xef\xbb\xbfdata: a\n\nd"),
    "a stream": ("max_stream", 18, b"data: a\n\ndata: b\n\n", b"data: a\n\ndata: b\n\n\n"),
}


@pytest.mark.parametrize(("limit", "value", "within", "beyond"), AT_THE_LIMIT.values(), ids=AT_THE_LIMIT)
@pytest.mark.parametrize("near", [1, 256], ids=lambda near: f"care from {near}")
@PIECES
def test_a_limit_is_the_last_size_that_passes(limit, value, within, beyond, near, size, monkeypatch):
    monkeypatch.setattr(parser, "_LOOSE", near)
    feed(SSEParser(**{limit: value}), within, size)
    reader = SSEParser(**{limit: value})
    with pytest.raises(LimitError) as past:
        feed(reader, beyond, size)
        reader.close()
    assert (past.value.limit, past.value.at_most) == (limit, value)


def test_events_before_a_limit_come_first_and_the_error_with_the_next_call():
    for next_call in (lambda it: it.feed(b"x"), lambda it: it.feed(b""), SSEParser.close):
        reader = SSEParser(max_line=10)
        assert reader.feed(b"data: a\n\ndata: b\n\ndata: too long\n\n") == [Event("a"), Event("b")]
        with pytest.raises(LimitError):
            next_call(reader)


def test_a_limit_that_costs_no_event_is_raised_at_once_and_ever_after():
    reader = SSEParser(max_line=10)
    for _ in range(2):
        with pytest.raises(LimitError):
            reader.feed(b"data: too long\n\n")
    with pytest.raises(LimitError):
        reader.close()
    assert reader.pending == b"data: too "


def test_a_line_may_be_as_long_as_the_default_limit_and_no_longer():
    line = b"data: " + b"x" * (MAX_LINE - 7) + b"\n"
    assert len(SSEParser().feed(line + b"\n")[0].data) == MAX_LINE - 7
    with pytest.raises(LimitError):
        SSEParser().feed(b"x" + line)


def test_none_is_no_limit():
    reader = SSEParser(max_line=None, max_event=None, max_stream=None)
    piece = b"x" * 2**20
    for _ in range(MAX_STREAM // len(piece) + 1):
        reader.feed(piece)
    assert len(reader.pending) > MAX_STREAM


@pytest.mark.parametrize("size", [1000, 1024 * 1024], ids=lambda size: f"by {size}")
def test_a_stream_of_events_far_beyond_the_line_limit_passes(size):
    event = b"data: " + b"x" * 993 + b"\n\n"
    reader = SSEParser(max_line=1000, max_event=1001)
    assert len(feed(reader, event * 5000, size)) == 5000


@pytest.mark.parametrize("limit", range(10, 46))
@PIECES
def test_lines_and_events_that_add_up_to_a_limit_do_not_reach_it(limit, size):
    reader = SSEParser(max_line=limit, max_event=limit)
    assert len(feed(reader, b"data: x\n\n" * 20, size)) == 20
    assert len(feed(reader, b"data: x\r\n\r\n" * 20, size)) == 20


def test_single_bytes_gather_and_are_not_lost():
    text = "x" * 10_000
    assert feed(SSEParser(), f"data: {text}\ndata: {text}\n\n".encode(), 1) == [Event(f"{text}\n{text}")]
