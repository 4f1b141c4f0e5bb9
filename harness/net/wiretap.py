"""The bytes of one HTTP/1 answer, as they arrive, told to a listener as head, body pieces and end. Pure:
times are handed in.

One read of the socket gives at most one piece: the body bytes that this read brought, content-coding undone.
What the tap cannot parse it stops looking at: the client that it listens in on decides what an error is, not
the tap.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

import h11

from harness.errors import LimitError
from harness.net.decoding import MAX_BODY, Decoder, decoder

MAX_HEAD = 64 * 1024
"""Bytes of status line and headers at most; servers in the wild stay under 8 KiB."""


class WireEnd(StrEnum):
    """How an answer came to its end on the wire; what that means for the stream is not the wire's business."""

    CLEAN = "clean"
    """The framing says that the body is whole, or the connection closed and the framing allows that."""
    SHORT = "short"
    """The peer closed while the framing promised more."""
    RESET = "reset"
    """The connection broke."""
    CLOSED = "closed"
    """The client closed before the end."""
    TIMEOUT = "timeout"
    """The client closed because a time-out fired."""
    LIMIT = "limit"
    """The body grew past what a cassette may hold."""


class Head(NamedTuple):
    """Status line and headers of an answer. `coding` is the content-coding that was undone, "" for none."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    http_version: str
    coding: str


class Listener(Protocol):
    """Who wants to know. `at_ms` counts from the moment the request was sent."""

    def head(self, answer: Head) -> None:
        """The status line and headers came."""

    def piece(self, at_ms: float, data: bytes) -> None:
        """Body bytes came, content-coding undone."""

    def over(self, how: WireEnd, at_ms: float) -> None:
        """Nothing more will come."""


class WireTap:
    """Listens to one answer. After the end it hears nothing more: `over` is told once."""

    def __init__(self, method: str, listener: Listener) -> None:
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        target = "x:1" if method == "CONNECT" else "/"
        self._http.send(h11.Request(method=method, target=target, headers=[("host", "tap")]))
        self._http.send(h11.EndOfMessage())
        self._listener = listener
        self._decoder: Decoder | None = None
        self._size = 0
        self._deaf = False
        self.is_over = False

    def received(self, data: bytes, at_ms: float) -> None:
        """One read of the socket."""
        if not data or self.is_over or self._deaf:
            return  # h11 takes an empty read for the peer's FIN
        self._http.receive_data(data)
        self._hear(at_ms)

    def peer_closed(self, error: BaseException | None, at_ms: float) -> None:
        """The connection is gone: by the peer's FIN (`error` is None) or broken."""
        if self.is_over:
            return
        if error is not None or self._deaf:
            self._end(WireEnd.RESET if error is not None else WireEnd.SHORT, at_ms)
            return
        self._http.receive_data(b"")
        self._hear(at_ms)
        if not self.is_over:
            self._end(WireEnd.SHORT, at_ms)

    def we_closed(self, at_ms: float, *, timed_out: bool) -> None:
        """The client closed the connection itself."""
        self._end(WireEnd.TIMEOUT if timed_out else WireEnd.CLOSED, at_ms)

    def _hear(self, at_ms: float) -> None:
        body: list[bytes] = []
        try:
            whole = self._parse(body)
        except h11.RemoteProtocolError:
            whole, self._deaf = False, True
        self._pass_on(b"".join(body), at_ms)
        if whole:
            self._end(WireEnd.CLEAN, at_ms)

    def _parse(self, body: list[bytes]) -> bool:
        """Parse what is there; body bytes go into `body`. True when the message is whole."""
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Response):
                self._open(event)
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage):
                return True
            elif not isinstance(event, h11.InformationalResponse):
                return False

    def _open(self, response: h11.Response) -> None:
        head = _head(response)
        self._decoder = decoder(head.coding)
        self._listener.head(head)

    def _pass_on(self, raw: bytes, at_ms: float) -> None:
        if not raw or self._decoder is None:
            return
        try:
            plain = self._decoder.decode(raw)
        except LimitError:
            self._end(WireEnd.LIMIT, at_ms)
        except ValueError:  # not of this coding: the client will say so itself
            self._deaf = True
        else:
            self._count(plain, at_ms)

    def _count(self, plain: bytes, at_ms: float) -> None:
        self._size += len(plain)
        if self._size > MAX_BODY:
            self._end(WireEnd.LIMIT, at_ms)
        elif plain:
            self._listener.piece(at_ms, plain)

    def _end(self, how: WireEnd, at_ms: float) -> None:
        if not self.is_over:
            self.is_over = True
            self._listener.over(how, at_ms)


def _head(response: h11.Response) -> Head:
    pairs = [
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw_items()
    ]
    return Head(
        status=response.status_code,
        reason=response.reason.decode("latin-1"),
        headers=tuple(pair for pair in pairs if pair[0].lower() != "content-encoding"),
        http_version=response.http_version.decode("ascii"),
        coding=", ".join(value for name, value in pairs if name.lower() == "content-encoding"),
    )
