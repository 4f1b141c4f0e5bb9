"""Other people's clients in the form that `harness fuzz client` takes: a base URL -> the pieces of the reply's text.

Each function asks as the library's own documentation shows, sets its read time-out where it has one, and leaves
everything else as it comes. The libraries are asked for when they are used, so that one of them can be tried without
the others.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

READ_S = 3.0
"""The read time-out of every client that has one."""

KEY = "sk-not-a-real-key-0123456789"
MESSAGES = [{"role": "user", "content": "How are you?"}]
ASKED: dict[str, Any] = {"model": "gpt-3.5-turbo", "messages": MESSAGES, "stream": True}


def ours(url: str) -> AsyncIterator[str]:
    """`harness.Vitalentum`."""
    from harness import Vitalentum
    from harness.clients.waiting import Timeouts

    Vitalentum.url = url
    Vitalentum.timeouts = Timeouts(first_byte=READ_S, between=READ_S)
    return Vitalentum.create_async_generator("gpt-3.5-turbo", MESSAGES)


def g4f(url: str) -> AsyncIterator[str]:
    """The provider class of the same name that g4f has published. It takes no time-out."""
    from tests.e2e.g4f_client import provider

    client = provider()
    client.url = url
    return client.create_async_generator("gpt-3.5-turbo", MESSAGES)


def openai_python(url: str) -> Iterator[str]:
    """openai-python."""
    from openai import OpenAI

    client = OpenAI(base_url=f"{url}/v1", api_key=KEY, timeout=READ_S)
    for chunk in client.chat.completions.create(**ASKED):
        yield from _texts(chunk)


async def openai_python_async(url: str) -> AsyncIterator[str]:
    """openai-python, asynchronously."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=f"{url}/v1", api_key=KEY, timeout=READ_S)
    async for chunk in await client.chat.completions.create(**ASKED):
        for text in _texts(chunk):
            yield text


def litellm(url: str) -> Iterator[str]:
    """litellm, to an endpoint that speaks as OpenAI's does."""
    completion = _of_litellm("completion")
    for chunk in completion(**_for_litellm(url)):
        yield from _texts(chunk)


async def litellm_async(url: str) -> AsyncIterator[str]:
    """litellm, asynchronously."""
    completion = _of_litellm("acompletion")
    async for chunk in await completion(**_for_litellm(url)):
        for text in _texts(chunk):
            yield text


def httpx_sse(url: str) -> Iterator[str]:
    """httpx-sse, with the loop that its documentation shows, and json."""
    import httpx
    from httpx_sse import connect_sse

    with (
        httpx.Client(timeout=READ_S) as client,
        connect_sse(client, "POST", f"{url}/v1/chat/completions", json=ASKED) as source,
    ):
        for event in source.iter_sse():
            if event.data == "[DONE]":
                return
            yield from _deltas(event.data)


async def aiohttp_loop(url: str) -> AsyncIterator[str]:
    """The loop that everybody has written once, over the lines of aiohttp."""
    import aiohttp

    limits = aiohttp.ClientTimeout(sock_read=READ_S)
    async with (
        aiohttp.ClientSession(timeout=limits) as session,
        session.post(f"{url}/v1/chat/completions", json=ASKED) as answer,
    ):
        answer.raise_for_status()
        async for line in answer.content:
            text = line.decode().strip()
            if text == "data: [DONE]":
                return
            if text.startswith("data: "):
                for piece in _deltas(text[6:]):
                    yield piece


def _of_litellm(name: str) -> Any:
    """A function of litellm's, which asks nobody for the newest prices when it is imported."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm

    return getattr(litellm, name)


def _for_litellm(url: str) -> dict[str, Any]:
    return {
        **ASKED,
        "model": "openai/gpt-3.5-turbo",
        "api_base": f"{url}/v1",
        "api_key": KEY,
        "timeout": READ_S,
    }


def _texts(chunk: Any) -> Iterator[str]:
    """The text of a chunk of OpenAI's."""
    for choice in chunk.choices:
        yield choice.delta.content or ""


def _deltas(data: str) -> Iterator[str]:
    """The same of a chunk as it comes."""
    for choice in json.loads(data)["choices"]:
        yield choice["delta"].get("content") or ""
