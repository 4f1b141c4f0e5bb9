"""httpx and httpx2, which are one library under two names: what they share, looked up in the one that asks.

Imports neither: a request brings its library along. Here are its byte streams, its errors, and what they mean on
the wire.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any, Protocol

from harness.cassette.model import End
from harness.net.answer import NO_FURTHER
from harness.net.tap import WireEnd

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from types import ModuleType

    from harness.cassette.framing import Playback

KIN = ("httpx", "httpx2")


def library_of(value: object) -> ModuleType:
    """The library whose request or response this is."""
    names = (base.__module__.partition(".")[0] for base in type(value).__mro__)
    return sys.modules[next(name for name in names if name in KIN)]


class Body(Protocol):
    """What a byte stream hands out. Only one colour of the two is ever used."""

    def pieces(self) -> Iterator[bytes]:
        """For a sync client."""

    def pieces_async(self) -> AsyncIterator[bytes]:
        """For an async client."""

    def close(self) -> None:
        """The client wants no more."""

    async def close_async(self) -> None:
        """The client wants no more."""


@functools.cache
def stream_class(library: ModuleType) -> Any:
    """The class of a byte stream that hands out a `Body`; for both colours in one, as the library's own
    `ByteStream` is.
    """

    class Stream(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc,name-defined]
        def __init__(self, body: Body) -> None:
            self._body = body

        def __iter__(self) -> Iterator[bytes]:
            return self._body.pieces()

        def __aiter__(self) -> AsyncIterator[bytes]:
            return self._body.pieces_async()

        def close(self) -> None:
            self._body.close()

        async def aclose(self) -> None:
            await self._body.close_async()

    return Stream


def wire_end(library: ModuleType, error: BaseException) -> WireEnd:
    """What an error that ended a body says of the wire."""
    kinds = (end for name, end in _ERRORS if isinstance(error, getattr(library, name)))
    end = next(kinds, WireEnd.CLOSED)
    is_rubbish = end is WireEnd.SHORT and any(words in str(error) for words in _NO_CHUNK)
    return WireEnd.BROKEN_CHUNK if is_rubbish else end


_NO_CHUNK = ("chunk header", "chunk footer", "header line")
"""What h11 says of something in place of a chunk, of its end, or of a trailer; a class of its own there is not."""


_ERRORS = (
    ("TimeoutException", WireEnd.TIMEOUT),
    ("ProtocolError", WireEnd.SHORT),
    ("TransportError", WireEnd.RESET),
)
"""The first that fits; anything else is the caller's own, such as a cancelled task."""


def error_at_end(library: ModuleType, shown: Playback) -> Exception | None:
    """What the client raises where a played body ends, with the words the library itself has for it."""
    name, words = ("RemoteProtocolError", _RUBBISH) if shown.rubbish else _ENDS.get(shown.end, ("", ""))
    return getattr(library, name)(words) if name else None


_RUBBISH = "illegal chunk header"
_ENDS = {
    End.SHORT: (
        "RemoteProtocolError",
        "peer closed connection without sending complete message body",
    ),
    End.RESET: ("ReadError", "[Errno 104] Connection reset by peer"),
    End.TIMEOUT: ("ReadTimeout", "timed out"),
    **{end: ("ReadError", words) for end, words in NO_FURTHER.items()},
}
"""How each ending that is no clean one reaches the client."""
