"""A proxy in front of one upstream that records whatever any client sends through it, in any language.

An edge: sockets and the clock. What is passed on, and as what, stands in `harness.net.forwarding`; who is turned
away in `harness.net.guard`. Bytes are relayed as they come and never wait for the recording; how the upstream
ends, the client sees as well.
"""

from __future__ import annotations

import asyncio
import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from harness.cassette.framing import NO_CHUNK
from harness.cassette.model import Request, Response
from harness.cassette.provenance import parse_source
from harness.disk.upstreams import ensure_upstreams
from harness.errors import UsageError
from harness.net.answer import Framing, framed, framing_of, terminator
from harness.net.forwarding import answer_head, led_back, parse_base, plain_body, request_headers, target
from harness.net.listener import MAX_BODY, Listener
from harness.net.livetap import LiveTap
from harness.net.outgoing import Written, close, reset, write
from harness.net.tap import WireEnd
from harness.net.tapefolder import TapeFolder
from harness.net.upload import Upload
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from types import TracebackType

    from aiohttp.connector import Connection
    from yarl import URL

    from harness.cassette.model import Headers
    from harness.finding import Finding, Report
    from harness.net.livecheck import LiveCheck
    from harness.net.recorder import Recorder
    from harness.upstreams.upstream import Upstream

CONNECT_S = 30.0
"""How long the upstream may take to accept a connection; after that it counts as unreachable."""

IDLE_S = 4.0
"""How long an unused connection to the upstream is kept: many servers close theirs after five seconds, and a request
that meets the closing is lost.
"""

MAX_OPEN = 1000
"""Connections to the upstream at the same time; further requests wait."""

FIRST_S = 0.003
"""How long the work of beginning a tape waits when the first piece has been passed on: the client, another process on
this machine, is to have it before.
"""

