"""Which parser reads whose reply."""

import msgspec
import pytest

from harness.errors import LimitError
from harness.sse import SSEParser
from harness.upstreams.ndjson import NDJSONParser
from harness.upstreams.parsing import parser_for, split_reply
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import Framing

SSE = get_upstream("vitalentum")
LINES = msgspec.structs.replace(SSE, framing=Framing.NDJSON)


@pytest.mark.parametrize(
    ("upstream", "kind"), [(None, SSEParser), (SSE, SSEParser), (LINES, NDJSONParser)], ids=str
)
def test_the_framing_of_the_profile_decides(upstream, kind):
    assert type(parser_for(upstream)) is kind


@pytest.mark.parametrize("upstream", [SSE, LINES], ids=["sse", "ndjson"])
def test_the_limit_is_handed_on(upstream):
    parser = parser_for(upstream, max_stream=3)
    with pytest.raises(LimitError):
        parser.feed(b"data: 1")


@pytest.mark.parametrize(
    ("kind", "pieces"),
    [
        ("text/event-stream", [b"data: 1\n\n", b"data: 2\n"]),
        ("Application/X-NDJSON; charset=utf-8", [b"data: 1\n", b"\ndata: 2\n"]),
        ("application/x-ndjson; charset=utf-8; v=1", [b"data: 1\n", b"\ndata: 2\n"]),
        ("", [b"data: 1\n\n", b"data: 2\n"]),
    ],
)
def test_a_body_is_split_as_its_content_type_frames_it(kind, pieces):
    assert split_reply(b"data: 1\n\ndata: 2\n", kind) == pieces
