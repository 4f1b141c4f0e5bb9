"""httpx transports that play or record through one cassette. Explicit: nothing is patched.

httpx.Client(transport=CassetteTransport("tape.yaml")),
httpx.AsyncClient(transport=AsyncCassetteTransport("tape.yaml"))

The same two serve httpx2, which current OpenAI clients use: each request brings its library along.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Self

from harness.net.handling import handle, handle_async
from harness.net.httpxkin import library_of
from harness.net.session import CassetteSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import TracebackType

    import httpx
    import httpx2

    from harness.cassette.faults import Fault
    from harness.cassette.model import Cassette
    from harness.net.doors import Here

    class _Transport(httpx.BaseTransport, httpx2.BaseTransport):
        """What a client of either library takes; at run time neither asks for a base class."""

        def handle_request(self, request: Any) -> Any: ...

    class _AsyncTransport(httpx.AsyncBaseTransport, httpx2.AsyncBaseTransport):
        """The same for async clients."""

        async def handle_async_request(self, request: Any) -> Any: ...
else:
    _Transport = _AsyncTransport = object


class _OnCassette:
    """What the two transports share: a session, and whatever goes out live."""

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
        live: Any = None,
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
        self._live = live
        self._first = threading.Lock()
        self._is_put_away = False

    def _live_for(self, request: Any, kind: str) -> Any:
        with self._first:
            if self._live is None:
                self._live = getattr(library_of(request), kind)()
            return self._live

    def _put_away(self, error: BaseException | None) -> None:
        if not self._is_put_away:
            self._is_put_away = True
            self.session.close(failed=error is not None, strict=False)


class CassetteTransport(_OnCassette, _Transport):
    """Give it to `httpx.Client(transport=...)`; closing the client puts the cassette away.

    The arguments are those of `harness.use_cassette`. `live` is the transport for requests that are to be
    recorded; an `HTTPTransport` of the client's library by default. Threads may share it, as they may share a
    client.
    """

    def handle_request(self, request: Any) -> Any:
        """Called by the client for each request, redirects included."""
        return handle(
            self.session, request, lambda: self._live_for(request, "HTTPTransport").handle_request(request)
        )

    def close(self) -> None:
        """Save what was recorded, close the live connections."""
        self.__exit__(None, sys.exc_info()[1], None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        try:
            self._put_away(exc_value)
        finally:
            if self._live is not None:
                self._live.close()


class AsyncCassetteTransport(_OnCassette, _AsyncTransport):
    """Give it to `httpx.AsyncClient(transport=...)`; as `CassetteTransport` in everything else."""

    async def handle_async_request(self, request: Any) -> Any:
        """Called by the client for each request, redirects included."""
        return await handle_async(
            self.session,
            request,
            lambda: self._live_for(request, "AsyncHTTPTransport").handle_async_request(request),
        )

    async def aclose(self) -> None:
        """Save what was recorded, close the live connections."""
        await self.__aexit__(None, sys.exc_info()[1], None)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        try:
            self._put_away(exc_value)
        finally:
            if self._live is not None:
                await self._live.aclose()


def through_cassette(real: Callable[..., Any], here: Here) -> Callable[..., Any]:
    """What takes the place of `HTTPTransport.handle_request` while a cassette is in use (`harness.net.doors`)."""

    def through(self: Any, request: Any) -> Any:
        session = here()
        return (
            real(self, request) if session is None else handle(session, request, lambda: real(self, request))
        )

    return through


def through_cassette_async(real: Callable[..., Any], here: Here) -> Callable[..., Any]:
    """The same for `AsyncHTTPTransport.handle_async_request`."""

    async def through(self: Any, request: Any) -> Any:
        session = here()
        if session is None:
            return await real(self, request)
        return await handle_async(session, request, lambda: real(self, request))

    return through
