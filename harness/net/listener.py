"""How a server of ours listens: on loopback unless told otherwise, for callers who mean this machine, with limits.

An edge: it opens the listening socket. Who is turned away stands in `harness.net.guard`; what is answered is the
handler's business.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Self

from aiohttp import HttpVersion10, HttpVersion11, web
from aiohttp.hdrs import METH_CONNECT
from aiohttp.http import HttpProcessingError

from harness.errors import UsageError
from harness.net.crowd import AT_ONCE, Door, room
from harness.net.guard import bind_host, refusal
from harness.net.outgoing import close

if TYPE_CHECKING:
    from types import TracebackType

Handler = Callable[[web.Request, bytes], Awaitable[web.StreamResponse]]
"""What answers a request, and its body: whole, or empty where the handler reads it by itself."""

KEEPALIVE_S = 15.0
"""How long an idle connection stays open, and how long a request's head may take; aiohttp's own is an hour."""

BODY_S = 30.0
"""How long the body of a request may take; without it a dripped body holds its handler for ever."""

STOPPING_S = 0.5
"""How long answers may go on when the server is told to stop."""

BACKLOG = 1024
"""Callers who may wait at the door; the system may allow fewer."""

MAX_BODY = 8 * 1024 * 1024
"""Bytes of a request's body at most: a conversation of a million words has less."""

_quiet = logging.getLogger(__name__)
_quiet.addHandler(logging.NullHandler())  # aiohttp logs a whole traceback for each malformed request


class Listener:
    """An HTTP server on one port, as an async context manager. `url` is known while it is entered.

    *mark* is a header put into every answer. Unless *gathers*, the handler reads bodies by itself, and reads them as
    they came: only what is gathered has its content-coding undone.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        host: str,
        port: int,
        allow_remote: bool = False,
        mark: tuple[str, str] | None = None,
        gathers: bool = True,
    ) -> None:
        self._handler = handler
        self._host, self._port = bind_host(host, allow_remote=allow_remote), port
        self._remote = allow_remote
        self._mark = mark
        self._gathers = gathers
        self._runner: web.AppRunner | None = None
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        if self._server is None:
            raise UsageError("the server is not running", help="enter it first: `async with ... as server:`")
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        self._runner = web.AppRunner(
            self._application(),
            access_log=None,
            auto_decompress=self._gathers,
            logger=_quiet,
            keepalive_timeout=KEEPALIVE_S,
            handler_cancellation=True,
            shutdown_timeout=STOPPING_S,
        )
        await self._runner.setup()
        try:
            self._server = await self._listening(self._runner)
        except OSError as error:
            await self._stop()
            raise UsageError(
                f"cannot listen on {self._host}, port {self._port}: {error.strerror}",
                help="choose another port, or 0 for a free one",
            ) from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._stop()

    async def _listening(self, runner: web.AppRunner) -> asyncio.Server:
        assert runner.server is not None  # it was set up just now
        door, loop = partial(Door, runner.server, most=room()), asyncio.get_running_loop()
        server = await loop.create_server(door, self._host, self._port, backlog=AT_ONCE)
        for listening in server.sockets:
            with (
                listening.dup() as same
            ):  # asyncio has one number for who is let in at one go and who may wait
                same.listen(BACKLOG)
        return server

    async def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=MAX_BODY, middlewares=[_without_tunnels])
        app.router.add_route(
            "*", "/{path:(?s:.*)}", self._admit
        )  # %0A in a path is a line break to the router
        app.on_response_prepare.append(self._sign)
        return app

    async def _sign(self, request: web.Request, response: web.StreamResponse) -> None:
        """A server that stands for another does not say what it is made of, but may say that it stands in."""
        response.headers.popall("Server", None)
        if self._mark is not None:
            response.headers[self._mark[0]] = self._mark[1]

    async def _admit(self, request: web.Request) -> web.StreamResponse:
        _refuse_what_is_not_spoken(request)
        if not self._remote:
            origins = request.headers.getall("Origin", [])
            refused = refusal(request.headers.get("Host"), ", ".join(origins) if origins else None)
            if refused is not None:
                raise web.HTTPForbidden(text=f"{refused}\n")
        return await self._handler(request, await _gathered(request) if self._gathers else b"")


@web.middleware
async def _without_tunnels(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """CONNECT is refused, and the connection closed: aiohttp's pure parser takes all that follows for its body, and
    waits for an end of it.
    """
    if request.method != METH_CONNECT:
        return await handler(request)
    refused = web.Response(status=404, text="this server is no proxy\n")
    refused.force_close()
    await refused.prepare(request)
    await refused.write_eof()
    close(request)
    return refused


def _refuse_what_is_not_spoken(request: web.Request) -> None:
    """aiohttp's parser lets these pass; passed on, or taken for something else, they would do harm."""
    if request.version not in _VERSIONS:
        raise web.HTTPVersionNotSupported(text="this server speaks HTTP/1.1 and HTTP/1.0\n")
    if not request.raw_path.startswith("/"):
        raise web.HTTPBadRequest(text="this server is no proxy\n")
    if request.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
        raise web.HTTPNotImplemented(text="this server knows no Transfer-Encoding but chunked\n")
    if (request.content_length or 0) > MAX_BODY:
        raise web.HTTPRequestEntityTooLarge(max_size=MAX_BODY, actual_size=request.content_length or 0)


_VERSIONS = frozenset({HttpVersion10, HttpVersion11})


async def _gathered(request: web.Request) -> bytes:
    try:
        if request.content.is_eof():  # it came with the head, as most do
            return await request.read()
        async with asyncio.timeout(BODY_S):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except (web.RequestPayloadError, HttpProcessingError):  # the latter where it was being waited for
        raise web.HTTPBadRequest(text="the body is not what its headers say\n") from None
