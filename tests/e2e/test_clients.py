"""Three clients, one text: the published g4f class, our own and curl, all against `harness replay`."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import shutil
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import Vitalentum, load_cassette
from harness.chat.reply import fold
from harness.sse import SSEParser
from harness.upstreams.reading import read
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum import decode_conversation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from harness import Interaction

pytestmark = pytest.mark.e2e

CASSETTES = Path(__file__).parents[2] / "cassettes" / "vitalentum"
G4F = Path(__file__).parent / "g4f_client.py"
VITALENTUM = get_upstream("vitalentum")

FOR_ALL = (
    *(
        "reply",
        "reply-russian",
        "reply-conversation",
        "hello",
        "long",
        "unicode",
        "empty",
        "keep-alive",
        "crlf",
    ),
    *("cut-characters", "no-done", "edge-hello", "edge-russian", "edge-long", "edge-length", "edge-empty"),
)
"""Cassettes that every client can read: the published one fails on several others, and so it should."""

CUTS = ("recorded", "event", "byte", "whole", "random:3")


def the_one_in(name: str) -> Interaction:
    (interaction,) = load_cassette(CASSETTES / f"{name}.yaml").interactions
    return interaction


def messages_of(interaction: Interaction) -> list[dict[str, str]]:
    assert interaction.request.body is not None
    return [
        dict(message) for message in decode_conversation(json.loads(interaction.request.body)["conversation"])
    ]


def text_of(body: bytes) -> str:
    return fold(said for event in SSEParser().feed(body) for said in read(VITALENTUM, event)).text


async def run(*command: str | Path, given: bytes) -> bytes:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    out, _ = await process.communicate(given)
    assert process.returncode == 0
    return out


@asynccontextmanager
async def replayed(name: str, cut: str) -> AsyncIterator[str]:
    """The URL of `harness replay`, the command itself, serving one cassette."""
    harness = Path(sys.executable).with_name("harness")
    arguments = ("replay", CASSETTES / f"{name}.yaml", "--cut", cut, "--format", "json")
    process = await asyncio.create_subprocess_exec(harness, *arguments, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield json.loads(await process.stdout.readline())["url"]
    finally:
        process.terminate()
        await process.wait()


async def ours(url: str, interaction: Interaction) -> str:
    client = type("Client", (Vitalentum,), {"url": url})
    return "".join([piece async for piece in client.create_async_generator("", messages_of(interaction))])


async def g4f(url: str, interaction: Interaction) -> str:
    said = json.loads(
        await run(sys.executable, G4F, url, given=json.dumps(messages_of(interaction)).encode())
    )
    assert said["error"] is None
    return "".join(said["pieces"])


async def curl(url: str, interaction: Interaction) -> bytes:
    program = shutil.which("curl")
    assert program is not None, "curl is missing"
    request = ("--header", "Content-Type: application/json", "--data-binary", "@-")
    return await run(
        program,
        "--silent",
        "--show-error",
        *request,
        VITALENTUM.url(url),
        given=interaction.request.body or b"",
    )


@pytest.mark.skipif(
    importlib.util.find_spec("g4f") is None, reason="g4f is not installed here: `nox -s e2e` does it"
)
@pytest.mark.parametrize("name", FOR_ALL)
@pytest.mark.parametrize("cut", CUTS)
async def test_the_published_client_reads_what_ours_reads(name: str, cut: str) -> None:
    interaction = the_one_in(name)

    async with replayed(name, cut) as url:
        assert (
            await g4f(url, interaction) == await ours(url, interaction) == text_of(interaction.response.body)
        )


@pytest.mark.parametrize("name", FOR_ALL)
@pytest.mark.parametrize("cut", CUTS)
async def test_curl_gets_the_recorded_bytes(name: str, cut: str) -> None:
    interaction = the_one_in(name)

    async with replayed(name, cut) as url:
        assert await curl(url, interaction) == interaction.response.body
