"""Documents: what vcrpy's tapes may hold, and what becomes of it."""

import copy
from datetime import UTC, datetime

import msgspec
import pytest

from harness.cassette.document import read_document, write_document
from harness.cassette.frames import Frame
from harness.cassette.interaction import End, Interaction, Request, Response, Source, StreamRecord
from harness.errors import CassetteError
from tests.cassette.samples import tape


def document(request=(), response=()) -> dict:
    """A one-interaction document, some keys replaced; None takes one out."""
    plain_request = {"method": "GET", "uri": "http://h/", "body": None, "headers": {}}
    plain_response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "x"}}
    item = {"request": {**plain_request, **dict(request)}, "response": {**plain_response, **dict(response)}}
    return {"interactions": [item], "version": 1}


def only(doc: dict) -> Interaction:
    (item,) = read_document(doc)
    return item


@pytest.mark.parametrize(
    ("stored", "body"),
    [
        (None, None),
        ("", b""),
        ("é", "é".encode()),
        (b"\xff", b"\xff"),
        ({"a": [1, "é"]}, b'{"a": [1, "\\u00e9"]}'),
        ([1.5, None], b"[1.5, null]"),
        (0.7, b"0.7"),
        (True, b"true"),
    ],
)
def test_a_request_body_becomes_the_bytes_that_were_sent(stored, body):
    assert only(document({"body": stored})).request.body == body


@pytest.mark.parametrize(("stored", "body"), [(None, b""), ("é", "é".encode()), (b"\xff", b"\xff")])
def test_a_response_body_becomes_bytes(stored, body):
    assert only(document((), {"body": {"string": stored}})).response.body == body


def test_a_redirect_as_vcrpy_records_it_has_an_empty_body():
    assert only(document((), {"body": {}})).response.body == b""
    with pytest.raises(CassetteError, match="lacks the key 'string'"):
        only(document((), {"body": {"text": "x"}}))


def test_headers_are_lists_or_single_values_and_keep_their_repeats_and_order():
    stored = {"B": ["1", "2"], "A": "3", "Content-Length": 4, "C": [b"caf\xe9"]}
    expected = (("B", "1"), ("B", "2"), ("A", "3"), ("Content-Length", "4"), ("C", "café"))
    assert only(document((), {"headers": stored})).response.headers == expected


def test_a_document_lists_headers_in_their_own_order():
    headers = (("B", "1"), ("A", "2"), ("B", "3"))
    item = Interaction(Request("GET", "/", headers), Response(200, "OK"))
    (written,) = write_document([item])["interactions"]
    assert list(written["request"]["headers"].items()) == [("B", ["1", "3"]), ("A", ["2"])]


def test_keys_of_others_are_passed_over():
    doc = document({"x": 1}, {"recorded_at": "2026", "body": {"string": "x", "y": 2}})
    assert only({**doc, "metadata": {"z": 3}}).response.body == b"x"


def test_a_missing_reason_is_empty():
    assert only(document((), {"status": {"code": 204}})).response.reason == ""


def test_a_plain_tape_has_no_stream_record():
    assert only(document()).response.stream is None


def test_a_stream_record_is_read_whole():
    stream = {
        "version": 1,
        "frames": "12.4/210 31.0/96",
        "end": "short",
        "end_ms": 1204.5,
        "recorded_at": "2026-11-22T12:00:00Z",
        "upstream": "vitalentum",
        "source": "independent",
        "recorded_from": "openai-edge 1.2.3",
        "broken_chunk_ms": 310,
        "digest": "sha256:00",
        "unknown": "of a later version of this package",
    }
    assert only(document((), {"stream": stream})).response.stream == StreamRecord(
        (Frame(12.4, 210), Frame(31.0, 96)),
        End.SHORT,
        1204.5,
        recorded_at="2026-11-22T12:00:00Z",
        upstream="vitalentum",
        source=Source.INDEPENDENT,
        recorded_from="openai-edge 1.2.3",
        broken_chunk_ms=310.0,
        digest="sha256:00",
    )


@pytest.mark.parametrize("moment", [True, "310", -1, float("nan")])
def test_a_broken_chunk_came_at_a_moment_or_the_tape_is_refused(moment):
    stream = {"version": 1, "frames": "", "end": "short", "end_ms": 0, "broken_chunk_ms": moment}
    with pytest.raises(CassetteError, match=r"stream\.broken_chunk_ms"):
        read_document(document((), {"stream": stream}))


@pytest.mark.parametrize("moment", [datetime(2026, 11, 22, 12, tzinfo=UTC), datetime(2026, 11, 22, 12)])
def test_a_date_that_lost_its_quotes_is_still_the_moment(moment):
    stream = {"version": 1, "frames": "", "end": "complete", "end_ms": 0, "recorded_at": moment}
    record = only(document((), {"stream": stream})).response.stream
    assert record.recorded_at == "2026-11-22T12:00:00Z"


@pytest.mark.parametrize(
    "frame", [Frame(float("nan"), 1), Frame(float("inf"), 1), Frame(-1.0, 1), Frame(1.0, -1)]
)
def test_an_impossible_piece_is_not_written(frame):
    item = tape().interactions[0]
    stream = msgspec.structs.replace(item.response.stream, frames=(frame,))
    broken = Interaction(item.request, msgspec.structs.replace(item.response, stream=stream))
    with pytest.raises(CassetteError, match="list of pieces"):
        write_document([broken])


def test_a_document_is_made_of_plain_values_with_sorted_keys():
    (item,) = tape().to_document()["interactions"]
    stream = item["response"]["stream"]
    assert {type(value) for value in stream.values()} == {str, int, float}
    for part in (item["request"], item["response"], stream):
        assert list(part) == sorted(part)


def test_a_document_is_left_as_it_is_unless_it_is_spent():
    doc = write_document(tape("A", "B").interactions)
    before = copy.deepcopy(doc)
    assert read_document(doc) == tape("A", "B").interactions
    assert doc == before
    assert read_document(doc, spent=True) == tape("A", "B").interactions
    assert doc == {}


@pytest.mark.parametrize("level", ["document", "interaction", "response"])
def test_a_stream_record_in_a_wrong_place_is_refused_or_a_cut_stream_would_play_as_whole(level):
    written = write_document(tape().interactions)
    item = written["interactions"][0]
    parents = {"document": written, "interaction": item, "response": item["response"]}
    parents[level]["strean"] = item["response"].pop("stream")
    with pytest.raises(CassetteError, match="in a wrong place") as caught:
        read_document(written)
    assert "response.stream" in caught.value.expected
