"""Did the stream end as its protocol says? Bytes of the body in, `complete` or `truncated` out. Pure.

Completeness comes from the protocol, never from the transport: a cut close-delimited body looks like a clean
end on the wire. A stream is complete when its terminal event came or the upstream said in words that it
failed; other answers when they are whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.model import End
from harness.chat.events import Failed
from harness.errors import ChunkError, HarnessError
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import ends, error_reply, read

if TYPE_CHECKING:
    from harness.sse import Event
    from harness.upstreams.parsing import ReplyParser
    from harness.upstreams.upstream import Upstream

MAX_ERROR_BODY = 64 * 1024
"""Bytes kept to recognise a body that is one error object; the services' error bodies are a few hundred bytes."""


class EndingWatch:
    """Reads along while a body is recorded. Upstreams that nobody described have no terminal event to wait for."""

    def __init__(self, upstream: Upstream | None) -> None:
        self._upstream = upstream
        self._parser: ReplyParser | None = None
        self._began = bytearray()
        self._ended = False

    def head(self, status: int, headers: tuple[tuple[str, str], ...]) -> None:
        """The answer's status and headers: only a successful stream says when it is over."""
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        if status != 200 or self._upstream is None or not self._upstream.has_end:
            return
        if kind.split(";")[0].strip().lower() == self._upstream.reply_type:
            self._parser = parser_for(self._upstream, max_stream=None)

    def feed(self, data: bytes) -> None:
        """Body bytes, content-coding undone."""
        if self._parser is None or self._ended:
            return
        if len(self._began) < MAX_ERROR_BODY:
            self._began += data
        try:
            self._ended = any(self._closes(event) for event in self._parser.feed(data))
        except HarnessError:  # an event past the parser's limits: no terminal event can be told any more
            self._parser = None

    def ending(self) -> End:
        """What a clean end on the wire means for the stream so far."""
        if self._parser is None or self._ended or self._upstream is None:
            return End.COMPLETE
        if self._ends_with_its_bytes():
            return End.COMPLETE
        return End.COMPLETE if error_reply(self._upstream, bytes(self._began)) else End.TRUNCATED

    @property
    def is_whole(self) -> bool:
        """Whether the terminal event has come: who leaves after that has missed nothing."""
        return self._ended

    def _ends_with_its_bytes(self) -> bool:
        """Whether the last event came whole but for its end, and closes the stream."""
        assert self._parser is not None  # asked of a stream only
        try:
            self._ended = any(self._closes(event) for event in self._parser.close())
        except HarnessError:
            return False
        return self._ended

    def _closes(self, event: Event) -> bool:
        assert self._upstream is not None  # there is a parser only with an upstream
        return ends(self._upstream, event) or _is_failure(self._upstream, event)


def _is_failure(upstream: Upstream, event: Event) -> bool:
    """Whether the upstream says in this event that it failed: nothing need follow that."""
    if '"error"' not in event.data:
        return False
    try:
        return any(isinstance(said, Failed) for said in read(upstream, event))
    except ChunkError:
        return False
