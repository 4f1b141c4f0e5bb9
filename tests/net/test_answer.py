"""Framing is rebuilt from what was recorded, and no cassette can put a header of its own choosing on the wire."""

import h11
import msgspec
import pytest

from harness.cassette.model import End, Frame, Response, StreamRecord
from harness.errors import CassetteError
from harness.net.answer import Framing, framed, framing_of, head_bytes, headers_to_send, led_back, terminator


def answer(
    *headers: tuple[str, str], body: bytes = b"hello", end: End | None = None, status: int = 200
) -> Response:
    stream = StreamRecord((Frame(0.0, len(body)),), end, 1.0) if end else None
    return Response(status, "OK", headers, body, stream)


@pytest.mark.parametrize(
    ("headers", "method", "status", "framing"),
    [
        ([("Transfer-Encoding", "chunked")], "POST", 200, Framing.CHUNKED),
        ([("content-length", "5")], "POST", 200, Framing.LENGTH),
        ([], "POST", 200, Framing.CLOSE),
        ([("Transfer-Encoding", "chunked")], "HEAD", 200, Framing.NONE),
        ([], "GET", 204, Framing.NONE),
    ],
)
def test_the_framing_is_the_recorded_one(headers, method, status, framing):
    assert framing_of(answer(*headers, status=status), method) is framing


def test_a_broken_chunk_came_in_chunks_whatever_the_headers_say():
    promised = answer(("Content-Length", "99"), end=End.SHORT)
    stream = msgspec.structs.replace(promised.stream, broken_chunk_ms=1.0)
    broken = msgspec.structs.replace(promised, stream=stream)
    assert (framing_of(promised), framing_of(broken)) == (Framing.LENGTH, Framing.CHUNKED)


@pytest.mark.parametrize("end", [End.SHORT, End.CLOSED, End.LIMIT, End.CRASH])
def test_a_recording_that_goes_no_further_never_looks_like_a_whole_answer(end):
    assert framing_of(answer(end=end)) is Framing.CHUNKED
    assert framing_of(answer(end=End.TRUNCATED)) is framing_of(answer(end=End.RESET)) is Framing.CLOSE


@pytest.mark.parametrize("framing", [Framing.CHUNKED, Framing.LENGTH, Framing.CLOSE])
def test_what_is_sent_is_read_back_by_another_parser(framing):
    response = answer(("X-A", "1"), ("x-a", "2"), ("Connection", "upgrade"), ("Content-Encoding", "gzip"))
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
    client.send(h11.EndOfMessage())
    wire = (
        head_bytes(response, framing)
        + framed(b"hel", framing)
        + framed(b"", framing)
        + framed(b"lo", framing)
    )
    client.receive_data(wire + terminator(framing))
    if framing is Framing.CLOSE:
        client.receive_data(b"")
    events = []
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        events.append(event)
    assert [pair for pair in events[0].headers.raw_items() if pair[0].lower() == b"x-a"] == [
        (b"X-A", b"1"),
        (b"x-a", b"2"),
    ]
    assert b"".join(bytes(event.data) for event in events[1:]) == b"hello"


@pytest.mark.parametrize(
    ("location", "goes_to"),
    [
        ("http://live.example/b?c=d#e", "http://127.0.0.1:1/b?c=d#e"),
        ("https://live.example", "http://127.0.0.1:1"),
        ("//live.example/b", "http://127.0.0.1:1/b"),
        ("http://live.example//evil.example/b", "http://127.0.0.1:1//evil.example/b"),
        ("/b", "/b"),
        ("http://other.example/b", "http://other.example/b"),
        ("http://live.example:81/b", "http://live.example:81/b"),
        ("http://[live.example", "http://[live.example"),
        ("http://h/", "http://h/"),
    ],
)
def test_a_redirect_to_a_recorded_host_leads_back_to_the_server(location, goes_to):
    response = led_back(answer(("Location", location)), "http://127.0.0.1:1", {"live.example"})
    assert response.headers == (("Location", goes_to),)


def test_a_length_that_was_not_kept_is_promised_again():
    headers = [("Content-Length", "900")]
    assert ("Content-Length", "900") in headers_to_send(answer(*headers, end=End.SHORT), Framing.LENGTH)
    assert ("Content-Length", "5") in headers_to_send(answer(*headers, end=End.COMPLETE), Framing.LENGTH)


@pytest.mark.parametrize(
    "header", [("X-A", "1\r\nX-Evil: 2"), ("X A", "1"), ("X-A", "\x00"), ("", "1"), ("X-A\n", "1")]
)
def test_a_header_that_would_break_out_is_refused(header):
    with pytest.raises(CassetteError, match="header"):
        head_bytes(answer(header), Framing.CHUNKED)


def test_an_empty_reason_is_filled_in_and_a_broken_one_is_not_sent():
    assert head_bytes(Response(429, "", (), b""), Framing.NONE).startswith(
        b"HTTP/1.1 429 Too Many Requests\r\n"
    )
    assert head_bytes(Response(200, "a\r\nb: c", (), b""), Framing.NONE).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("status", "length"),
    [(200, b"\r\nContent-Length: 14\r\n"), (304, b"\r\nContent-Length: 14\r\n"), (204, b"")],
)
def test_without_a_body_the_recorded_length_is_kept_where_one_may_stand(status, length):
    head = head_bytes(Response(status, "", (("content-length", "14"),), b""), Framing.NONE)
    assert length in head
    assert (b"ontent-" in head) is bool(length)


def test_a_reason_that_was_not_said_is_not_made_up_where_we_have_listened():
    listened = Response(429, "", stream=StreamRecord((), End.COMPLETE, 1.0))
    assert head_bytes(listened, Framing.NONE).startswith(b"HTTP/1.1 429 \r\n")
