"""What HTTP cannot carry is in no cassette, neither read nor written."""

import msgspec
import pytest

from harness.cassette.document import read_document, write_document
from harness.cassette.interaction import Interaction, Request, Response
from harness.cassette.wellformed import check_request, check_response
from harness.errors import CassetteError
from tests.cassette.samples import tape


@pytest.mark.parametrize(
    ("part", "change", "place"),
    [
        ("request", {"headers": (("A", "b\r\nC: d"),)}, "interactions[0].request.headers.A"),
        ("request", {"headers": (("A B", "c"),)}, "interactions[0].request.headers"),
        ("request", {"method": "GET /"}, "interactions[0].request.method"),
        ("request", {"uri": "http://h/\n"}, "interactions[0].request.uri"),
        ("response", {"status": 99}, "interactions[0].response.status.code"),
        ("response", {"reason": "a\nb"}, "interactions[0].response.status.message"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(part, change, place):
    item = tape().interactions[0]
    broken = msgspec.structs.replace(item, **{part: msgspec.structs.replace(getattr(item, part), **change)})
    with pytest.raises(CassetteError) as caught:
        write_document([broken])
    assert caught.value.where == place


@pytest.mark.parametrize("value", ["", "é", "a b", "\t", 'a; b="c"', "\x7f"])
def test_other_header_values_pass(value):
    check_request(Request("GET", "/", (("A", value),)), ())
    check_response(Response(200, value, (("A", value),)), ())


@pytest.mark.parametrize("value", ["a\rb", "a\nb", "a\x00b", "\ud83d"])
def test_what_could_not_be_sent_is_refused_in_both_directions(value):
    item = Interaction(Request("GET", "/", (("A", value),)), Response(200, "OK"))
    with pytest.raises(CassetteError):
        write_document([item])
    document = write_document([Interaction(Request("GET", "/", (("A", "ok"),)), Response(200, "OK"))])
    document["interactions"][0]["request"]["headers"]["A"] = [value]
    with pytest.raises(CassetteError):
        read_document(document)


@pytest.mark.parametrize(
    "name", ["recorded_at", "upstream", "recorded_from", "http_version", "content_encoding", "digest"]
)
def test_a_stream_record_holds_no_line_breaks_and_no_half_characters(name):
    item = tape().interactions[0]
    for value in ("a\r\nB: c", "\ud83d"):
        stream = msgspec.structs.replace(item.response.stream, **{name: value})
        broken = Interaction(item.request, msgspec.structs.replace(item.response, stream=stream))
        with pytest.raises(CassetteError) as caught:
            write_document([broken])
        assert caught.value.where == f"interactions[0].response.stream.{name}"