_NONE_OF_OURS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""Headers that aiohttp would add where a client sends none."""

_log = logging.getLogger(__name__)


class RecordingProxy:
    """An async context manager; `url` is where it listens.

        async with RecordingProxy("vitalentum", "https://app.vitalentum.io", "recorded/") as proxy:
            Vitalentum.url = proxy.url

    `upstream` names a profile, or is None for one that nobody described; `base_url` is the only place that
    requests go to, by default the profile's. `out` is a folder: each exchange is written there when it ends, as
    a tape of its own (`harness.net.tapefolder`). An upstream that cannot be reached is answered for with 502 and
    a JSON body. `asked` counts the requests that came, `recorded` the tapes.

    With `validate` each exchange is held against the upstream's contract while it runs: `on_finding` is called with
    each finding when it comes, and `report` has them all at the end.

    Raises UsageError for bad arguments and a port that is taken; on leaving, whatever went wrong with a
    recording.
    """

    def __init__(
        self,
        upstream: str | None,
        base_url: str | None,
        out: str | Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        source: str | None = None,
        recorded_from: str | None = None,
        allow_remote: bool = False,
        validate: bool = False,
        on_finding: Callable[[Finding], None] | None = None,
    ) -> None:
        ensure_upstreams()
        profile = get_upstream(upstream) if upstream else None
        self._check = _live_check(profile, on_finding) if validate else None
        self.report: Report | None = None
        """What the check found, where one was asked for; there once the proxy has stopped."""
        self._base = parse_base(_base_url(base_url, profile))
        self._tapes = TapeFolder(
            Path(out),
            upstream=profile,
            source=parse_source(source) if source else None,
            recorded_from=recorded_from,
            check=self._check,
        )
        self._listener = Listener(
            self._answer, host=host, port=port, allow_remote=allow_remote, gathers=False
        )
        self._client: aiohttp.ClientSession | None = None
        self.asked = 0

    @property
    def url(self) -> str:
        """The base URL for clients, without a slash at its end."""
        return self._listener.url

    @property
    def base_url(self) -> str:
        """Where requests go."""
        return str(self._base)

    @property
    def recorded(self) -> int:
        """Exchanges that are on a tape."""
        return self._tapes.recorded

    async def __aenter__(self) -> Self:
        await self._listener.__aenter__()
        self._client = _client()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._listener.__aexit__(kind, error, where)  # ends what is open, and so its recordings
        assert self._client is not None  # __aenter__ came first
        await self._client.close()
        await self._tapes.saved()
        if self._check is not None:
            self.report = await asyncio.to_thread(self._check.report)
        if error is None and self._tapes.failure is not None:
            raise self._tapes.failure

    async def _answer(self, request: web.Request, _: bytes) -> web.StreamResponse:
        self.asked += 1
        try:
            url = target(self._base, request.raw_path)
            headers = request_headers(_asked(request), self._base, self.url)
        except ValueError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None
        upload = Upload(request.content)
        recording = self._tapes.recording(
            lambda: _recorded(request, url, headers, upload),
            sent_at=datetime.now(UTC),
        )
        line = _Line(recording.recorder)
        try:
            return await self._pass_on(request, url, headers, upload, line)
        finally:
            line.hang_up()
            self._tapes.save(recording)

    async def _pass_on(
        self, request: web.Request, url: URL, headers: Headers, upload: Upload, line: _Line
    ) -> web.StreamResponse:
        assert self._client is not None  # the listener listens no longer than it lives
        _Line.here.set(line)
        try:
            answer = await self._client.request(
                request.method,
                url,
                headers=CIMultiDict(headers),
                data=upload.body() if request.body_exists else None,
                allow_redirects=False,
                skip_auto_headers=_NONE_OF_OURS,
            )
        except (aiohttp.ClientError, OSError) as error:
            if upload.refusal is not None:
                raise upload.refusal from None
            return self._unreachable(error)
        try:
            return await _relay(request, answer, led_back(_headers(answer), self._base, self.url), line)
        finally:
            answer.close()

    def _unreachable(self, error: Exception) -> web.Response:
        words = f"The upstream {self._base} gave no answer: {str(error) or type(error).__name__}"
        _log.warning("%s", words)
        body = {"error": {"type": "harness_upstream", "message": words}}
        return web.json_response(body, status=502)


class _Line:
    """The connection to the upstream that one exchange got, and how it fared."""

    here: ContextVar[_Line] = ContextVar("harness_proxy_line")
    """The one of the request that this task passes on."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._tap: _Tap | None = None
        self._body: aiohttp.StreamReader | None = None
        self._is_closed = False
        self.is_cut = False

    def listen(self, connection: Connection, method: str) -> None:
        """A connection was got; a second one, where the first was one that the upstream had given up."""
        assert connection.protocol is not None  # it was got just now
        self._tap = _Tap(connection.protocol, self._recorder, method=method)
        self._tap.when_closed = self._wake_up

    def hang_up(self) -> None:
        """The exchange is over, whatever came of it."""
        if self._tap is not None:
            self._tap.stop()

    @property
    def end(self) -> WireEnd:
        """How the upstream ended the answer."""
        if self._tap is not None and self._tap.broke:
            return WireEnd.RESET
        if not self.is_cut:
            return WireEnd.CLEAN
        is_rubbish = self._tap is not None and self._tap.broke_a_chunk
        return WireEnd.BROKEN_CHUNK if is_rubbish else WireEnd.SHORT

    async def pieces(self, body: aiohttp.StreamReader) -> AsyncIterator[bytes]:
        """The body as it comes; after an error what had come before, which aiohttp does not hand out any more."""
        self._body = body
        if self._is_closed:
            self._wake_up()
        try:
            while piece := await body.readany():
                yield piece
        except Exception:  # whatever it is: the upstream broke off, and that is passed on as it is
            self.is_cut = True
        if self.is_cut:
            yield b"".join(body._buffer)

    def _wake_up(self) -> None:
        """aiohttp's C parser closes on what is no HTTP, and lets the reader of the body wait for ever."""
        self._is_closed = True
        if self._body is not None and not self._body.is_eof():
            self._body.set_exception(aiohttp.ClientPayloadError("the connection was closed"))


