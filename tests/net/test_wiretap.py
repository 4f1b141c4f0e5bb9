"""The tap hears what a client hears, wherever the reads fall, and tells one end."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.net.tap import Head, WireEnd
from harness.net.wiretap import WireTap

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


class Notes:
    """A listener that writes everything down."""

    def __init__(self) -> None:
        self.heads: list[Head] = []
        self.pieces: list[tuple[float, bytes]] = []
        self.ends: list[tuple[WireEnd, float]] = []

    def head(self, answer: Head) -> None:
        self.heads.append(answer)

    def piece(self, at_ms: float, data: bytes) -> None:
        self.pieces.append((at_ms, data))

    def over(self, how: WireEnd, at_ms: float) -> None:
        self.ends.append((how, at_ms))

    @property
    def body(self) -> bytes:
        return b"".join(data for _, data in self.pieces)


def heard(*reads: bytes, method: str = "POST") -> tuple[WireTap, Notes]:
    notes = Notes()
    tap = WireTap(method, notes)
    for at, read in enumerate(reads):
        tap.received(read, float(at))
    return tap, notes


@given(st.integers(0, len(CHUNKED)), st.integers(0, len(CHUNKED)))
def test_where_the_reads_fall_changes_neither_body_nor_end(one, two):
    first, second = sorted((one, two))
    _, notes = heard(CHUNKED[:first], CHUNKED[first:second], CHUNKED[second:])
    assert notes.body == b"hello world"
    assert [how for how, _ in notes.ends] == [WireEnd.CLEAN]


def test_one_read_gives_one_piece_with_its_time():
    _, notes = heard(CHUNKED)
    assert notes.pieces == [(0.0, b"hello world")]


def test_two_reads_give_two_pieces_though_they_cut_a_chunk():
    cut = CHUNKED.index(b"llo")
    _, notes = heard(CHUNKED[:cut], CHUNKED[cut:])
    assert notes.pieces == [(0.0, b"he"), (1.0, b"llo world")]


def test_the_head_keeps_order_case_and_repeats_and_names_the_coding_apart():
    coded = gzip.compress(b"x")
    _, notes = heard(
        b"HTTP/1.1 203 Fine\r\nX-B: 1\r\nx-a: 2\r\nX-B: 3\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: %d\r\n\r\n" % len(coded) + coded
    )
    head = notes.heads[0]
    assert (head.status, head.reason, head.http_version, head.coding) == (203, "Fine", "1.1", "gzip")
    assert head.headers == (("X-B", "1"), ("x-a", "2"), ("X-B", "3"), ("Content-Length", str(len(coded))))


def test_an_informational_answer_is_not_the_answer():
    _, notes = heard(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + CHUNKED)
    assert [head.status for head in notes.heads] == [200]


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"plain" * 50)),
        ("gzip", gzip.compress(b"plain" * 20) + gzip.compress(b"plain" * 30)),
        ("deflate", zlib.compress(b"plain" * 50)),
        ("deflate", zlib.compress(b"plain" * 50)[2:-4]),
    ],
    ids=["gzip", "gzip in two members", "deflate", "deflate without its wrapper"],
)
def test_the_content_coding_is_undone_at_every_cut(coding, packed):
    head = HEAD + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding.encode(), len(packed))
    for cut in range(len(packed)):
        _, notes = heard(head, packed[:cut], packed[cut:])
        assert notes.body == b"plain" * 50


def test_br_and_zstd_are_undone():
    brotli, zstandard = pytest.importorskip("brotli"), pytest.importorskip("zstandard")
    for coding, packed in (("br", brotli.compress(b"plain")), ("zstd", zstandard.compress(b"plain"))):
        head = HEAD + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding.encode(), len(packed))
        _, notes = heard(head + packed[:3], packed[3:])
        assert notes.body == b"plain"


def test_an_unknown_coding_is_named():
    with pytest.raises(UsageError, match="compress"):
        heard(HEAD + b"Content-Encoding: compress\r\nContent-Length: 1\r\n\r\nx")


@pytest.mark.parametrize(
    ("sent", "end"),
    [
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", WireEnd.SHORT),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel", WireEnd.SHORT),
        (HEAD + b"Content-Length: 9\r\n\r\nhello", WireEnd.SHORT),
        (HEAD + b"\r\nhello", WireEnd.CLEAN),
    ],
    ids=["between chunks", "inside a chunk", "content length", "close-delimited"],
)
def test_a_closing_peer_ends_as_the_framing_says(sent, end):
    tap, notes = heard(sent)
    tap.peer_closed(None, 7.0)
    assert notes.ends == [(end, 7.0)]
    assert notes.body in (b"hello", b"hel")


def test_a_broken_connection_is_a_reset_and_ours_are_closed_or_timeout():
    for act, end in (
        (lambda tap: tap.peer_closed(ConnectionResetError(), 1.0), WireEnd.RESET),
        (lambda tap: tap.we_closed(1.0, timed_out=False), WireEnd.CLOSED),
        (lambda tap: tap.we_closed(1.0, timed_out=True), WireEnd.TIMEOUT),
    ):
        tap, notes = heard(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        act(tap)
        assert [how for how, _ in notes.ends] == [end]


@pytest.mark.parametrize(
    "rubbish",
    [b"ZZ\r\n", b"HTTP/1.1 502 Bad Gateway\r\n", b"3\r\nabcdefgh\r\n", b"0\r\nno trailer\r\n\r\n"],
    ids=["no number", "a proxy's 502", "no line end after a chunk", "a trailer that is none"],
)
def test_what_is_no_chunk_ends_the_answer_when_it_comes_whoever_closes_then(rubbish):
    tap, notes = heard(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", rubbish)
    assert tap.broke_a_chunk
    tap.we_closed(7.0, timed_out=True)
    tap.peer_closed(None, 7.0)
    assert notes.ends == [(WireEnd.BROKEN_CHUNK, 1.0)]
    assert notes.body in (b"hello", b"helloabc")


def test_a_client_that_closes_on_more_than_was_promised_was_not_the_one_who_left():
    tap, notes = heard(HEAD + b"Content-Length: 5\r\n\r\nhello and more")
    tap.we_closed(1.0, timed_out=False)
    assert [how for how, _ in notes.ends] == [WireEnd.SHORT]
    assert notes.body == b"hello"
    assert not tap.broke_a_chunk


@pytest.mark.parametrize(
    "lax",
    [
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\nhi",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n2 \r\nhi\r\n0\r\n\r\n",
    ],
    ids=["bare line feeds", "a space behind the chunk size"],
)
def test_what_aiohttp_reads_the_tap_reads(lax):
    _, notes = heard(lax)
    assert (notes.body, [how for how, _ in notes.ends]) == (b"hi", [WireEnd.CLEAN])


def test_a_body_whose_coding_is_cut_short_is_truncated_though_its_framing_is_whole():
    packed = gzip.compress(b"plain")[:-8]
    _, notes = heard(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)
    assert (notes.body, notes.ends) == (b"plain", [(WireEnd.TRUNCATED, 0.0)])


def test_nothing_is_heard_after_the_end():
    tap, notes = heard(CHUNKED)
    tap.received(CHUNKED, 9.0)
    tap.peer_closed(ConnectionResetError(), 9.0)
    assert len(notes.ends) == len(notes.heads) == 1


def test_an_answer_to_head_has_no_body():
    _, notes = heard(HEAD + b"Content-Length: 5\r\n\r\n", method="HEAD")
    assert notes.ends == [(WireEnd.CLEAN, 0.0)]


def test_a_bomb_ends_the_recording_and_not_the_memory(monkeypatch):
    monkeypatch.setattr("harness.cassette.decoding.MAX_BODY", 1000)
    monkeypatch.setattr("harness.net.tap.MAX_BODY", 1000)
    packed = gzip.compress(bytes(100_000))
    _, notes = heard(HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed)
    assert notes.ends == [(WireEnd.LIMIT, 0.0)]
