"""One HTTP answer being listened to, told as head, body pieces and end, content-coding undone. Pure: times are
handed in.

It does not matter who takes the answer apart: `harness.net.wiretap` from the bytes of a wire, or the client
that is listened in on. Nothing is held back here, and the end is told once.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from harness.cassette.decoding import MAX_BODY, Decoder, decoder
from harness.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterable


class WireEnd(StrEnum):
    """How an answer came to its end on the wire; what that means for the stream is not the wire's business."""

    CLEAN = "clean"
    """The framing says that the body is whole, or the connection closed and the framing allows that."""
    SHORT = "short"
    """The peer closed while the framing promised more, or sent what is no body of its framing or coding."""
    BROKEN_CHUNK = "broken chunk"
    """The peer sent something in place of a chunk that is none."""
    TRUNCATED = "truncated"
    """The framing says that the body is whole, and the content-coding says that its end is missing."""
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


class Tap:
    """Listens to one answer. Told of anything after its end, it passes nothing on."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._decoder: Decoder | None = None
        self._size = 0
        self.is_over = False

    def head(self, answer: Head) -> None:
        """The answer begins. Raises UsageError for a content-coding that nobody here can undo."""
        if not self.is_over:
            self._decoder = decoder(answer.coding)
            self._listener.head(answer)

    def piece(self, raw: bytes, at_ms: float) -> None:
        """Body bytes as they came, in their content-coding."""
        if self.is_over:
            return
        assert self._decoder is not None  # the head comes before the body
        try:
            plain = self._decoder.decode(raw)
        except LimitError:
            self.over(WireEnd.LIMIT, at_ms)
        except ValueError:  # what came before it counts
            self.over(WireEnd.SHORT, at_ms)
        else:
            self._count(plain, at_ms)

    def over(self, how: WireEnd, at_ms: float) -> None:
        """The answer ended."""
        if not self.is_over:
            self.is_over = True
            self._listener.over(WireEnd.TRUNCATED if how is WireEnd.CLEAN and self._is_cut else how, at_ms)

    @property
    def _is_cut(self) -> bool:
        return self._decoder is not None and not self._decoder.is_whole

    def _count(self, plain: bytes, at_ms: float) -> None:
        self._size += len(plain)
        if self._size > MAX_BODY:
            self.over(WireEnd.LIMIT, at_ms)
        elif plain:
            self._listener.piece(at_ms, plain)


def head_of(status: int, reason: bytes, headers: Iterable[tuple[bytes, bytes]], http_version: str) -> Head:
    """A head from the bytes of one: the coding stands apart, because the body is told without it."""
    pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
    return Head(
        status=status,
        reason=reason.decode("latin-1"),
        headers=tuple(pair for pair in pairs if pair[0].lower() != "content-encoding"),
        http_version=http_version,
        coding=", ".join(value for name, value in pairs if name.lower() == "content-encoding"),
    )
