"""Listening in on a live aiohttp connection: every read is forwarded first and noted afterwards.

The connection's protocol and transport are wrapped for one exchange, through asyncio's own `set_protocol`,
and unwrapped when the answer is whole, so that a kept-alive connection goes back to its pool as it was.
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.errors import CassetteError
from harness.net.wiretap import WireTap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from aiohttp.client_proto import ResponseHandler

    from harness.net.recorder import Recorder


class LiveTap:
    """Both directions of one connection, for one exchange.

    The first read is noted on the loop's turn after it: by then the caller has the first piece, the one that
    people wait for. Every later read is noted before the caller can act on it, so that a killed process has
    written down what it was told.
    """

    def __init__(self, handler: ResponseHandler, recorder: Recorder, *, method: str) -> None:
        if isinstance(handler.transport, _TeeTransport):
            handler.transport.free()
        transport = handler.transport
        assert transport is not None  # the connector has just handed out this connection
        self._recorder = recorder
        self._wire = WireTap(method, recorder)
        self._waiting: list[tuple[bytes, float]] = []
        self._has_begun = False
        self._is_detached = False
        self._is_given_back = False
        self._sent_at = time.perf_counter()
        self._handler, self._transport = handler, transport
        self._body_before = _body(handler)
        transport.set_protocol(_TeeProtocol(handler, self))
        handler.transport = _TeeTransport(transport, self)

    def sent(self) -> None:
        """Bytes of the request went out; the last ones are where the answer's times count from. What goes out when
        the answer has begun does not count: a server may answer before it has the whole request.
        """
        if not self._has_begun and not self._waiting:
            self._sent_at = time.perf_counter()

    def arrived(self, data: bytes, at: float) -> None:
        """One read, at this reading of the performance counter. It waits until the client has it too."""
        self._waiting.append((data, at))

    def handed_on(self) -> None:
        """The client has the read."""
        if self._has_begun:
            self._catch_up()
        elif len(self._waiting) == 1:
            self.soon(self._catch_up)

    def soon(self, step: Callable[[], None]) -> None:
        """Have the first read noted, once whoever waits for it has had the time to take it."""
        asyncio.get_running_loop().call_soon(step)

    def lost(self, error: BaseException | None) -> None:
        """The connection is gone."""
        self._catch_up()
        self._note(lambda ms: self._wire.peer_closed(error, ms), time.perf_counter())

    def closed(self) -> None:
        """The client closes. When a time-out is its reason, that is the exception in flight."""
        timed_out = isinstance(sys.exc_info()[1], TimeoutError)
        self._catch_up()
        self._note(lambda ms: self._wire.we_closed(ms, timed_out=timed_out), time.perf_counter())

    @property
    def broke_a_chunk(self) -> bool:
        """Whether something came in place of a chunk that is none."""
        self._catch_up()
        return self._wire.broke_a_chunk

    def given_back(self) -> None:
        """The client lets go of the connection. After a chunk that is none that tells how long it waited: aiohttp's C
        parser closes, and says nothing to the reader.
        """
        if self._wire.broke_a_chunk and not self._is_given_back:
            now_ms = (time.perf_counter() - self._sent_at) * 1000
            self._recorder.attempt(partial(self._recorder.waited, now_ms))
        self._is_given_back = True

    def stop(self) -> None:
        """The cassette is being put away."""
        self.closed()
        self.given_back()
        if not self._is_detached:
            self._detach()

    def _catch_up(self) -> None:
        waiting, self._waiting, self._has_begun = self._waiting, [], True
        for data, at in waiting:
            self._note(partial(self._wire.received, data), at)
        if self._wire.is_unreadable and _body(self._handler) is not self._body_before:
            self._recorder.attempt(_give_up)  # what the client cannot read either it says itself

    def _note(self, step: Callable[[float], None], at: float) -> None:
        if self._is_detached:
            return
        self._recorder.attempt(lambda: step((at - self._sent_at) * 1000))
        if self._wire.is_over:
            self._detach()

    def _detach(self) -> None:
        """Give the connection back as it was."""
        self._is_detached = True
        self._transport.set_protocol(self._handler)
        if isinstance(self._handler.transport, _TeeTransport):
            self._handler.transport = self._transport


def _body(handler: ResponseHandler) -> object:
    """The body that the client reads from, once it has a head; on a kept connection first the one of before."""
    return getattr(handler, "_payload", None)


def _give_up() -> None:
    raise CassetteError(
        "An answer came that is not on the cassette: its head cannot be read.",
        expected="a status line and headers as in RFC 9112",
        help="have the server's answer put right; this client reads it all the same",
    )


class _TeeProtocol(asyncio.Protocol):
    """Hands everything to the client's protocol at once, then tells the tap."""

    def __init__(self, inner: ResponseHandler, tap: LiveTap) -> None:
        self._inner = inner
        self._tap = tap

    def data_received(self, data: bytes) -> None:
        self._tap.arrived(data, time.perf_counter())
        self._inner.data_received(data)
        self._tap.handed_on()

    def eof_received(self) -> bool | None:
        self._inner.eof_received()
        return None

    def connection_lost(self, exc: BaseException | None) -> None:
        self._tap.lost(exc)
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


class _TeeTransport(asyncio.Transport):
    """The real transport, with the moments of writing and closing noted."""

    def __init__(self, inner: asyncio.Transport, tap: LiveTap) -> None:
        super().__init__()
        self._inner = inner
        self._tap = tap

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self._inner.write(data)
        self._tap.sent()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        self._inner.writelines(list_of_data)
        self._tap.sent()

    def free(self) -> None:
        """The next exchange begins, in the turn in which the answer before it came whole, with a single read."""
        self._tap.stop()

    def close(self) -> None:
        self._tap.closed()
        self._inner.close()

    def abort(self) -> None:
        self._tap.closed()
        self._inner.abort()

    def is_closing(self) -> bool:
        return self._inner.is_closing()

    def is_reading(self) -> bool:
        return self._inner.is_reading()

    def pause_reading(self) -> None:
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        self._inner.resume_reading()

    def write_eof(self) -> None:
        self._inner.write_eof()

    def can_write_eof(self) -> bool:
        return self._inner.can_write_eof()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return self._inner.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._inner.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._inner.set_write_buffer_limits(high, low)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._inner.get_protocol()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._inner.set_protocol(protocol)
