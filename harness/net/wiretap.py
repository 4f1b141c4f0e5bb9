"""The bytes of one HTTP/1 answer, as they arrive, told to a listener as head, body pieces and end. Pure:
times are handed in.

One read of the socket gives at most one piece: the body bytes that this read brought, content-coding undone.
What the tap cannot parse it stops looking at: the client that it listens in on decides what an error is, not
the tap.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, Protocol

import httptools

from harness.errors import LimitError
from harness.net.decoding import MAX_BODY, Decoder, decoder


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
        self._message = _Message(method)
        self._parser = self._message.parser
        self._listener = listener
        self._decoder: Decoder | None = None
        self._size = 0
        self._deaf = False
        self.is_over = False

    def received(self, data: bytes, at_ms: float) -> None:
        """One read of the socket."""
        if self.is_over or self._deaf:
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._deaf = True  # what was parsed before it counts
        self._tell(at_ms)

    def peer_closed(self, error: BaseException | None, at_ms: float) -> None:
        """The connection is gone: by the peer's FIN (`error` is None) or broken."""
        if error is not None:
            self._end(WireEnd.RESET, at_ms)
        else:
            self._end(
                WireEnd.CLEAN if self._message.ends_by_closing and not self._deaf else WireEnd.SHORT, at_ms
            )

    def we_closed(self, at_ms: float, *, timed_out: bool) -> None:
        """The client closed the connection itself."""
        self._end(WireEnd.TIMEOUT if timed_out else WireEnd.CLOSED, at_ms)

    def _tell(self, at_ms: float) -> None:
        message = self._message
        if message.has_head and self._decoder is None:
            self._open(_head(message))
        if message.body:
            self._pass_on(message.taken(), at_ms)
        if message.is_whole:
            self._end(WireEnd.CLEAN, at_ms)

    def _open(self, head: Head) -> None:
        self._decoder = decoder(head.coding)
        self._listener.head(head)

    def _pass_on(self, raw: bytes, at_ms: float) -> None:
        assert self._decoder is not None  # the head comes before the body
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


class _Message:
    """What the parser (llhttp, as in the client itself) has said of the answer so far. Its callbacks have the
    parser's names.
    """

    def __init__(self, method: str) -> None:
        self._is_head = method == "HEAD"
        self.parser = httptools.HttpResponseParser(self)
        self._forget()

    def _forget(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.reason = b""
        self.body: list[bytes] = []
        self.has_head = False
        self.is_whole = False
        self.ends_by_closing = False

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:  # trailers come after the body; a cassette has no place for them
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.has_head = True
        names = {name.lower() for name, _ in self.headers}
        self.ends_by_closing = names.isdisjoint({b"content-length", b"transfer-encoding"})
        self.is_whole = self._is_head

    def on_body(self, data: bytes) -> None:
        if not self.is_whole:
            self.body.append(data)

    def on_message_complete(self) -> None:
        if self.parser.get_status_code() < 200:  # an informational answer is not the answer
            self._forget()
        else:
            self.is_whole = True

    def taken(self) -> bytes:
        """The body bytes of this read."""
        data, self.body = b"".join(self.body), []
        return data


def _head(message: _Message) -> Head:
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.headers]
    return Head(
        status=message.parser.get_status_code(),
        reason=message.reason.decode("latin-1"),
        headers=tuple(pair for pair in pairs if pair[0].lower() != "content-encoding"),
        http_version=message.parser.get_http_version(),
        coding=", ".join(value for name, value in pairs if name.lower() == "content-encoding"),
    )
