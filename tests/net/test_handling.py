"""One request of a client is one of the cassette's, and the response it gets is one of its library's."""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import pytest

from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, StreamRecord
from harness.net.handling import handle, handle_async
from harness.net.session import CassetteSession

both = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])

ASKED = Request("POST", "http://any.example/path?a=1", (), b"{}")


def session(
    *, headers=(("Content-Type", "text/plain"), ("X-A", "1"), ("X-A", "2")), **record: Any
) -> CassetteSession:
    stream = StreamRecord((Frame(0.0, 2), Frame(0.0, 3)), End.COMPLETE, 0.0, **record)
    opened = CassetteSession(
        Cassette((Interaction(ASKED, Response(203, "Fine", headers, b"hello", stream)),))
    )
    opened.open()
    return opened


def no_live() -> Any:
    raise AssertionError("what is recorded does not go out")


@both
def test_a_recording_is_a_response_of_the_library_that_asks(library):
    asked = library.Request("POST", "http://any.example/path?a=1#top", content=b" { } ")
    response = handle(session(http_version="1.0"), asked, no_live)
    assert type(response) is library.Response
    assert (response.status_code, response.reason_phrase, response.http_version) == (203, "Fine", "HTTP/1.0")
    assert response.headers.get_list("x-a") == ["1", "2"]
    assert list(response.iter_raw()) == [b"he", b"llo"]


@both
async def test_the_same_for_async_clients(library):
    asked = library.Request("POST", "http://any.example/path?a=1", content=b"{}")
    response = await handle_async(session(), asked, no_live)
    assert [piece async for piece in response.aiter_raw()] == [b"he", b"llo"]
    assert response.http_version == "HTTP/1.1"


def test_framing_is_rebuilt_and_never_repeated():
    headers = (
        ("Content-Length", "99"),
        ("Transfer-Encoding", "gzip, chunked"),
        ("Connection", "X-A"),
        ("Upgrade", "h2c"),
    )
    asked = httpx.Request("POST", "http://any.example/path?a=1", content=b"{}")
    response = handle(session(headers=headers), asked, no_live)
    assert response.headers.raw == [(b"Transfer-Encoding", b"chunked")]


def test_header_bytes_that_are_no_ascii_come_back_as_they_were():
    asked = httpx.Request("POST", "http://any.example/path?a=1", content=b"{}")
    response = handle(session(headers=(("X-A", "\xff\xe8"),)), asked, no_live)
    assert response.headers.raw[0] == (b"X-A", b"\xff\xe8")
