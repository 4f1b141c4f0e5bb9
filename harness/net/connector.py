"""An aiohttp connector that plays or records through one cassette. Explicit: nothing is patched.

async with aiohttp.ClientSession(connector=CassetteConnector("tape.yaml")) as session: ...
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from aiohttp import BaseConnector, ClientRequest, ClientTimeout, TCPConnector

from harness.net.connecting import connect
from harness.net.session import CassetteSession

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from pathlib import Path

    from aiohttp.connector import Connection

    from harness.cassette.faults import Fault
    from harness.cassette.model import Cassette
    from harness.net.doors import Here


class CassetteConnector(BaseConnector):
    """Give it to `aiohttp.ClientSession(connector=...)`; closing the session puts the cassette away.

    The arguments are those of `harness.use_cassette`. `live` is the connector for requests that are to be recorded; a
    `TCPConnector` by default. Make it inside a running event loop, like every connector.
    """

    def __init__(
        self,
        cassette: str | Path | Cassette,
        *,
        mode: str = "none",
        pace: str | float = "instant",
        cut: str = "recorded",
        faults: str | Iterable[str | Fault] = (),
        upstream: str | None = None,
        source: str | None = None,
        recorded_from: str | None = None,
        validate: bool = False,
        live: BaseConnector | None = None,
    ) -> None:
        self.session = CassetteSession(
            cassette,
            mode=mode,
            pace=pace,
            cut=cut,
            faults=faults,
            upstream=upstream,
            source=source,
            recorded_from=recorded_from,
            validate=validate,
        )
        self.session.open()
        super().__init__()
        self._live = live
        self._put_away = False

    async def connect(self, req: ClientRequest, traces: list[Any], timeout: ClientTimeout) -> Connection:
        """Called by aiohttp for each request, redirects included."""
        return await connect(self.session, self, req, lambda: self._connect_live(req, traces, timeout))

    async def _connect_live(
        self, req: ClientRequest, traces: list[Any], timeout: ClientTimeout
    ) -> Connection:
        if self._live is None:
            self._live = TCPConnector()
        return await self._live.connect(req, traces, timeout)

    async def close(self, *, abort_ssl: bool = False) -> None:
        """Save what was recorded, close the live connections. aiohttp calls this when the session closes."""
        try:
            if not self._put_away:
                self._put_away = True
                self.session.close(failed=sys.exc_info()[1] is not None, strict=False)
        finally:
            if self._live is not None:
                await self._live.close()
            await super().close(abort_ssl=abort_ssl)


def through_cassette(
    real: Callable[..., Awaitable[Connection]], here: Here
) -> Callable[..., Awaitable[Connection]]:
    """What takes the place of `BaseConnector.connect` while a cassette is in use (`harness.net.doors`)."""

    async def through(
        self: BaseConnector, req: ClientRequest, traces: list[Any], timeout: ClientTimeout
    ) -> Connection:
        session = here()
        if session is None or isinstance(self, CassetteConnector):
            return await real(self, req, traces, timeout)
        return await connect(session, self, req, lambda: real(self, req, traces, timeout))

    return through
