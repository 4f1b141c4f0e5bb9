"""The bytes of one reply to pieces of its text, each fault of the stream a named error. Pure: no clock, no
connection.

The reply is whole when its terminal event came or, where the connection ended before that, its finish reason.
Anything less is truncated: never a success, whatever the transport says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.chat.events import ChatEvent, Delta, Done, Failed, Finished
from harness.errors import NotAStreamError, ReplyError, StatusError, TruncatedError, UpstreamError
from harness.upstreams.excerpt import excerpt
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import error_reply, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.sse import Event
    from harness.upstreams.upstream import Upstream

MAX_UNREAD = 64 * 1024
"""Bytes kept of a body that holds no event yet, to say what it is; an error object is a few hundred bytes."""


class ReplyReader:
    """Reads one reply. `feed` pieces as they come, `close` at the end of the body; `is_over` after the
    terminal event.
    """

    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._parser = parser_for(upstream)
        self._unread = bytearray()
        self._events = 0
        self._finished = False
        self.is_over = False

    def feed(self, piece: bytes) -> Iterator[str]:
        """The text that this piece completes, of the first choice. Raises ReplyError, ChunkError or
        LimitError where it stands.
        """
        if not self._events and len(self._unread) < MAX_UNREAD:
            self._unread += piece
        for event in self._parser.feed(piece):
            self._events += 1
            yield from self._texts(event)
            if self.is_over:
                return

    def close(self, cause: BaseException | None = None) -> None:
        """The body has ended, by itself or by `cause`. Raises TruncatedError, ReplyError or NotAStreamError
        if it is not whole.
        """
        if self.is_over or self._finished:
            return
        if cause is None and not self._events and not _begins_a_stream(bytes(self._unread)):
            raise self._no_events()
        raise self._truncated(cause) from cause

    def _texts(self, event: Event) -> Iterator[str]:
        for said in read(self._upstream, event, number=self._events):
            if isinstance(said, Delta) and said.index == 0:
                yield said.text
            self._note(said)

    def _note(self, said: ChatEvent) -> None:
        if isinstance(said, Failed):
            raise _reply_error(
                self._upstream, said.message, status=200, where=f"event {self._events} of the stream"
            )
        self._finished = self._finished or (isinstance(said, Finished) and said.index == 0)
        self.is_over = self.is_over or isinstance(said, Done)

    def _no_events(self) -> UpstreamError:
        body = bytes(self._unread)
        words = error_reply(self._upstream, body)
        if words is not None:
            return _reply_error(
                self._upstream, words, status=200, where="the whole body, sent as a stream without one event"
            )
        return _not_a_stream(self._upstream, 200, "text/event-stream", body)

    def _truncated(self, cause: BaseException | None) -> TruncatedError:
        how = f"the connection broke ({type(cause).__name__})" if cause else "the body ended"
        return TruncatedError(
            f"The reply of {self._upstream.title} is cut off: {how} before its end.",
            status=200,
            where=f"after event {self._events}",
            expected=f"a finish reason, then the event {self._upstream.terminal}",
            found=_unfinished(self._parser.pending),
            help="treat the text so far as incomplete, and ask again",
        )


def refuse_answer(upstream: Upstream, status: int, headers: Mapping[str, str], body: bytes) -> None:
    """Raise for an answer that is no stream; `body` is its beginning. Nothing for one that is."""
    kind = headers.get("Content-Type", "")
    if status != 200:
        raise _status_error(upstream, status, headers, body)
    words = error_reply(upstream, body)
    if words is not None:
        raise _reply_error(upstream, words, status=status, where=f"a body of type {kind or 'unknown'}")
    raise _not_a_stream(upstream, status, kind, body)


def is_stream(upstream: Upstream, status: int, headers: Mapping[str, str]) -> bool:
    """Whether status and Content-Type announce a stream (the standard fails the connection for any other type)."""
    kind = headers.get("Content-Type", "").split(";")[0].strip().lower()
    return status == 200 and kind == upstream.reply_type


def _begins_a_stream(body: bytes) -> bool:
    """Whether a body without one whole event could still be the beginning of a stream; an empty one could."""
    line = body.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").split(b"\n")[0].rstrip(b"\r")
    return any(line.startswith(field) or field.startswith(line) for field in _FIELDS)


_FIELDS = (b":", b"data", b"event", b"id", b"retry")


def _status_error(upstream: Upstream, status: int, headers: Mapping[str, str], body: bytes) -> StatusError:
    shown = _excerpt(body)
    retry_after = headers.get("Retry-After")
    error = StatusError(
        f"{upstream.title} answered {status} instead of 200.",
        status=status,
        excerpt=shown,
        found=error_reply(upstream, body) or shown or "an empty body",
        help=_what_next(status, retry_after),
    )
    error.retry_after = retry_after
    return error


def _reply_error(upstream: Upstream, words: str, *, status: int, where: str) -> ReplyError:
    return ReplyError(
        f"{upstream.title} says that it failed: {words}",
        status=status,
        excerpt=words,
        where=where,
        help="the service passes on errors of its own upstream like this; ask again later, or ask for less",
    )


def _not_a_stream(upstream: Upstream, status: int, kind: str, body: bytes) -> NotAStreamError:
    shown = _excerpt(body)
    return NotAStreamError(
        f"The answer of {upstream.title} is no event stream.",
        status=status,
        excerpt=shown,
        expected=f"{upstream.reply_type} with at least one event",
        found=f"{kind or 'no content type'}: {shown or 'an empty body'}",
        help="check the base URL; a challenge or log-in page in between looks like this too",
    )


def _what_next(status: int, retry_after: str | None) -> str:
    if retry_after is not None:
        return f"wait as the service asks (Retry-After: {excerpt(retry_after)}), then ask again"
    if status in (401, 403):
        return "the service refuses this client; check the base URL, headers and proxy"
    return "ask again later" if status >= 500 else "correct the request; the body says what is wrong with it"


def _excerpt(body: bytes) -> str:
    return excerpt(body.decode("utf-8", "replace"))


def _unfinished(pending: bytes) -> str | None:
    return f"an unfinished event at the end: {_excerpt(pending)}" if pending else None
