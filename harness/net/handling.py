"""The answer to one httpx request: one that plays a recording, or a live one that is listened to.

Serves httpx and httpx2, sync and async, so that a step stands here twice where one of the two waits. What is on
the cassette and what may be recorded is the session's business.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from harness.cassette.framing import Playback
from harness.cassette.model import End, Request
from harness.net.answer import Framing, framing_of, headers_to_send
from harness.net.httpxkin import error_at_end, library_of, stream_class, wire_end
from harness.net.streamplay import StreamPlay
from harness.net.streamtap import StreamTap
from harness.net.tap import Head, WireEnd, head_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from types import ModuleType

    from harness.cassette.model import Interaction, Response
    from harness.net.session import CassetteSession

# What is asked and what is answered are values of httpx or of httpx2: `Any` stands for both.


def handle(session: CassetteSession, asked: Any, live: Callable[[], Any]) -> Any:
    """The response to `asked`; `live` gets a real one. Raises CassetteMiss where neither a recording nor the
    mode allows one.
    """
    asked.read()
    request = _request(asked)
    recorded = session.find(request)
    if recorded is not None:
        return _played(session, asked, recorded)
    tap = _tap(session, asked, request)
    with _traced(asked, _trace, tap):
        answered = live()
    return _overheard(answered, tap)


async def handle_async(session: CassetteSession, asked: Any, live: Callable[[], Awaitable[Any]]) -> Any:
    """As `handle`, for async clients."""
    await asked.aread()
    request = _request(asked)
    recorded = session.find(request)
    if recorded is not None:
        return _played(session, asked, recorded)
    tap = _tap(session, asked, request)
    with _traced(asked, _trace_async, tap):
        answered = await live()
    return _overheard(answered, tap)


def _request(asked: Any) -> Request:
    """What is about to be sent. Its body has been gathered by now, a streamed one as well."""
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in asked.headers.raw)
    return Request(asked.method, str(asked.url.copy_with(fragment=None)), headers, asked.content or None)


# Playing --------------------------------------------------------------------------------------------------------------


def _played(session: CassetteSession, asked: Any, recorded: Interaction) -> Any:
    library = library_of(asked)
    response, shown = session.shown(recorded)
    framing = framing_of(response, asked.method)
    play = StreamPlay(
        shown if framing is not Framing.NONE else Playback((), End.COMPLETE, 0.0),
        error=error_at_end(library, shown),
        impatient=library.ReadTimeout("timed out"),
        patience_s=asked.extensions.get("timeout", {}).get("read"),
    )
    return library.Response(
        response.status,
        headers=[
            (name.encode("latin-1"), _latin(value)) for name, value in headers_to_send(response, framing)
        ],
        stream=stream_class(library)(play),
        extensions={"http_version": _version(response), "reason_phrase": _latin(response.reason)},
    )


def _version(response: Response) -> bytes:
    recorded = response.stream.http_version if response.stream else None
    return f"HTTP/{recorded or '1.1'}".encode()


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace")


# Recording ------------------------------------------------------------------------------------------------------------


def _tap(session: CassetteSession, asked: Any, request: Request) -> StreamTap:
    tap = StreamTap(session.record(request, sent_at=datetime.now(UTC)), method=asked.method)
    session.at_close(tap.left)
    return tap


@contextmanager
def _traced(asked: Any, make: Callable[[StreamTap, Any], Any], tap: StreamTap) -> Iterator[None]:
    """Have the transport say when the request has gone out: connecting is no part of the answer's times."""
    theirs = asked.extensions
    asked.extensions = {**theirs, "trace": make(tap, theirs.get("trace"))}
    try:
        yield
    finally:
        asked.extensions = theirs


def _trace(tap: StreamTap, theirs: Callable[..., None] | None) -> Callable[[str, Any], None]:
    def trace(event: str, info: Any) -> None:
        tap.traced(event)
        if theirs is not None:
            theirs(event, info)

    return trace


def _trace_async(
    tap: StreamTap, theirs: Callable[..., Awaitable[None]] | None
) -> Callable[[str, Any], Awaitable[None]]:
    async def trace(event: str, info: Any) -> None:
        tap.traced(event)
        if theirs is not None:
            await theirs(event, info)

    return trace


def _overheard(answered: Any, tap: StreamTap) -> Any:
    """The same response, with its body listened to."""
    tap.answered(_head(answered))
    tee = _Tee(answered.stream, tap, library_of(answered))
    if answered.is_stream_consumed:  # it was made whole, as `MockTransport` makes them
        deque(tee.pieces(), maxlen=0)
    else:
        answered.stream = stream_class(tee.library)(tee)
    return answered


def _head(answered: Any) -> Head:
    extensions = answered.extensions
    version = extensions.get("http_version", b"HTTP/1.1").decode("latin-1").removeprefix("HTTP/")
    return head_of(answered.status_code, extensions.get("reason_phrase", b""), answered.headers.raw, version)


class _Tee:
    """A live body on its way to the caller."""

    def __init__(self, body: Any, tap: StreamTap, library: ModuleType) -> None:
        self._body = body
        self._tap = tap
        self.library = library

    def pieces(self) -> Iterator[bytes]:
        with self._end_told():
            for piece in self._body:
                self._tap.arrived(piece)
                yield piece
                self._tap.caught_up()

    async def pieces_async(self) -> AsyncIterator[bytes]:
        with self._end_told():
            async for piece in self._body:
                self._tap.arrived(piece)
                yield piece
                self._tap.caught_up()

    def close(self) -> None:
        self._tap.left()
        self._body.close()

    async def close_async(self) -> None:
        self._tap.left()
        await self._body.aclose()

    @contextmanager
    def _end_told(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self._tap.over(wire_end(self.library, error))
            raise
        self._tap.over(WireEnd.CLEAN)
