"""The bytes of one HTTP/1 answer, as they arrive, taken apart for a tap. Pure: times are handed in.

One read of the socket gives at most one piece: the body bytes that this read brought. What cannot be parsed is
not looked at any more: the client that is listened in on decides what an error is, not the tap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httptools

from harness.net.tap import Tap, WireEnd, head_of

if TYPE_CHECKING:
    from harness.net.tap import Head, Listener


class WireTap:
    """Listens to one answer. After the end it hears nothing more: `over` is told once."""

    def __init__(self, method: str, listener: Listener) -> None:
        self._message = _Message(method)
        self._parser = self._message.parser
        self._tap = Tap(listener)
        self._has_begun = False
        self._deaf = False

    @property
    def is_over(self) -> bool:
        return self._tap.is_over

    @property
    def is_unreadable(self) -> bool:
        """Whether something came that is no head of an answer, so that nothing can be told of it."""
        return self._deaf and not self._has_begun

    @property
    def broke_a_chunk(self) -> bool:
        """Whether something came in place of a chunk that is none."""
        return self._deaf and self._message.is_chunked and not self._message.is_whole

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
        ends_well = self._message.ends_by_closing and not self._deaf
        how = WireEnd.CLEAN if ends_well else WireEnd.SHORT
        self._tap.over(how if error is None else WireEnd.RESET, at_ms)

    def we_closed(self, at_ms: float, *, timed_out: bool) -> None:
        """The client closed the connection itself. That it closes on what is no HTTP is the peer's doing."""
        ours = WireEnd.TIMEOUT if timed_out else WireEnd.CLOSED
        self._tap.over(WireEnd.SHORT if self._deaf else ours, at_ms)

    def _tell(self, at_ms: float) -> None:
        message = self._message
        if message.has_head and not self._has_begun:
            self._has_begun = True
            self._tap.head(_head(message))
        if message.body:
            self._tap.piece(message.taken(), at_ms)
        if message.is_whole:
            self._tap.over(WireEnd.SHORT if self._deaf else WireEnd.CLEAN, at_ms)
        elif self.broke_a_chunk:
            self._tap.over(WireEnd.BROKEN_CHUNK, at_ms)


class _Message:
    """What the parser (llhttp, as in the client itself) has said of the answer so far. Its callbacks have the
    parser's names.
    """

    def __init__(self, method: str) -> None:
        self._is_head = method == "HEAD"
        self.parser = httptools.HttpResponseParser(self)
        self.parser.set_dangerous_leniencies(  # those of aiohttp: what the client reads, the tap reads
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._forget()

    def _forget(self) -> None:
        self.headers: list[tuple[bytes, bytes]] = []
        self.reason = b""
        self.body: list[bytes] = []
        self.has_head = False
        self.is_whole = False
        self.is_chunked = False
        self.ends_by_closing = False

    def on_status(self, reason: bytes) -> None:
        self.reason += reason

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:  # trailers come after the body; a cassette has no place for them
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.has_head = True
        names = {name.lower() for name, _ in self.headers}
        self.is_chunked = b"transfer-encoding" in names
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
    parser = message.parser
    return head_of(parser.get_status_code(), message.reason, message.headers, parser.get_http_version())
