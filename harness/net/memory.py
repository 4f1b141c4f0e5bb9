"""A recorded answer fed to aiohttp's own parser through a transport that is no socket.

The client's `ResponseHandler` gets HTTP bytes as from a wire, so chunked decoding, cookies, redirects and
errors are the real ones. A piece is fed when its time has come and the reader has taken the one before, so
the cuts stay exact however slow the reader is. A reader that finds nothing left gets a piece that is due
without a turn of the event loop, which costs more than the piece. Knows aiohttp and the event loop; nothing
of cassettes on disk.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import SocketTimeoutError, StreamReader

from harness.cassette.coded import is_coded
from harness.cassette.model import End, Response
from harness.net.answer import NO_FURTHER, Framing, ends_cleanly, framed, framing_of, head_bytes, terminator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiohttp.client_proto import ResponseHandler

    from harness.cassette.framing import Playback


MAX_AT_ONCE = 32
"""Pieces that a reader gets without a turn of the event loop; then other tasks have theirs."""


class MemoryTransport(asyncio.Transport):
    """The connection a client believes it has. It starts to answer when the request has begun to arrive."""

    def __init__(
        self, handler: ResponseHandler, response: Response, playback: Playback, *, method: str
    ) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._handler = handler
        self._framing = framing_of(response, method)
        self._head = head_bytes(response, self._framing)
        self._pieces = _timed(playback, self._framing)
        self._next = next(self._pieces, None)
        self._end, self._end_s = playback.end, playback.end_s
        self._rubbish, self._silence_s = playback.rubbish, playback.silence_s
        self._is_coded = is_coded(response)
        self._began = 0.0
        self._turn: asyncio.Handle | None = None
        self._waits_for_reader = False
        self._at_once = 0
        self._closing = False

    # what the client does to its connection

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if self._began:
            return
        self._began = self._loop.time()
        if b"\r\nexpect: 100-continue\r\n" in bytes(data).lower():
            self._loop.call_soon(self._feed, b"HTTP/1.1 100 Continue\r\n\r\n")
        self._turn = self._loop.call_soon(self._open)

    def resume_reading(self) -> None:
        """The reader took something: the moment for the next piece."""
        if self._waits_for_reader:
            self._waits_for_reader = False
            self._schedule()

    def wanted(self) -> bool:
        """The reader has nothing left. Whether it gets the next piece at once; else it is to wait."""
        if self._next is None or self._at_once >= MAX_AT_ONCE or self._seconds_left() > 0:
            self._at_once = 0
            return False
        self._at_once += 1
        self._play()
        return True

    def pause_reading(self) -> None:
        """Nothing to pause: no piece comes before the one before it was taken."""

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._stop()
            self._loop.call_soon(self._handler.connection_lost, None)

    abort = close

    def is_closing(self) -> bool:
        return self._closing

    def is_reading(self) -> bool:
        return not self._closing

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("127.0.0.1", 0) if name == "peername" else default

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    # what the recording does

    def _open(self) -> None:
        self._turn = None
        self._feed(self._head)
        _make_prompt(self._handler)
        self._schedule()

    def _schedule(self) -> None:
        """Take the next step when its time has come; one appointment at a time."""
        if self._turn is None:
            wait_s = self._seconds_left()
            later = self._loop.call_later
            self._turn = later(wait_s, self._step) if wait_s > 0 else self._loop.call_soon(self._step)

    def _step(self) -> None:
        self._turn = None
        if self._waits_for_reader or self._closing:
            return
        if self._seconds_left() > 0:
            self._schedule()
        elif self._next is not None:
            self._play()
        else:
            self._finish()

    def _seconds_left(self) -> float:
        """Until the next piece, or the end, is due."""
        due = self._end_s if self._next is None else self._next[0]
        return self._began + due - self._loop.time() if due else 0.0

    def _play(self) -> None:
        assert self._next is not None  # both callers have looked
        data, self._next = self._next[1], next(self._pieces, None)
        self._waits_for_reader = not self._is_coded
        self._feed(data)
        if self._is_coded:  # of such a piece the reader may get nothing, and could not say that it took it
            self._schedule()

    def _finish(self) -> None:
        if not ends_cleanly(self._end):
            self._feed(self._rubbish)
            _ENDINGS[self._end](self)
        elif self._framing is Framing.CLOSE:
            self._lose(None)

    def _feed(self, data: bytes) -> None:
        if data and not self._closing:
            self._handler.data_received(data)
            if self.is_closing():
                self._end_silence()

    def _end_silence(self) -> None:
        """The client has closed on what it was fed. aiohttp's C parser does not tell the reader of a body that cannot
        be parsed, and the reader waits for ever (measured with 3.14.5): a silence that lasts as long as it did in the
        recording, so that whoever has a time-out of its own meets that, and then ends like others.
        """
        body = self._handler._payload
        if body is None or body.exception() is not None or body.is_eof():
            return
        if self._silence_s:
            self._loop.call_later(self._silence_s, _break_off, body)
        else:
            self._time_out()

    def _lose(self, error: OSError | None) -> None:
        if not self._closing:
            self._closing = True
            self._handler.connection_lost(error)

    def _time_out(self) -> None:
        """What the client's own read time-out does; waiting for the real one would make a replay as slow as a
        fault.
        """
        fire = getattr(self._handler, "_on_read_timeout", None)
        fire() if fire is not None else self._handler.set_exception(
            SocketTimeoutError("Timeout on reading data")
        )

    def _stop(self) -> None:
        if self._turn is not None:
            self._turn.cancel()


class _PromptReader(StreamReader):
    """The client's own reader; before it goes to sleep it asks for the next piece.

    Should aiohttp come to wait in another way, the pieces come by turns of the event loop.
    """

    __slots__ = ()

    async def _wait(self, func_name: str) -> None:
        transport = self._protocol.transport
        if not (isinstance(transport, MemoryTransport) and transport.wanted()):
            await super()._wait(func_name)
        elif (
            self._exception is not None
        ):  # the piece cannot be read, and nobody else tells whoever asked for it
            raise self._exception


def _break_off(body: StreamReader) -> None:
    """End a silence after the connection is gone; one who has given up before is told nothing any more."""
    body.set_exception(SocketTimeoutError("Timeout on reading data"))


def _make_prompt(handler: ResponseHandler) -> None:
    if type(handler._payload) is StreamReader:
        handler._payload.__class__ = _PromptReader


def _broken(words: str) -> Callable[[MemoryTransport], None]:
    return lambda transport: transport._lose(ConnectionResetError(104, words))


_ENDINGS: dict[End, Callable[[MemoryTransport], None]] = {
    End.SHORT: lambda transport: transport._lose(None),
    End.RESET: _broken("Connection reset by peer"),
    End.TIMEOUT: lambda transport: transport._time_out(),
    **{end: _broken(words) for end, words in NO_FURTHER.items()},
}
"""How each ending that is no clean one reaches the client."""


def _timed(playback: Playback, framing: Framing) -> Iterator[tuple[float, bytes]]:
    """What is fed and when; a clean end that takes bytes is the last of it."""
    for piece in playback.pieces if framing is not Framing.NONE else ():
        yield piece.at_s, framed(piece.data, framing)
    if ends_cleanly(playback.end) and (last := playback.rubbish + terminator(framing)):
        yield playback.end_s, last
