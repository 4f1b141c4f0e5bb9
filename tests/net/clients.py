"""Clients to be tried: ours, and some with one fault each. Each takes a base URL and gives the reply's text."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

from harness import Vitalentum
from harness.clients.waiting import Timeouts
from harness.sse import SSEParser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

QUESTION = [{"role": "user", "content": "How are you?"}]


def ours(url: str) -> AsyncIterator[str]:
    """Our own client, with a read time-out that a test can wait for."""
    Vitalentum.url = url
    Vitalentum.timeouts = Timeouts(first_byte=2.0, between=2.0)
    return Vitalentum.create_async_generator("gpt-3.5-turbo", QUESTION)


def trusting(url: str) -> Iterator[str]:
    """Reads well and believes everything: no end is missed, no time-out is set."""
    parser = SSEParser()
    with _asked(url) as answer:
        for line in answer:
            for event in parser.feed(line):
                if event.data != "[DONE]":
                    yield from _texts(event.data)


def doubling(url: str) -> list[str]:
    """Gives each piece of text twice."""
    return [text for text in trusting(url) for _ in range(2)]


def losing(url: str) -> list[str]:
    """Gives no text that is not ASCII."""
    return [text for text in trusting(url) if text.isascii()]


def shouting(url: str) -> str:
    """Gives other text."""
    return "".join(trusting(url)).upper()


def hasty(url: str) -> list[str]:
    """Asks again at once, whatever it was told."""
    try:
        return list(trusting(url))
    except urllib.error.HTTPError:
        return list(trusting(url))


def patient(url: str) -> list[str]:
    """Asks again when it is time."""
    try:
        return list(trusting(url))
    except urllib.error.HTTPError as error:
        time.sleep(float(error.headers.get("Retry-After") or 0))
        return list(trusting(url))


async def later(url: str) -> str:
    """A coroutine that gives the whole text."""
    return "".join(trusting(url))


async def streaming(url: str) -> AsyncIterator[str]:
    """An asynchronous generator."""
    for text in trusting(url):
        yield text


async def promising(url: str) -> AsyncIterator[str]:
    """A coroutine that gives an asynchronous generator."""
    return streaming(url)


async def blocking(url: str) -> str:
    """Blocks the event loop for ever."""
    time.sleep(3600)  # noqa: ASYNC251 - that is its fault
    return "".join(trusting(url))


def leaving(url: str) -> list[str]:
    """Ends the program, as if all were well, when it has read the reply."""
    list(trusting(url))
    sys.exit(0)


def talking(url: str) -> list[str]:
    """Prints what it does."""
    print("asking")
    return list(trusting(url))


def forking(url: str) -> list[str]:
    """Leaves a process behind that holds stdout and stderr open."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    return list(trusting(url))


def flooding(url: str) -> Iterator[str]:
    """Gives megabytes more than was said."""
    yield from trusting(url)
    for _ in range(20):
        yield "x" * 1_000_000


def mixing(url: str) -> list[object]:
    """Gives what is no text among the pieces."""
    return [*trusting(url), None]


def _asked(url: str) -> urllib.request.addinfourl:
    request = urllib.request.Request(f"{url}/api/converse-edge", data=b"{}")
    request.add_header("Content-Type", "application/json")
    return urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request)


def _texts(data: str) -> Iterator[str]:
    for choice in json.loads(data).get("choices", ()):
        yield choice["delta"].get("content", "")
