"""Answers written by hand onto a server's connection: as they are, within a deadline, reset where the original was.

An edge on aiohttp's server. What is written, and why it ends as it does, is the handler's business.
"""

from __future__ import annotations

import asyncio
import fcntl
import socket
import struct
import termios
from array import array
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.web_request import BaseRequest

WRITE_S = 30.0
"""A client that reads nothing for so long is given up."""

RESET_GRACE_S = 0.02
"""A reset throws away what has not arrived; so long it gets to arrive."""

POLL_S = 0.001
"""Between two looks at whether it has."""


async def write(request: BaseRequest, data: bytes) -> None:
    """Send bytes to whoever asked; waits while they read slowly. Raises TimeoutError for one who reads nothing."""
    if not data:
        return
    transport = request.transport
    if transport is None or transport.is_closing():
        raise ConnectionResetError(104, "The client has closed the connection")
    transport.write(data)
    if request.protocol.writing_paused:
        async with asyncio.timeout(WRITE_S):
            await request.writer.drain()


async def reset(request: BaseRequest) -> None:
    """RST, once what was written has arrived, or has had the time to."""
    now = asyncio.get_running_loop().time
    deadline = now() + RESET_GRACE_S
    while _undelivered(request) and now() < deadline:  # noqa: ASYNC110  # nothing tells of what arrives
        await asyncio.sleep(POLL_S)
    reset_now(request)


def reset_now(request: BaseRequest) -> None:
    """RST: to linger for no time makes closing a reset."""
    if request.transport is not None:
        raw = request.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()


def _undelivered(request: BaseRequest) -> int:
    """Bytes that the client's system has not acknowledged. What it has, the client can read after a reset too."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return 0
    queued = array("i", [0])
    fcntl.ioctl(transport.get_extra_info("socket").fileno(), termios.TIOCOUTQ, queued)
    return queued[0] + transport.get_write_buffer_size()


def close(request: BaseRequest) -> None:
    """FIN, after what was written."""
    if request.transport is not None:
        request.transport.close()


class Written(web.StreamResponse):
    """An answer that has been written already: nothing is left to do for aiohttp."""

    def __init__(self, *, keep_alive: bool) -> None:
        super().__init__()
        self._stays = keep_alive

    @property
    def keep_alive(self) -> bool:
        return self._stays

    async def prepare(self, request: BaseRequest) -> None:
        """Nothing of aiohttp's own goes into the answer."""

    async def write_eof(self, data: bytes = b"") -> None:
        """The end has been written, or withheld."""
