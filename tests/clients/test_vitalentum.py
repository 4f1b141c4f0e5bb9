"""The client over real sockets: pieces as they come, faults by name, and a connection that is closed however
one leaves.
"""

import asyncio
import json
import time

import pytest

from harness import Vitalentum
from harness.clients.waiting import Timeouts
from harness.errors import (
    MessageError,
    NotAStreamError,
    ReplyError,
    StalledError,
    StatusError,
    TruncatedError,
    UpstreamUnreachable,
    UsageError,
)
from tests.net.wire import CHUNKED, Served, chunked, served

ASK = [{"role": "user", "content": "héllo"}]
TEXTS = ["One", ", two", ", трi 🙂"]


def chunk(content: str | None = None, finish: str | None = None) -> bytes:
    delta = {} if content is None else {"content": content}
    document = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


STREAM = [*map(chunk, TEXTS), chunk(finish="stop"), b"data: [DONE]\n\n"]


def client(url: str, **waits: float) -> type[Vitalentum]:
    """The client, pointed at `url`, with time-outs for a test."""
    return type("Pointed", (Vitalentum,), {"url": url, "timeouts": Timeouts(**waits)})


async def ask(url: str, /, messages=ASK, **kwargs) -> list[str]:
    waits = kwargs.pop("waits", {})
    return [
        text
        async for text in client(url, **waits).create_async_generator("gpt-3.5-turbo", messages, **kwargs)
    ]


def answer(status: str, kind: str, body: bytes, *headers: str) -> list[bytes]:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    return [("\r\n".join(lines) + "\r\n\r\n").encode() + body]


async def test_the_reply_comes_in_its_pieces():
    async with served(chunked(*STREAM)) as url:
        assert await ask(url) == TEXTS


async def test_a_piece_is_there_before_the_next_one_is_sent():
    async with served(chunked(*STREAM), gap_s=0.2) as url:
        replies = client(url).create_async_generator("gpt-3.5-turbo", ASK)
        assert await anext(replies) == "One"
        began = time.perf_counter()
        assert await anext(replies) == ", two"
        assert time.perf_counter() - began > 0.1
        await replies.aclose()


async def test_every_byte_may_be_a_piece():
    body = b"".join(STREAM)
    async with served(chunked(*(body[i : i + 1] for i in range(len(body)))), gap_s=0) as url:
        assert "".join(await ask(url)) == "".join(TEXTS)


async def test_the_request_is_the_published_clients():
    async with served(chunked(*STREAM)) as url:
        await ask(url, temperature=0.1, top_p=1)
    head, _, body = Served.last_request.partition(b"\r\n\r\n")
    assert json.loads(body) == {
        "conversation": '{"history": [{"speaker": "human", "text": "h\\u00e9llo"}]}',
        "temperature": 0.1,
        "top_p": 1,
    }
    assert head.startswith(b"POST /api/converse-edge HTTP/1.1\r\n")
    lines = head.decode().split("\r\n")
    assert f"Origin: {url}" in lines
    assert f"Referer: {url}/" in lines
    assert "Accept: text/event-stream" in lines
    assert "Content-Type: application/json" in lines
    assert any(line.startswith("User-Agent: Mozilla/5.0") for line in lines)


async def test_the_default_temperature_is_sent():
    async with served(chunked(*STREAM)) as url:
        await ask(url)
    assert json.loads(Served.last_request.partition(b"\r\n\r\n")[2])["temperature"] == 0.7


@pytest.mark.parametrize(
    ("writes", "then", "error", "words"),
    [
        (
            answer("429 Too Many Requests", "application/json", b'{"message":"slow"}', "Retry-After: 7"),
            "fin",
            StatusError,
            "429",
        ),
        (answer("500 Internal Server Error", "text/html", b"<html>boom</html>"), "fin", StatusError, "boom"),
        (
            answer("307 Temporary Redirect", "text/plain", b"", "Location: http://127.0.0.1:1/"),
            "fin",
            StatusError,
            "307",
        ),
        (
            answer("200 OK", "text/html", b"<html>Just a moment</html>"),
            "fin",
            NotAStreamError,
            "Just a moment",
        ),
        (
            answer("200 OK", "text/event-stream;charset=utf-8", b'{"error":{"message":"no key"}}'),
            "fin",
            ReplyError,
            "no key",
        ),
        (chunked(b'data: {"error":{"message":"overloaded"}}\n\n'), "fin", ReplyError, "overloaded"),
        (chunked(), "fin", TruncatedError, "cut off"),
        ([b"garbage\r\n\r\n"], "fin", UpstreamUnreachable, "cannot be reached"),
        ([], "fin", UpstreamUnreachable, "cannot be reached"),
        ([], "rst", UpstreamUnreachable, "cannot be reached"),
    ],
    ids=[
        "429",
        "500",
        "redirect",
        "html",
        "bare error",
        "error in stream",
        "nothing",
        "garbage",
        "fin first",
        "rst first",
    ],
)
async def test_an_answer_that_is_no_reply_has_its_own_error(writes, then, error, words):
    async with served(writes, then=then) as url:
        with pytest.raises(error, match=words):
            await ask(url)


