"""A cassette survives the way through HAR, and what a browser wrote is read as far as it goes."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.har import from_har, to_har
from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, Source, StreamRecord
from harness.errors import CassetteError

EVENTS = [b'data: {"n":1}\n\n', ": ping\n\ndata: Привет\n\n".encode(), b"data: [DONE]\n\n"]
BODY = b"".join(EVENTS)
STREAM = StreamRecord(
    (Frame(12.4, 20), Frame(40.0, len(BODY) - 20)),
    End.COMPLETE,
    55.5,
    recorded_at="2026-11-22T12:00:00Z",
    upstream="vitalentum",
    source=Source.LIVE,
)
HEADERS = (("Content-Type", "text/event-stream"), ("X-A", "1"), ("x-a", "2"))
ITEM = Interaction(
    Request("POST", "http://x/a?b=c", (("Accept", "*/*"),), b'{"n": 1}'),
    Response(200, "OK", HEADERS, BODY, STREAM),
)


def through(item: Interaction) -> Interaction:
    document = json.loads(json.dumps(to_har(Cassette((item,)))))
    return from_har(document).interactions[0]


@given(st.binary(max_size=60), st.one_of(st.none(), st.binary(min_size=1, max_size=20)), st.sampled_from(End))
def test_bytes_pieces_times_and_ending_come_back(body, asked, end):
    stream = StreamRecord((Frame(1.5, len(body)),), end, 2.5)
    item = Interaction(Request("POST", "http://x/", (), asked), Response(200, "OK", HEADERS, body, stream))
    back = through(item)
    assert back.request == item.request
    assert back.response.body == body
    assert (back.response.stream.frames, back.response.stream.end, back.response.stream.end_ms) == (
        stream.frames,
        end,
        2.5,
    )


def test_headers_status_and_moment_come_back_and_the_source_is_imported():
    back = through(ITEM)
    assert back.request == ITEM.request
    assert back.response.headers == HEADERS
    assert back.response.stream == msgspec.structs.replace(STREAM, source=Source.IMPORTED)


def test_a_broken_chunk_comes_back():
    stream = msgspec.structs.replace(STREAM, end=End.SHORT, broken_chunk_ms=50.0)
    broken = Interaction(ITEM.request, msgspec.structs.replace(ITEM.response, stream=stream))
    assert through(broken).response.stream == msgspec.structs.replace(stream, source=Source.IMPORTED)


def test_events_stand_in_the_document_as_browsers_write_them():
    entry = to_har(Cassette((ITEM,)))["log"]["entries"][0]
    assert [message["data"] for message in entry["_eventSourceMessages"]] == ['{"n":1}', "Привет", "[DONE]"]
    assert entry["timings"] == {"send": 0.0, "wait": 12.4, "receive": pytest.approx(43.1)}


def test_what_a_browser_timed_becomes_pieces():
    document = to_har(Cassette((ITEM,)))
    entry = document["log"]["entries"][0]
    del entry["_stream"]
    for message, ms in zip(entry["_eventSourceMessages"], (10, 20, 30), strict=True):
        message["time"] = 1795348800 + ms / 1000
    stream = from_har(document).interactions[0].response.stream
    assert [frame.size for frame in stream.frames] == [len(EVENTS[0]), len(EVENTS[1]), len(EVENTS[2])]
    assert [frame.at_ms for frame in stream.frames] == pytest.approx([10, 20, 30], abs=0.2)


def test_without_events_and_record_it_is_one_piece():
    document = to_har(Cassette((ITEM,)))
    entry = document["log"]["entries"][0]
    del entry["_stream"], entry["_eventSourceMessages"]
    assert from_har(document).interactions[0].response.stream.frames == (Frame(12.4, len(BODY)),)


def test_a_plain_tape_goes_out_and_gains_what_can_be_known():
    plain = Interaction(Request("GET", "http://x/"), Response(200, "OK", (), b"hello"))
    back = through(plain)
    assert (back.response.body, back.response.stream.source, back.response.stream.recorded_at) == (
        b"hello",
        "imported",
        None,
    )


def test_pseudo_headers_and_codings_are_left_out():
    entry = {
        "startedDateTime": "2026-11-22T12:00:00.000+01:00",
        "request": {"method": "GET", "url": "https://x/", "headers": [{"name": ":method", "value": "GET"}]},
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Encoding", "value": "br"}],
            "content": {"text": "hello"},
        },
    }
    item = from_har({"log": {"entries": [entry]}}).interactions[0]
    assert (item.request.headers, item.response.headers, item.response.body) == ((), (), b"hello")


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"log": {}},
        {"log": {"entries": [{}]}},
        {"log": {"entries": [{"request": {"method": 1, "url": ""}}]}},
    ],
)
def test_what_is_no_har_is_refused_with_the_place(document):
    with pytest.raises(CassetteError, match="no HAR document"):
        from_har(document)


def test_a_broken_base64_body_is_named():
    document = to_har(Cassette((ITEM,)))
    document["log"]["entries"][0]["response"]["content"].update(encoding="base64", text="%%%")
    with pytest.raises(CassetteError, match="base64"):
        from_har(document)
