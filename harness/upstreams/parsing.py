"""The one place that knows which parser reads the bytes of an upstream's reply. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from harness.sse import SSEParser, split_events
from harness.sse.limits import MAX_STREAM
from harness.upstreams.ndjson import MEDIA_TYPE, NDJSONParser, split_ndjson
from harness.upstreams.upstream import Framing

if TYPE_CHECKING:
    from harness.sse import Event
    from harness.upstreams.upstream import Upstream


class ReplyParser(Protocol):
    """Bytes of one reply to its events, whatever frames them."""

    @property
    def pending(self) -> bytes:
        """The raw bytes of the unfinished last event."""

    def feed(self, data: bytes, /) -> list[Event]:
        """The events that the next bytes complete. Raises LimitError."""

    def close(self) -> list[Event]:
        """The bytes have ended: the last event, where the framing lets it end with them. Raises LimitError."""


def parser_for(upstream: Upstream | None, *, max_stream: int | None = MAX_STREAM) -> ReplyParser:
    """A parser for one reply of *upstream*; for one that nobody described, that of event streams."""
    if upstream is not None and upstream.framing is Framing.NDJSON:
        return NDJSONParser(max_stream=max_stream)
    return SSEParser(max_stream=max_stream)


def split_reply(body: bytes, content_type: str) -> list[bytes]:
    """A whole reply cut after each of its events, as its content type frames them; joined, the pieces are *body*."""
    kind = content_type.partition(";")[0].strip().lower()
    return split_ndjson(body) if kind == MEDIA_TYPE else split_events(body)
