"""Other people's stream parsers in the form that `harness fuzz` takes: bytes in pieces -> events.

Each function gives a library the pieces in the way its own users do, and nothing more. The libraries are asked for
when they are used, so that one of them can be fuzzed without the others.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_LOOP = asyncio.new_event_loop()


def naive(pieces: Iterable[bytes]) -> Iterator[str]:
    """The loop that everybody has written once, over the lines of httpx."""
    import httpx

    for line in httpx.Response(200, content=pieces).iter_lines():
        if line.startswith("data: "):
            yield line[6:]


def httpx_sse(pieces: Iterable[bytes]) -> Iterator[Any]:
    """httpx-sse, over a response that brings the pieces."""
    import httpx
    from httpx_sse import EventSource

    headers = {"content-type": "text/event-stream"}
    return EventSource(httpx.Response(200, headers=headers, content=pieces)).iter_sse()


def sseclient_py(pieces: Iterable[bytes]) -> Iterator[Any]:
    """sseclient-py, over the pieces as requests hands them on."""
    from sseclient import SSEClient

    return SSEClient(pieces).events()


class SSEEvent:
    """An event of aiohttp-sse-client under the names that everybody else uses."""

    def __init__(self, event: Any) -> None:
        self.data, self.event, self.id = event.data, event.type, event.last_event_id


def aiohttp_sse_client(pieces: Iterable[bytes]) -> list[SSEEvent]:
    """aiohttp-sse-client, over a stream of aiohttp's that brings the pieces."""
    return _LOOP.run_until_complete(_read_with_aiohttp(pieces))


async def _read_with_aiohttp(pieces: Iterable[bytes]) -> list[SSEEvent]:
    from aiohttp.base_protocol import BaseProtocol
    from aiohttp.streams import StreamReader
    from aiohttp_sse_client.client import EventSource

    content = StreamReader(BaseProtocol(_LOOP), 2**16, loop=_LOOP)
    for piece in pieces:
        content.feed_data(piece)
    content.feed_eof()
    source = EventSource("http://127.0.0.1/", session=object(), on_error=_no_more)
    source._response = _Answer(content)
    events = []
    try:
        while True:
            events.append(SSEEvent(await source.__anext__()))
    except EOFError:
        return events


def _no_more() -> None:
    """It calls this before it waits and connects again, which it would do for ever."""
    raise EOFError


class _Answer:
    """As much of a response as aiohttp-sse-client looks at."""

    status = 200

    def __init__(self, content: object) -> None:
        self.content = content
