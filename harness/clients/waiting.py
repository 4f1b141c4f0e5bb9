"""How long a client waits: for the connection, the first byte, the next piece, and in all. Knows clocks and
nothing of replies.

Every wait is ours. The HTTP library's own time-outs do not fire when its parser is stuck on a broken chunk
size.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError

from harness.errors import StalledError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CONNECTION_ERRORS = (aiohttp.ClientError, HttpProcessingError, ConnectionError)
"""What aiohttp raises when a connection cannot be made, breaks, or carries no HTTP. Its pure parser raises
the second kind bare.
"""


class Timeouts(msgspec.Struct, frozen=True, kw_only=True):
    """How long each wait may last, in seconds; None waits for ever."""

    connect: float | None = 15.0
    first_byte: float | None = 60.0
    """For the answer's head, and then for its first piece: a model thinks before it speaks."""
    between: float | None = 60.0
    """Between two pieces; proxies in front of such services close idle streams after about as long."""
    total: float | None = 900.0

    @property
    def head(self) -> float | None:
        """For the connection and the answer's head together."""
        if self.connect is None or self.first_byte is None:
            return None
        return self.connect + self.first_byte


class Watch:
    """Time-outs of one request: each wait has its own, and the whole has one."""

    def __init__(self, timeouts: Timeouts) -> None:
        self.timeouts = timeouts
        self._ends_at = None if timeouts.total is None else asyncio.get_running_loop().time() + timeouts.total

    @asynccontextmanager
    async def over(self, what: str, seconds: float | None) -> AsyncIterator[None]:
        """Wait inside for `what`, at most `seconds`. Raises StalledError when that or the total runs out."""
        now = asyncio.get_running_loop().time()
        moments = [moment for moment in (seconds and now + seconds, self._ends_at) if moment is not None]
        try:
            async with asyncio.timeout_at(min(moments, default=None)):
                yield
        except TimeoutError as error:
            raise self._stalled(what, asyncio.get_running_loop().time() - now) from error

    def _stalled(self, what: str, waited: float) -> StalledError:
        return StalledError(
            f"Waited {waited:.1f} s in vain for {what}.",
            expected=f"connect {self.timeouts.connect}, first byte {self.timeouts.first_byte}, "
            f"between pieces {self.timeouts.between}, total {self.timeouts.total} (seconds)",
            help="ask again, or set longer `Vitalentum.timeouts`",
        )
