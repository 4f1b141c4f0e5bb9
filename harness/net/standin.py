"""The Vitalentum stand-in: a server that speaks the service's protocol, for demos and tests.

An edge: sockets and the clock are here. What is said, when, and how it ends stands in a script
(`harness.upstreams.vitalentum.standin`), which this module plays: each piece is one HTTP chunk, and a broken
ending is a real one, on the socket.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from typing import TYPE_CHECKING, Self

from aiohttp import web

from harness import __version__
from harness.cassette.model import Request
from harness.cassette.provenance import STANDIN_HEADER
from harness.errors import UsageError
from harness.net.listener import Listener
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum.standin.intake import Refusal, take_in
from harness.upstreams.vitalentum.standin.mutation import Asked, admitted, refused, replied
from harness.upstreams.vitalentum.standin.mutations import find_mutations
from harness.upstreams.vitalentum.standin.scenarios import Scenario, find_scenario, script
from harness.upstreams.vitalentum.standin.script import Ending, Script

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

SCENARIO_HEADER = "x-harness-scenario"
"""A request that carries this header names its scenario itself."""

WRITE_S = 30.0
"""How long a client may leave a piece unread."""

SILENCE_S = 600.0
"""How long a connection that fell silent stays open."""

GRACE_S = 0.02
"""How long what was written may take to arrive before a reset, which would overtake it."""

MANY = 1000
"""How many requests are remembered; the oldest are forgotten first."""

VITALENTUM = get_upstream("vitalentum")
NO_PAGE = b"<!DOCTYPE html><html><body><h1>404: This page could not be found.</h1></body></html>"


class Standin:
    """A Vitalentum of your own, on a port of your own.

        async with Standin(scenario="reset") as standin:
            Vitalentum.url = standin.url

    *scenario* names a row of `SCENARIOS`; a request may choose another with the header `x-harness-scenario`.
    The same *seed* and conversation give the same bytes and the same delays. *speed* divides the delays: 2.0 is
    twice as fast, `math.inf` does not wait. *mutations* name rows of `MUTATIONS`: how this service has moved away from
    the one that was recorded. *port* 0 takes a free one. A host that is not loopback needs *allow_remote*. Raises
    `UsageError` for an unknown scenario or mutation, a speed of 0 or less, and a port that is taken.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        scenario: str = "reply",
        seed: int = 0,
        speed: float = 1.0,
        mutations: Sequence[str] = (),
        allow_remote: bool = False,
    ) -> None:
        if not speed > 0:
            raise UsageError(f"the speed {speed!r} is not above 0", expected="a factor, such as 2.0")
        self._scenario, self._seed, self._speed = find_scenario(scenario), seed, speed
        self._mutations = find_mutations(mutations)
        self._requests: deque[Request] = deque(maxlen=MANY)
        self._listener = Listener(
            self._answer, host=host, port=port, allow_remote=allow_remote, mark=(STANDIN_HEADER, __version__)
        )

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return self._listener.url

    @property
    def requests(self) -> list[Request]:
        """What came in, oldest first."""
        return list(self._requests)

    async def __aenter__(self) -> Self:
        await self._listener.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._listener.__aexit__(kind, error, where)

    async def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        self._requests.append(
            Request(request.method, str(request.url), tuple(request.headers.items()), body or None)
        )
        asked = admitted(self._mutations, _asked(request, body))
        if isinstance(asked, Refusal):
            return _refuse(asked)
        if asked.path != VITALENTUM.path:
            return _refuse(Refusal(404, "text/html; charset=utf-8", NO_PAGE))
        question = take_in(asked.body)
        if isinstance(question, Refusal):
            return _refuse(refused(self._mutations, question))
        played = script(self._chosen(request), question, self._seed)
        return await _play(request, replied(self._mutations, played), self._speed)

    def _chosen(self, request: web.Request) -> Scenario:
        try:
            return find_scenario(request.headers[SCENARIO_HEADER])
        except KeyError:
            return self._scenario
        except UsageError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None


def _asked(request: web.Request, body: bytes) -> Asked:
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Asked(request.method, request.path, headers, body)


def _refuse(refusal: Refusal) -> web.Response:
    return web.Response(
        status=refusal.status, body=refusal.body, headers={"Content-Type": refusal.content_type}
    )


async def _play(request: web.Request, script: Script, speed: float) -> web.StreamResponse:
    response = web.StreamResponse(status=script.status, headers=script.headers)
    await response.prepare(request)
    clock = asyncio.get_running_loop().time
    due = clock()
    for step in script.steps:
        due += step.delay_s / speed
        await asyncio.sleep(max(0.0, due - clock()))
        await _write(request, response, step.data)
    await asyncio.sleep(script.end_s / speed)
    await _ENDINGS[script.ending](request, response)
    return response


async def _write(request: web.Request, response: web.StreamResponse, data: bytes) -> None:
    try:
        async with asyncio.timeout(WRITE_S):
            await response.write(data)
    except TimeoutError:
        await _reset(request, response)
        raise ConnectionResetError("the client stopped reading") from None


async def _finish(request: web.Request, response: web.StreamResponse) -> None:
    await response.write_eof()


async def _close(request: web.Request, response: web.StreamResponse) -> None:
    """FIN: what was written still goes out, the body is left as it is."""
    if request.transport is not None:
        request.transport.close()


async def _reset(request: web.Request, response: web.StreamResponse) -> None:
    """RST: to linger for no time makes closing a reset."""
    await asyncio.sleep(GRACE_S)
    if request.transport is not None:
        raw = request.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()


async def _be_silent(request: web.Request, response: web.StreamResponse) -> None:
    await asyncio.sleep(SILENCE_S)
    await _close(request, response)


_ENDINGS = {
    Ending.FINISHED: _finish,
    Ending.CLOSED: _close,
    Ending.RESET: _reset,
    Ending.SILENT: _be_silent,
}
