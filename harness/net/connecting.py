"""The connection for one aiohttp request: one that plays a recording, or a live one that is listened to.

Knows aiohttp's `ResponseHandler` and `Connection`; what is on the cassette and what may be recorded is the
session's business.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import BaseConnector, Connection

from harness.cassette.model import Interaction, Request
from harness.net.livetap import LiveTap
from harness.net.memory import MemoryTransport

if TYPE_CHECKING:
    from aiohttp import ClientRequest

    from harness.net.session import CassetteSession

Live: TypeAlias = Callable[[], Awaitable[Connection]]


async def connect(
    session: CassetteSession, connector: BaseConnector, asked: ClientRequest, live: Live
) -> Connection:
    """A connection for `asked`; `live` makes a real one. Raises CassetteMiss where neither a recording nor
    the mode allows one.
    """
    request = await _read(asked)
    recorded = session.find(request)
    if recorded is not None:
        return _played(session, connector, asked, recorded)
    connection = await live()
    assert connection.protocol is not None  # a connection that was just made
    recorder = session.record(request, sent_at=datetime.now(UTC))
    tap = LiveTap(connection.protocol, recorder, method=asked.method)
    connection.add_callback(tap.given_back)
    session.at_close(tap.stop)
    return connection


def _played(
    session: CassetteSession, connector: BaseConnector, asked: ClientRequest, recorded: Interaction
) -> Connection:
    loop = asyncio.get_running_loop()
    handler = ResponseHandler(loop)
    response, shown = session.shown(recorded)
    handler.connection_made(MemoryTransport(handler, response, shown, method=asked.method))
    handler.force_close()  # a played connection must never end up in the pool of live ones
    return Connection(connector, asked.connection_key, handler, loop)


async def _read(asked: ClientRequest) -> Request:
    """What is about to be sent, as far as the client has said it; the bytes of a streamed body are gathered first."""
    body = asked.body
    content = body if isinstance(body, bytes) else await body.as_bytes()
    headers = tuple(
        (str(name), str(value)) for name, value in asked.headers.items()
    )  # aiohttp has a str of its own
    return Request(asked.method, str(asked.url.with_fragment(None)), headers, content or None)
