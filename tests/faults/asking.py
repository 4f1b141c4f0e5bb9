"""What a client comes to: status, pieces, and the error that ends them. The same question everywhere, so that two
outcomes can be compared whole.
"""

import asyncio
from typing import Any, NamedTuple

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

PATH = "/api/converse-edge"
"""A path that a profile knows, so that the terminal event counts."""

HANGS = "hangs"
"""In place of an error: the client was still waiting when our patience ran out."""

PATIENCE_S = 10.0
"""Nothing but a client that waits for ever takes so long, on the busiest machine."""

SHORT_PATIENCE_S = 0.6
"""For clients of whom it is known that they wait for ever."""

READ_TIMEOUT_S = 0.5
"""The client's own, for upstreams that stall; a busy machine must not reach it by itself."""


class Outcome(NamedTuple):
    """What the caller of a client sees. `error` is the name of a class, empty for a clean end."""

    status: int
    pieces: tuple[bytes, ...]
    error: str

    @property
    def body(self) -> bytes:
        return b"".join(self.pieces)

    @property
    def in_all(self) -> tuple[int, bytes, str]:
        """However it was cut: on a busy machine two writes can come as one read."""
        return self.status, self.body, self.error


async def ask(
    url: str,
    session: aiohttp.ClientSession | None = None,
    n: int = 1,
    patience_s: float = PATIENCE_S,
    **asked: Any,
) -> Outcome:
    """Ask once and read to the end, whatever that is."""
    if session is None:
        waits = aiohttp.ClientTimeout(total=None, sock_read=READ_TIMEOUT_S)
        async with aiohttp.ClientSession(timeout=waits) as own:
            return await ask(url, own, n, patience_s, **asked)
    status, pieces = 0, []
    try:
        async with (
            asyncio.timeout(patience_s) as patience,
            session.post(url + PATH, json={"n": n}, **asked) as response,
        ):
            status = response.status
            async for piece in response.content.iter_any():
                pieces.append(piece)  # what came before an error is kept
    except (aiohttp.ClientError, HttpProcessingError, OSError) as error:
        return Outcome(status, tuple(pieces), HANGS if patience.expired() else type(error).__name__)
    return Outcome(status, tuple(pieces), "")