@pytest.mark.parametrize(
    ("writes", "then"),
    [
        (chunked(*STREAM[:2]), "fin"),
        (chunked(*STREAM[:2], whole=False), "fin"),
        (chunked(*STREAM[:2], whole=False), "rst"),
        ([CHUNKED.replace(b"Transfer-Encoding: chunked", b"Content-Length: 9999"), *STREAM[:2]], "fin"),
        ([CHUNKED.replace(b"Transfer-Encoding: chunked", b"Connection: close"), *STREAM[:2]], "fin"),
    ],
    ids=["clean end", "fin in the body", "rst", "short of its length", "close-delimited"],
)
async def test_a_cut_reply_is_truncated_and_what_came_stays_said(writes, then):
    said = []
    async with served(writes, then=then) as url:
        with pytest.raises(TruncatedError) as caught:
            async for text in client(url).create_async_generator("m", ASK):
                said.append(text)  # what came before the error is what is looked at
    assert said == TEXTS[:2]
    assert caught.value.status == 200


async def test_a_finish_reason_without_the_terminal_event_is_a_whole_reply():
    async with served(chunked(*STREAM[:-1])) as url:
        assert await ask(url) == TEXTS


@pytest.mark.parametrize(
    ("writes", "waits"),
    [
        ([], {"first_byte": 0.1, "connect": 0.1}),
        (chunked(whole=False), {"first_byte": 0.1}),
        (chunked(*STREAM[:1], whole=False), {"between": 0.1}),
        (chunked(*STREAM[:1], whole=False), {"total": 0.2}),
        ([CHUNKED, b"5\r\nhello\r\nZZ\r\n"], {"between": 0.1}),
    ],
    ids=["no answer", "no first piece", "between pieces", "in all", "broken chunk size"],
)
async def test_no_wait_lasts_for_ever(writes, waits):
    async with served(writes, then="stall") as url:
        began = time.perf_counter()
        with pytest.raises((StalledError, TruncatedError)):
            await ask(url, waits=waits)
        assert time.perf_counter() - began < 2


async def test_nothing_listens():
    with pytest.raises(UpstreamUnreachable, match="standin"):
        await ask("http://127.0.0.1:1")


@pytest.mark.parametrize(
    "url", ["no url", "ftp://x", "", "http://", "http://[::1", "http://me:s3cr3t@h:99999"]
)
async def test_a_base_url_that_is_none_is_a_usage_error(url):
    with pytest.raises(UsageError) as caught:
        await ask(url)
    assert "s3cr3t" not in str(caught.value)


async def test_messages_are_refused_before_any_connection():
    with pytest.raises(MessageError) as caught:
        await ask(
            "http://127.0.0.1:1",
            messages=[{"role": "user", "content": "a"}, {"role": "user", "content": None}],
        )
    assert caught.value.index == 1


async def test_a_keyword_that_is_no_json_is_refused_before_any_connection():
    with pytest.raises(UsageError, match="keyword"):
        await ask("http://127.0.0.1:1", top_p=object())


async def _break(replies):
    async for _ in replies:
        break
    del replies


async def _raise(replies):
    with pytest.raises(ZeroDivisionError):
        async for _ in replies:
            raise ZeroDivisionError


async def _cancel(replies):
    async def consume():
        async for _ in replies:
            await asyncio.sleep(3600)

    task = asyncio.create_task(consume())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def _cancel_while_waiting(replies):
    await anext(replies)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await anext(replies)


async def _close(replies):
    await anext(replies)
    await replies.aclose()


@pytest.mark.parametrize("leave", [_break, _raise, _cancel, _cancel_while_waiting, _close])
async def test_however_the_caller_leaves_the_connection_is_closed_at_once(leave):
    async with served(chunked(*STREAM[:1], whole=False), then="stall") as url:
        await leave(client(url).create_async_generator("m", ASK))
        await asyncio.wait_for(Served.client_left.wait(), 1)


async def test_a_password_in_the_base_url_is_sent_as_such_and_shown_nowhere():
    async with served(chunked(*STREAM)) as url:
        assert await ask(url.replace("//", "//me:s3cr3t@")) == TEXTS
    assert b"s3cr3t" not in Served.last_request
    assert b"Authorization: Basic" in Served.last_request
    with pytest.raises(UpstreamUnreachable) as caught:
        await ask("http://me:s3cr3t@127.0.0.1:1")
    assert "s3cr3t" not in str(caught.value)
