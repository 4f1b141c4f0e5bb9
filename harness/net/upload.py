"""The body of a request on its way to the upstream: passed on as it comes, kept for the tape, within limits.

An edge on aiohttp's server. A body that breaks a limit is refused, and so is one that its sender drips.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.http import HttpProcessingError

from harness.net.listener import BODY_S, MAX_BODY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import StreamReader


class Upload:
    """One body. `refusal` is set when it is not passed on to its end, and says to its sender why."""

    def __init__(self, content: StreamReader) -> None:
        self._content = content
        self._kept: list[bytes] = []
        self._size = 0
        self._patience_s = BODY_S
        self.refusal: web.HTTPException | None = None

    @property
    def kept(self) -> bytes:
        """What has come so far."""
        return b"".join(self._kept)

    def body(self) -> bytes | AsyncIterator[bytes]:
        """What is to be sent: the whole body where it has come already, which saves a turn, or else its pieces."""
        if not self._content.is_eof() or self._content.total_bytes > MAX_BODY:
            return self.pieces()
        self._kept.append(self._content.read_nowait())
        return self._kept[0]

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body piece by piece. The upstream may take its time, the sender may not."""
        while piece := await self._read():
            self._size += len(piece)
            if self._size > MAX_BODY:
                self.refusal = web.HTTPRequestEntityTooLarge(max_size=MAX_BODY, actual_size=self._size)
                raise ValueError("the body is too large")
            self._kept.append(piece)
            yield piece

    async def _read(self) -> bytes:
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._patience_s):
                return await self._content.readany()
        except TimeoutError:
            self.refusal = web.HTTPRequestTimeout()
            raise
        except (
            web.RequestPayloadError,
            HttpProcessingError,
        ):  # the sender's fault, and not to be laid at the upstream's door
            self.refusal = web.HTTPBadRequest(text="the body is not what its headers say\n")
            raise
        finally:
            self._patience_s -= asyncio.get_running_loop().time() - began
