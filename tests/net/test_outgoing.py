"""What is written by hand arrives as it is, and ends as it was told to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from harness.net import outgoing
from harness.net.listener import Listener
from harness.net.outgoing import Written, close, reset, write

if TYPE_CHECKING:
    from aiohttp import web

ANSWER = b"HTTP/1.1 200 OK\r\nX: \xff\r\nContent-Length: 2\r\n\r\nok"


async def stays(request: web.Request, _: bytes) -> Written:
    await write(request, ANSWER)
    await write(request, b"")
    return Written(keep_alive=True)


async def closes(request: web.Request, _: bytes) -> Written:
    await write(request, ANSWER)
    close(request)
    return Written(keep_alive=False)


async def resets(request: web.Request, _: bytes) -> Written:
    await write(request, ANSWER)
    await reset(request)
    return Written(keep_alive=False)


async def said(handler, times: int) -> bytes:
    """What *times* requests on one connection are answered with, and an `E` for its end."""
    async with Listener(handler, host="127.0.0.1", port=0) as listener, asyncio.timeout(5):
        place = urlsplit(listener.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)
        got = b""
        for _ in range(times):
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got += await reader.read(len(ANSWER)) or b"E"
        writer.close()
        return got


async def test_an_answer_goes_out_as_it_is_and_the_connection_serves_the_next():
    assert await said(stays, 2) == ANSWER * 2


async def test_a_close_ends_the_connection_after_what_was_written():
    assert await said(closes, 2) == ANSWER + b"E"


async def test_a_reset_comes_after_what_was_written():
    with pytest.raises(ConnectionResetError):
        await said(resets, 2)
    assert await said(resets, 1) == ANSWER


async def test_a_client_that_reads_nothing_is_given_up(monkeypatch):
    monkeypatch.setattr(outgoing, "WRITE_S", 0.05)
    given_up = asyncio.Event()

    async def flood(request: web.Request, _: bytes) -> Written:
        try:
            while True:
                await write(request, bytes(1024 * 1024))
        except TimeoutError:
            given_up.set()
        return Written(keep_alive=False)

    async with Listener(flood, host="127.0.0.1", port=0) as listener, asyncio.timeout(5):
        place = urlsplit(listener.url)
        _, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await given_up.wait()
        writer.close()
