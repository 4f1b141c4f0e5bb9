"""The four clients that are one to us: httpx and httpx2, sync and async, asked in the same way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import httpx2

from harness.net.transport import AsyncCassetteTransport, CassetteTransport

if TYPE_CHECKING:
    from types import ModuleType


class Kind(NamedTuple):
    """One of the four."""

    library: ModuleType
    is_async: bool

    def transport(self, *arguments: Any, **named: Any) -> Any:
        """Our transport for it."""
        return (AsyncCassetteTransport if self.is_async else CassetteTransport)(*arguments, **named)

    def client(self, transport: Any = None, **named: Any) -> Any:
        """A client; without a transport one that goes out live."""
        make = self.library.AsyncClient if self.is_async else self.library.Client
        named = {"timeout": self.library.Timeout(5, read=0.15)} | named
        return make(transport=transport, trust_env=False, **named)

    async def fetch(self, client: Any, url: str, **asked: Any) -> Got:
        """One request by a client that stays open."""
        if self.is_async:
            return await fetch_async(client, url, **asked)
        return await asyncio.to_thread(fetch, client, url, **asked)

    async def close(self, client: Any) -> None:
        """Close what `client` gave."""
        await client.aclose() if self.is_async else client.close()


KINDS = {
    "httpx": Kind(httpx, False),
    "httpx-async": Kind(httpx, True),
    "httpx2": Kind(httpx2, False),
    "httpx2-async": Kind(httpx2, True),
}


class Got(NamedTuple):
    """What a client got: the body's pieces as they came, and the class of the error that ended them."""

    pieces: list[bytes]
    error: str = ""
    status: int = 0


async def fetched(kind: Kind, url: str, transport: Any = None, **asked: Any) -> Got:
    """One request by a client of its own, which is closed afterwards."""
    if kind.is_async:
        async with kind.client(transport, **_taken(asked)) as client:
            return await fetch_async(client, url, **asked)
    return await asyncio.to_thread(_fetched, kind, url, transport, asked)


def _fetched(kind: Kind, url: str, transport: Any, asked: dict[str, Any]) -> Got:
    with kind.client(transport, **_taken(asked)) as client:
        return fetch(client, url, **asked)


def _taken(asked: dict[str, Any]) -> dict[str, Any]:
    """Arguments that are the client's."""
    return {name: asked.pop(name) for name in ("follow_redirects", "timeout") if name in asked}


def fetch(client: Any, url: str, method: str = "POST", on_piece: Any = None, **asked: Any) -> Got:
    """One request; what came before an error is kept."""
    pieces: list[bytes] = []
    status = 0
    asked = asked if "content" in asked or method != "POST" else {"json": {"n": 1}} | asked
    try:
        with client.stream(method, url, **asked) as response:
            status = response.status_code
            for piece in response.iter_raw():
                pieces.append(piece)
                if on_piece is not None:
                    on_piece()
    except (httpx.HTTPError, httpx2.HTTPError) as error:
        return Got(pieces, type(error).__name__, status)
    return Got(pieces, "", status)


async def fetch_async(client: Any, url: str, method: str = "POST", on_piece: Any = None, **asked: Any) -> Got:
    """The same of an async client."""
    pieces: list[bytes] = []
    status = 0
    asked = asked if "content" in asked or method != "POST" else {"json": {"n": 1}} | asked
    try:
        async with client.stream(method, url, **asked) as response:
            status = response.status_code
            async for piece in response.aiter_raw():
                pieces.append(piece)
                if on_piece is not None:
                    on_piece()
    except (httpx.HTTPError, httpx2.HTTPError) as error:
        return Got(pieces, type(error).__name__, status)
    return Got(pieces, "", status)