class _Tap(LiveTap):
    """A tap that also tells what aiohttp keeps to itself: that a connection broke, and that it was closed."""

    broke = False
    when_closed: Callable[[], None]

    def soon(self, step: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(FIRST_S, step)

    def lost(self, error: BaseException | None) -> None:
        self.broke = error is not None
        super().lost(error)

    def closed(self) -> None:
        super().closed()
        self.when_closed()


class _Connector(aiohttp.TCPConnector):
    """Every connection it hands out is listened to, for the exchange that asked for it."""

    async def connect(
        self, req: aiohttp.ClientRequest, traces: list[Any], timeout: aiohttp.ClientTimeout
    ) -> Connection:
        connection = await super().connect(req, traces, timeout)
        _Line.here.get().listen(connection, req.method)
        return connection


def _client() -> aiohttp.ClientSession:
    """A client that adds nothing: no cookies, no proxies or passwords of the environment, no decoding, no hurry."""
    return aiohttp.ClientSession(
        connector=_Connector(limit=MAX_OPEN, keepalive_timeout=IDLE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S),
    )


async def _relay(
    request: web.Request, answer: aiohttp.ClientResponse, headers: Headers, line: _Line
) -> Written:
    """Head, body and ending of an answer, for the client."""
    framing = _framing(request, Response(answer.status, "", headers))
    stays = request.keep_alive and framing is not Framing.CLOSE
    try:
        await write(request, answer_head(answer.status, _reason(answer), headers, framing, closes=not stays))
        async for piece in line.pieces(answer.content):
            await write(request, framed(piece, framing))
    except TimeoutError:
        _log.warning("a client read nothing for so long that it was given up")
        return await _ended(request, WireEnd.RESET, framing, stays=False)
    return await _ended(request, line.end, framing, stays=stays)


async def _ended(request: web.Request, how: WireEnd, framing: Framing, *, stays: bool) -> Written:
    stays = stays and how is WireEnd.CLEAN
    if how is WireEnd.CLEAN:
        await write(request, terminator(framing))
    elif how is WireEnd.RESET:
        await reset(request)
    elif how is WireEnd.BROKEN_CHUNK and framing is Framing.CHUNKED:
        await write(request, NO_CHUNK)
    if not stays:
        close(request)
    return Written(keep_alive=stays)


def _asked(request: web.Request) -> Iterator[tuple[str, str]]:
    """The client's headers as it spelled them; aiohttp spells those that it knows in its own way."""
    for name, value in request.raw_headers:
        yield name.decode("latin-1"), value.decode("utf-8", "surrogateescape")


def _recorded(request: web.Request, url: URL, headers: Headers, upload: Upload) -> Request:
    """The request for the tape: what went up, as far as it has come, its coding undone."""
    body = plain_body(headers, upload.kept, at_most=MAX_BODY)
    return Request(request.method, str(url), headers, body or None)


def _framing(request: web.Request, response: Response) -> Framing:
    """As the upstream framed it, where the client knows that framing: HTTP/1.0 has no chunks."""
    framing = framing_of(response, request.method)
    is_old = request.version < aiohttp.HttpVersion11
    return Framing.CLOSE if is_old and framing is Framing.CHUNKED else framing


def _reason(answer: aiohttp.ClientResponse) -> str:
    """The bytes that came, as latin-1 like all of a head."""
    return (answer.reason or "").encode("utf-8", "surrogateescape").decode("latin-1")


def _headers(answer: aiohttp.ClientResponse) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.raw_headers)


def _live_check(upstream: Upstream | None, tell: Callable[[Finding], None] | None) -> LiveCheck:
    """Only here is the check imported: the validators behind it take their time."""
    from harness.net.livecheck import LiveCheck

    return LiveCheck(upstream, tell)


def _base_url(base_url: str | None, profile: Upstream | None) -> str:
    if base_url:
        return base_url
    if profile:
        return profile.base_url
    raise UsageError(
        "There is no upstream to send requests to.", expected="a base URL, or an upstream that has one"
    )
