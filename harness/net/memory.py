"""A recorded answer fed to aiohttp's own parser through a transport that is no socket.

The client's `ResponseHandler` gets HTTP bytes as from a wire, so chunked decoding, cookies, redirects and
errors are the real ones. A piece is fed when its time has come and the reader has taken the one before, so
the cuts stay exact however slow the reader is. Knows aiohttp and the event loop; nothing of cassettes on
disk.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import SocketTimeoutError

from harness.cassette.model import End, Response
from harness.net.answer import NO_FURTHER, Framing, ends_cleanly, framed, framing_of, head_bytes, terminator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aiohttp.client_proto import ResponseHandler

    from harness.cassette.framing import Playback


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
        self._pieces: Iterator[tuple[float, bytes]] = _timed(playback, self._framing)
        self._end = playback.end
        self._rubbish = playback.rubbish
        self._began: float | None = None
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self._waits_for_reader = False
        self._closing = False
        self._next: tuple[float, bytes] | None = None
        self._end_s = playback.end_s

    # what the client does to its connection

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if self._began is not None:
            return
        self._began = self._loop.time()
        if b"\r\nexpect: 100-continue\r\n" in bytes(data).lower():
            self._loop.call_soon(self._feed, b"HTTP/1.1 100 Continue\r\n\r\n")
        self._timer = self._loop.call_soon(self._open)

    def resume_reading(self) -> None:
        """The reader took something: the moment for the next piece."""
        if self._waits_for_reader:
            self._waits_for_reader = False
            self._timer = self._loop.call_soon(self._advance)

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
        self._feed(self._head)
        self._advance()

    def _advance(self) -> None:
        self._next = next(self._pieces, None)
        due = self._end_s if self._next is None else self._next[0]
        step = self._finish if self._next is None else self._play
        wait = (self._began or 0.0) + due - self._loop.time() if due else 0.0
        if wait > 0:
            self._timer = self._loop.call_later(wait, step)
        else:
            step()

    def _play(self) -> None:
        assert self._next is not None  # _advance schedules this step only with a piece in hand
        self._waits_for_reader = True
        self._feed(self._next[1])

    def _finish(self) -> None:
        self._feed(self._rubbish)
        if ends_cleanly(self._end):
            self._feed(terminator(self._framing))
            if self._framing is Framing.CLOSE:
                self._lose(None)
        else:
            _ENDINGS[self._end](self)

    def _feed(self, data: bytes) -> None:
        if data and not self._closing:
            self._handler.data_received(data)

    def _lose(self, error: OSError | None) -> None:
        if not self._closing:
            self._closing = True
            self._handler.connection_lost(error)

    def _time_out(self) -> None:
        """What the client's own read time-out does; waiting for the real one would make a replay as slow as a
        fault.
        """
        if not self._closing:
            fire = getattr(self._handler, "_on_read_timeout", None)
            fire() if fire is not None else self._handler.set_exception(
                SocketTimeoutError("Timeout on reading data")
            )

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


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
    if framing is not Framing.NONE:
        yield from ((piece.at_s, framed(piece.data, framing)) for piece in playback.pieces if piece.data)
