"""The client of Vitalentum: a conversation in, pieces of the reply out, as they come.

A drop-in for the provider class of that name, with the faults of the wire told apart instead of swallowed. It
keeps its own watch over every wait, because the HTTP library below can wait for ever on a broken chunk size
(measured with aiohttp 3.14.5).
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

import aiohttp

from harness.chat.messages import Message
from harness.clients.replies import ReplyReader, is_stream, refuse_answer
from harness.clients.waiting import CONNECTION_ERRORS, Timeouts, Watch
from harness.errors import UpstreamUnreachable, UsageError
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum import encode_conversation

if TYPE_CHECKING:
    from harness.upstreams.upstream import Upstream

Messages = Sequence[Mapping[str, object] | Message]

_USER_INFO = re.compile(r"(?<=//)[^/?#]*@")

MAX_ERROR_BODY = 64 * 1024
"""Bytes read of an answer that is no stream; the service's error bodies are a few hundred bytes."""


class Vitalentum:
    """Talks to Vitalentum, or to whatever speaks its protocol at `url`."""

    url: ClassVar[str] = "https://app.vitalentum.io"
    working: ClassVar[bool] = False
    """The service is gone; recordings, the stand-in and work-alikes answer in its place."""
    supports_gpt_35_turbo: ClassVar[bool] = True
    timeouts: ClassVar[Timeouts] = Timeouts()

    @classmethod
    async def create_async_generator(
        cls, model: str, messages: Messages, proxy: str | None = None, **kwargs: object
    ) -> AsyncGenerator[str, None]:
        """Yield the reply's text piece by piece, and close the connection however the caller leaves.

        `model` is not sent: the service has one. Keyword arguments go into the body and win over its defaults.
        Raises `MessageError` before any connection for messages that cannot be sent, and for the upstream's faults
        `UpstreamUnreachable`, `StatusError`, `ReplyError`, `NotAStreamError`, `ChunkError`, `TruncatedError`,
        `StalledError` or `LimitError`. What was yielded before stays yielded.
        """
        upstream, watch = get_upstream("vitalentum"), Watch(cls.timeouts)
        if not _is_http(cls.url):
            raise _no_base_url(cls.url)
        body = request_body(upstream, messages, kwargs)
        async with _posted(upstream, cls.url, body, proxy, watch) as response:
            if not is_stream(upstream, response.status, response.headers):
                refuse_answer(upstream, response.status, response.headers, await _beginning(response, watch))
            async for text in _texts(ReplyReader(upstream), response, watch):
                yield text


def request_body(upstream: Upstream, messages: Messages, extra: Mapping[str, object]) -> bytes:
    """The JSON body, byte for byte as the published client sends it. Raises MessageError; UsageError for
    other values.
    """
    body = {"conversation": encode_conversation(messages), **dict(upstream.defaults), **extra}
    try:
        return json.dumps(body, allow_nan=False).encode("ascii")
    except (TypeError, ValueError) as error:
        raise UsageError(
            f"A keyword argument cannot be sent as JSON: {error}.",
            expected="strings, finite numbers, booleans, None, lists and dicts",
            help="keyword arguments become fields of the request's body",
        ) from error


@asynccontextmanager
async def _posted(
    upstream: Upstream, base_url: str, body: bytes, proxy: str | None, watch: Watch
) -> AsyncIterator[aiohttp.ClientResponse]:
    """The answer to one request, with a session of its own around it."""
    waits = aiohttp.ClientTimeout(total=None, connect=watch.timeouts.connect)
    headers = {
        **dict(upstream.request_headers(_without_user(base_url))),
        "Content-Type": upstream.content_type,
    }
    async with aiohttp.ClientSession(timeout=waits, headers=headers) as session:
        try:
            async with watch.over("the answer to begin", watch.timeouts.head):
                response = await session.post(
                    upstream.url(base_url), data=body, proxy=proxy, allow_redirects=False
                )
        except aiohttp.InvalidURL as error:
            raise _no_base_url(base_url) from error
        except CONNECTION_ERRORS as error:
            raise _unreachable(upstream, base_url, error) from error
        try:
            yield response
        finally:
            response.close()  # at once: leaving the session takes another turn of the loop


async def _texts(reply: ReplyReader, response: aiohttp.ClientResponse, watch: Watch) -> AsyncIterator[str]:
    """The pieces of text of one stream."""
    wait = watch.timeouts.first_byte
    try:
        while piece := await _next_piece(response, watch, wait):
            for text in reply.feed(piece):
                yield text
            if reply.is_over:
                return
            wait = watch.timeouts.between
    except CONNECTION_ERRORS as error:
        reply.close(error)
    reply.close()


async def _next_piece(response: aiohttp.ClientResponse, watch: Watch, seconds: float | None) -> bytes:
    async with watch.over("the next piece of the reply", seconds):
        return await response.content.readany()


async def _beginning(response: aiohttp.ClientResponse, watch: Watch) -> bytes:
    """The beginning of a body that is no stream, as far as it comes."""
    body = b""
    try:
        while len(body) < MAX_ERROR_BODY and (
            piece := await _next_piece(response, watch, watch.timeouts.between)
        ):
            body += piece
    except (*CONNECTION_ERRORS, TimeoutError):
        return body  # the status says more than the end of this body would
    return body


def _is_http(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:  # a bracket that never closes
        return False


def _without_user(url: str) -> str:
    """An address without the name and password in it: for messages, and for the headers that name it."""
    return _USER_INFO.sub("", str(url))


def _no_base_url(url: str) -> UsageError:
    return UsageError(
        f"{_without_user(url)!r} is no base URL.",
        expected="http://HOST[:PORT] or https://HOST",
        help="set `Vitalentum.url`",
    )


def _unreachable(upstream: Upstream, base_url: str, error: BaseException) -> UpstreamUnreachable:
    return UpstreamUnreachable(
        f"{upstream.title} cannot be reached: {error or type(error).__name__}.",
        where=_without_user(upstream.url(base_url)),
        expected="an HTTP answer",
        help="the live service is gone: start `harness standin` or `harness replay`, and set `Vitalentum.url` to it",
    )
