"""Bodies that plain vcrpy left in their content-coding are read plain; what cannot be undone stays, and is told."""

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.coded import MOST, is_coded, undone, why_coded
from harness.cassette.document import read_document, write_document
from harness.cassette.interaction import End, Interaction, Request, Response, StreamRecord
from harness.errors import CassetteError
from tests.cassette.test_document import document, only

PLAIN = "data: Привет, 🙂\n\ndata: [DONE]\n\n".encode()
PICTURE = b"\x89PNG\r\n\x1a\n\x00\xff"
PACKED = {
    "gzip": gzip.compress(PLAIN, mtime=0),
    "X-GZip": gzip.compress(PLAIN, mtime=0),
    "deflate": zlib.compress(PLAIN),
    "br": brotli.compress(PLAIN),
    "zstd": zstandard.compress(PLAIN),
    "gzip, br": brotli.compress(gzip.compress(PLAIN)),
    "identity, gzip": gzip.compress(PLAIN),
}


def answer(coding: str, body: bytes, label: str = "text/event-stream") -> Response:
    headers = (("Content-Encoding", coding), ("content-type", label), ("Content-Length", "7"))
    return Response(200, "OK", headers, body)


@pytest.mark.parametrize("coding", PACKED)
def test_a_coded_body_is_read_plain_and_its_headers_say_so(coding):
    found = undone(answer(coding, PACKED[coding]))
    assert found.body == PLAIN
    assert found.headers == (("content-type", "text/event-stream"), ("Content-Length", str(len(PLAIN))))
    assert undone(found) is found
    assert not is_coded(found)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "compress"])
@pytest.mark.parametrize(
    ("body", "label"), [(PLAIN, "text/event-stream"), (b"", "text/html"), (PICTURE, "image/png")]
)
def test_a_body_that_vcrpy_had_undone_already_stays(coding, body, label):
    found = answer(coding, body, label)
    assert undone(found) is found
    assert not is_coded(found)


@pytest.mark.parametrize("coding", [*PACKED, "compress"])
def test_a_body_that_was_cut_or_is_of_a_coding_nobody_knows_stays_coded(coding):
    found = answer(coding, PACKED.get(coding, b"\x1f\x9d\xff..")[:-2])
    assert undone(found) is found
    assert is_coded(found)
    assert len(why_coded(found)) > len(coding) + 2


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "brotli", None)
    found = undone(answer("br", PACKED["br"]))
    assert is_coded(found)
    assert "pip install brotli" in why_coded(found)


def test_what_loading_would_undo_says_so():
    assert "loading" in why_coded(answer("gzip", PACKED["gzip"]))


def test_a_body_with_a_record_of_ours_is_plain_whatever_it_looks_like():
    stream = StreamRecord((), End.COMPLETE, 1.0)
    found = Response(200, "OK", (("Content-Encoding", "gzip"),), PACKED["gzip"], stream)
    assert undone(found) is found
    assert not is_coded(found)


@pytest.mark.parametrize("charset", ["iso-8859-1", '"windows-1251"'])
def test_text_of_another_charset_is_plain(charset):
    assert not is_coded(answer("br", "Привет".encode("cp1251"), f"text/plain; charset={charset}"))


def test_codings_without_end_are_not_followed():
    body = PLAIN
    for _ in range(MOST + 1):
        body = gzip.compress(body)
    found = answer(", ".join(["gzip"] * (MOST + 1)), body)
    assert undone(found) is found
    assert why_coded(found).endswith(f"{MOST + 1} codings one over the other")


@given(st.binary(), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, gzip"]), st.binary(max_size=3))
def test_what_was_read_is_written_and_read_the_same(body, coding, rubbish):
    pack = {"deflate": zlib.compress, "br": brotli.compress, "zstd": zstandard.compress}
    response = answer(coding, pack.get(coding, gzip.compress)(body) + rubbish)
    first = read_document(write_document([Interaction(Request("GET", "http://h/"), response)]))
    assert read_document(write_document(first)) == first


def test_the_document_of_vcrpy_is_read_plain():
    stored = {
        "headers": {"content-encoding": ["gzip"], "content-length": ["54"]},
        "body": {"string": PACKED["gzip"]},
    }
    assert only(document((), stored)).response.body == PLAIN


@pytest.mark.parametrize("count", [1, 30])
def test_a_bomb_is_refused_with_its_place(monkeypatch, count):
    size = 100_000 if count == 1 else 9_000
    monkeypatch.setattr("harness.cassette.decoding.MAX_BODY", 50_000)
    monkeypatch.setattr("harness.cassette.document.MAX_BODY", 50_000)
    bomb = {"headers": {"content-encoding": "gzip"}, "body": {"string": gzip.compress(bytes(size))}}
    items = document((), bomb)["interactions"] * count
    with pytest.raises(CassetteError, match=r"interactions\[\d\]\.response\.body") as caught:
        read_document({"interactions": items, "version": 1})
    assert caught.value.expected == "at most 50000 bytes"
