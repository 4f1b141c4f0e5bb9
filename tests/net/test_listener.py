"""A server of ours answers callers on this machine, within its limits, and says nothing of what it is made of."""

from __future__ import annotations

import asyncio
import gzip
import re
from contextlib import asynccontextmanager
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp import web

from harness.errors import UsageError
from harness.net.listener import MAX_BODY, Listener

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def echo(request: web.Request, body: bytes) -> web.StreamResponse:
    return web.Response(body=request.method.encode() + b" " + body)


@asynccontextmanager
async def listening(
    host: str = "127.0.0.1", port: int = 0, *, allow_remote: bool = False
) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    async with (
        Listener(echo, host=host, port=port, allow_remote=allow_remote) as listener,
        aiohttp.ClientSession() as session,
    ):
        yield listener.url, session


async def first_line(url: str, request: bytes) -> bytes:
    """The status line that these bytes are answered with."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(request)
    try:
        return (await reader.readline()).rstrip()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("target", ["evil.example:443", "localhost", "/"])
async def test_a_tunnel_is_refused_and_the_connection_closed(target: str) -> None:
    async with listening() as (url, _), asyncio.timeout(5):
        place = urlsplit(url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(f"CONNECT {target} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        answer = await reader.read()  # to the end of the connection
        writer.close()
    assert answer.startswith(b"HTTP/1.1 404 ")
    assert answer.endswith(b"\r\n\r\nthis server is no proxy\n")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_the_handler_gets_every_request_with_its_whole_body(method: str) -> None:
    async with (
        listening() as (url, session),
        session.request(method, f"{url}/a/b?c=d", data=b"x") as response,
    ):
        assert await response.read() == method.encode() + b" x"


async def test_the_answer_does_not_say_what_the_server_is_made_of() -> None:
    async with listening() as (url, session), session.get(url) as response:
        assert "Server" not in response.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[", ""])
async def test_a_foreign_host_is_turned_away(host: str) -> None:
    async with listening() as (url, session), session.get(url, headers={"Host": host}) as response:
        assert response.status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]:1"])
async def test_a_name_of_this_machine_is_let_in(host: str) -> None:
    async with listening() as (url, session), session.get(url, headers={"Host": host}) as response:
        assert response.status == 200


async def test_a_page_of_another_site_is_turned_away() -> None:
    headers = {"Origin": "https://evil.example"}
    async with listening() as (url, session), session.get(url, headers=headers) as response:
        assert response.status == 403


async def test_a_body_beyond_the_limit_is_refused() -> None:
    body = BytesIO(b"x" * (MAX_BODY + 1))
    async with listening() as (url, session), session.post(url, data=body) as response:
        assert response.status == 413


async def test_a_body_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.net.listener.BODY_S", 0.05)
    async with listening() as (url, _):
        dripping = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx"
        assert (await first_line(url, dripping)).endswith(b" 408 Request Timeout")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.org"])
def test_a_host_that_is_not_loopback_needs_a_word(host: str) -> None:
    with pytest.raises(UsageError):
        Listener(echo, host=host, port=0)


async def test_with_that_word_callers_from_anywhere_are_answered() -> None:
    async with listening("0.0.0.0", allow_remote=True) as (url, session):
        address = url.replace("0.0.0.0", "127.0.0.1")
        async with session.get(address, headers={"Host": "my-machine:80"}) as response:
            assert response.status == 200


async def test_an_ipv6_address_stands_in_brackets() -> None:
    async with listening("::1") as (url, session), session.get(url) as response:
        assert url.startswith("http://[::1]:")
        assert response.status == 200


async def test_a_port_that_is_taken_is_said_in_words() -> None:
    async with listening() as (url, _):
        with pytest.raises(UsageError, match="cannot listen on"):
            async with listening(port=urlsplit(url).port or 0):
                pass


async def test_a_server_that_is_not_running_has_no_url() -> None:
    listener = Listener(echo, host="127.0.0.1", port=0)
    async with listener:
        assert listener.url

    with pytest.raises(UsageError, match="not running"):
        _ = listener.url


HOST = b"\r\nHost: localhost\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET / HTTP/1.1" + HOST + b"Origin: \r\n", b"HTTP/1.1 403 Forbidden"),
        (b"GET / HTTP/2.0" + HOST, b"HTTP/2.0 505 HTTP Version Not Supported"),
        (b"GET /" + HOST, b"HTTP/.* (505|400) .*"),
        (
            b"POST / HTTP/1.1" + HOST + b"Transfer-Encoding: gzip, chunked\r\n",
            b"HTTP/1.1 501 Not Implemented",
        ),
        (b"POST / HTTP/1.1" + HOST + b"Transfer-Encoding: Chunked\r\n", b"HTTP/1.1 200 OK"),
        (
            b"POST / HTTP/1.1" + HOST + b"Content-Length: 8388609\r\n",
            b"HTTP/1.1 413 (Request Entity|Content) Too Large",
        ),
        (
            b"POST / HTTP/1.1" + HOST + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n",
            b"HTTP/1.1 400 Bad Request",
        ),
        (b"GET /a%0Ab%0D HTTP/1.1" + HOST, b"HTTP/1.1 200 OK"),
        (
            b"GET / HTTP/1.1" + HOST + b"Origin: http://localhost\r\nOrigin: http://evil.example\r\n",
            b"HTTP/1.1 403 Forbidden",
        ),
    ],
    ids=[
        "an empty origin",
        "HTTP/2",
        "HTTP/0.9",
        "a coding of the transfer",
        "chunked",
        "length",
        "no gzip",
        "path",
        "two origins",
    ],
)
async def test_what_the_parser_lets_pass_is_answered_or_refused_in_words(
    request_: bytes, status: bytes
) -> None:
    body = b"5\r\nhello\r\n0\r\n\r\n" if b"hunked" in request_ else b"hello"
    body = b"" if request_.startswith(b"GET") else body
    async with listening() as (url, _), asyncio.timeout(5):
        assert re.fullmatch(status, await first_line(url, request_ + b"\r\n" + body))


async def test_a_body_is_gathered_plain_and_left_as_it_came_where_it_is_not_gathered() -> None:
    async def told(request: web.Request, body: bytes) -> web.StreamResponse:
        return web.Response(body=body or await request.read())

    packed = gzip.compress(b"hello")
    for gathers, expected in ((True, b"hello"), (False, packed)):
        async with (
            Listener(told, host="127.0.0.1", port=0, gathers=gathers) as listener,
            aiohttp.ClientSession() as session,
            session.post(listener.url, data=packed, headers={"Content-Encoding": "gzip"}) as response,
        ):
            assert await response.read() == expected


async def test_a_malformed_request_is_answered_and_logged_under_our_name(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with listening() as (url, _):
        assert (await first_line(url, b"GET / HTTP/1.1\r\nHost : x\r\n\r\n")).endswith(b" 400 Bad Request")

    assert {record.name for record in caplog.records} == {"harness.net.listener"}
