"""How many callers a server takes at a time: as many as there is room for, and 503 for those beyond.

An edge: it asks the system for its limits. A process without a free file descriptor cannot even refuse: asyncio
then takes nobody in for a second at a time, and logs thousands of tracebacks (measured at a limit of 64). So the
last descriptors are kept back, for files and for refusing.
"""

from __future__ import annotations

import asyncio
import resource
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

AT_ONCE = 4
"""Callers let in at one go. asyncio needs four turns of its loop until a caller who is turned away has left."""

RESERVE = 48
"""Descriptors kept back, but never more than half: for files that are opened meanwhile, and callers being refused."""

IN_WORDS = 16
"""Callers who are refused in words at the same time; those beyond are turned away without a word."""

REFUSING_S = 0.5
"""How long a caller who is refused may take to hear it."""

ENOUGH = 65_536
"""More descriptors than this are not asked for: some systems have no limit and no room either."""

_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


def room() -> int:
    """The first descriptor that is kept back. The system hands out the lowest one that is free."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if most == resource.RLIM_INFINITY else max(most // 2, most - RESERVE)


def make_room() -> None:
    """Have the system allow this process all that it may have. For a process that is a server and nothing else."""
    most, at_most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if at_most == resource.RLIM_INFINITY else min(ENOUGH, at_most)
    if most != resource.RLIM_INFINITY and most < wanted:
        with suppress(ValueError, OSError):  # the limit that is told is not always the one that is kept
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, at_most))


class Door(asyncio.Protocol):
    """A connection that was just made: it goes on to the *server*, or is refused where its descriptor is one of those
    from *most* on.
    """

    def __init__(self, server: Callable[[], asyncio.Protocol], *, most: int) -> None:
        self._server = server
        self._most = most

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # it belongs to a TCP connection
        descriptor = transport.get_extra_info("socket").fileno()
        if descriptor >= self._most + IN_WORDS:
            transport.abort()
            return
        inside = self._server() if descriptor < self._most else _Refusal()
        transport.set_protocol(inside)
        inside.connection_made(transport)


class _Refusal(asyncio.Protocol):
    """Hears that a request comes, says 503, and takes in the rest of it: whoever closes on unread bytes resets the
    connection, and the answer may be lost with it.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # it belongs to a TCP connection
        self._transport = transport
        self._has_spoken = False
        self._timer = asyncio.get_running_loop().call_later(REFUSING_S, transport.abort)

    def data_received(self, data: bytes) -> None:
        if not self._has_spoken:
            self._has_spoken = True
            self._transport.write(_BUSY)
            self._transport.write_eof()

    def connection_lost(self, error: Exception | None) -> None:
        self._timer.cancel()
