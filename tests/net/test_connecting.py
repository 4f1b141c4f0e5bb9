"""What a request says is read from aiohttp as it is about to be sent."""

import aiohttp
import pytest

import harness
from harness import use_cassette
from tests.net.wire import chunked, served

PIECES = [b"data: [DONE]\n\n"]


async def _pieces_of_a_body():
    yield b"one "
    yield b"two"


@pytest.mark.parametrize(
    ("asked", "body"),
    [
        (lambda: {"json": {"a": "é"}}, b'{"a": "\\u00e9"}'),
        (lambda: {"data": b"\xff\x00"}, b"\xff\x00"),
        (lambda: {"data": {"a": "b c"}}, b"a=b+c"),
        (lambda: {"data": "text"}, b"text"),
        (lambda: {"data": _pieces_of_a_body()}, b"one two"),
        (dict, None),
    ],
    ids=["json", "bytes", "form", "text", "generator", "none"],
)
async def test_the_body_on_the_tape_is_the_body_on_the_wire(tmp_path, asked, body):
    async with served(chunked(*PIECES), then="fin") as url, aiohttp.ClientSession() as session:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            async with session.post(url + "/a?b=c#d", **asked()) as response:
                await response.read()
    request = harness.load_cassette(tmp_path / "t.yaml").interactions[0].request
    assert request.body == body
    assert request.uri == url + "/a?b=c"


async def test_headers_of_the_session_and_of_the_request_are_there(tmp_path):
    async with (
        served(chunked(*PIECES)) as url,
        aiohttp.ClientSession(headers={"Accept": "text/event-stream"}) as session,
    ):
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            async with session.post(url, headers={"Accept-Language": "ru"}, json={}) as response:
                await response.read()
    headers = dict(harness.load_cassette(tmp_path / "t.yaml").interactions[0].request.headers)
    assert headers["Accept"] == "text/event-stream"
    assert headers["Accept-Language"] == "ru"
    assert headers["Content-Type"] == "application/json"
    assert "Host" in headers
