"""The published OpenAI clients, Python and JavaScript, and curl: through the proxy as without it, from a tape
as through it.

The Python client runs on httpx2, the JavaScript one on fetch. The upstream is aimock's OpenAI endpoint.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness import load_cassette, use_cassette
from harness.disk.cassettes import find_cassettes
from harness.net import RecordingProxy, ReplayServer
from tests.e2e.npm import install, program

if TYPE_CHECKING:
    from collections.abc import Callable

openai = pytest.importorskip("openai", reason="`nox -s e2e` installs it")
pytestmark = pytest.mark.e2e

JS = Path(__file__).parent / "openai_js"
PROMPTS = [
    "Say hello in one sentence.",
    "Привет! Расскажи про море",
    "Stop at the limit",
    "Say nothing",
    "Break off in the middle",
    "You are over quota",
    "Fall over",
]
KEY = "sk-not-a-real-key-0123456789"

Answer = dict[str, Any]
"""What a client got: `chunks`, `error` (a class name, or None) and `status`."""


# The clients ----------------------------------------------------------------------------------------------------------


def asked(prompt: str) -> dict[str, Any]:
    return {"model": "gpt-3.5-turbo", "messages": [{"role": "user", "content": prompt}], "stream": True}


def ended(chunks: list[Any], error: Exception | None = None) -> Answer:
    kind = type(error).__name__ if error else None
    return {"chunks": chunks, "error": kind, "status": getattr(error, "status_code", None) if error else 200}


def ask_python(url: str) -> list[Answer]:
    with openai.OpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0) as client:
        return [_ask_python(client, prompt) for prompt in PROMPTS]


def _ask_python(client: Any, prompt: str) -> Answer:
    chunks: list[Any] = []
    try:
        for chunk in client.chat.completions.create(**asked(prompt)):
            chunks.append(chunk.model_dump())
    except openai.OpenAIError as error:
        return ended(chunks, error)
    return ended(chunks)


async def ask_python_async(url: str) -> list[Answer]:
    async with openai.AsyncOpenAI(base_url=f"{url}/v1", api_key=KEY, max_retries=0) as client:
        return [await _ask_python_async(client, prompt) for prompt in PROMPTS]


async def _ask_python_async(client: Any, prompt: str) -> Answer:
    chunks: list[Any] = []
    try:
        async for chunk in await client.chat.completions.create(**asked(prompt)):
            chunks.append(chunk.model_dump())
    except openai.OpenAIError as error:
        return ended(chunks, error)
    return ended(chunks)


def ask_javascript(url: str) -> list[Answer]:
    install(JS)
    command = [program("node"), "ask.mjs", url]
    done = subprocess.run(
        command, cwd=JS, input=json.dumps(PROMPTS), capture_output=True, text=True, check=True
    )
    answers: list[Answer] = json.loads(done.stdout)
    return answers


def ask_curl(url: str) -> list[Answer]:
    return [_ask_curl(url, prompt) for prompt in PROMPTS]


def _ask_curl(url: str, prompt: str) -> Answer:
    """The lines of the answer for chunks: curl knows nothing of them."""
    headers = ["--header", "Content-Type: application/json", "--header", f"Authorization: Bearer {KEY}"]
    command = [
        program("curl"),
        "--silent",
        "--no-buffer",
        *headers,
        "--data-binary",
        "@-",
        "--write-out",
        "\n%{http_code}",
    ]
    done = subprocess.run(
        [*command, f"{url}/v1/chat/completions"],
        input=json.dumps(asked(prompt)).encode(),
        capture_output=True,
        check=False,
    )
    *lines, status = done.stdout.split(b"\n")
    chunks = [json.loads(line[6:]) if line.startswith(b"data: {") else line.decode() for line in lines]
    return {
        "chunks": chunks,
        "error": f"exit {done.returncode}" if done.returncode else None,
        "status": int(status),
    }


CLIENTS = {"python": ask_python, "javascript": ask_javascript, "curl": ask_curl}
clients = pytest.mark.parametrize("ask", CLIENTS.values(), ids=CLIENTS)


def meaning(answers: list[Answer]) -> list[tuple[str, list[str], str | None, int]]:
    """Texts, finish reasons and errors, without what is new in each answer."""
    return [(_text(answer), _reasons(answer), answer["error"], answer["status"]) for answer in answers]


def _choices(answer: Answer) -> list[Any]:
    return [choice for chunk in answer["chunks"] if isinstance(chunk, dict) for choice in chunk["choices"]]


def _text(answer: Answer) -> str:
    return "".join(choice["delta"].get("content") or "" for choice in _choices(answer))


def _reasons(answer: Answer) -> list[str]:
    return [choice["finish_reason"] for choice in _choices(answer) if choice["finish_reason"]]


# The journeys ---------------------------------------------------------------------------------------------------------


@clients
async def test_a_client_gets_through_the_proxy_what_it_gets_without_and_from_the_tapes_the_same_again(
    model: str, tmp_path: Path, ask: Callable[[str], list[Answer]]
) -> None:
    direct = await asyncio.to_thread(ask, model)
    async with RecordingProxy(None, model, tmp_path) as proxy:
        relayed = await asyncio.to_thread(ask, proxy.url)
    assert proxy.recorded == len(PROMPTS)
    async with ReplayServer(tmp_path) as server:
        played = await asyncio.to_thread(ask, server.url)

    assert meaning(relayed) == meaning(direct)
    assert played == relayed


async def test_every_client_is_played_what_another_one_recorded(model: str, tmp_path: Path) -> None:
    async with RecordingProxy(None, model, tmp_path) as proxy:
        recorded = await asyncio.to_thread(ask_javascript, proxy.url)
    async with ReplayServer(tmp_path) as server:
        for ask in CLIENTS.values():
            assert meaning(await asyncio.to_thread(ask, server.url))[:4] == meaning(recorded)[:4]


def test_the_python_client_is_recorded_and_played_in_process(model: str, tmp_path: Path) -> None:
    direct = ask_python(model)
    with use_cassette(tmp_path / "t.yaml", mode="all"):
        recorded = ask_python(model)
    with use_cassette(tmp_path / "t.yaml"):
        played = ask_python(model)

    assert meaning(recorded) == meaning(direct)
    assert played == recorded


async def test_the_async_python_client_is_as_well(model: str, tmp_path: Path) -> None:
    with use_cassette(tmp_path / "t.yaml", mode="all"):
        recorded = await ask_python_async(model)
    with use_cassette(tmp_path / "t.yaml"):
        played = await ask_python_async(model)

    assert meaning(recorded)[0][0].startswith("Hello!")
    assert played == recorded


async def test_no_key_is_on_any_tape_and_a_broken_stream_is_one(model: str, tmp_path: Path) -> None:
    async with RecordingProxy(None, model, tmp_path) as proxy:
        await asyncio.to_thread(ask_python, proxy.url)

    assert not [tape for tape in find_cassettes(tmp_path) if KEY in tape.read_text(encoding="utf-8")]
    streams = [load_cassette(tape).interactions[0].response.stream for tape in find_cassettes(tmp_path)]
    broken = streams[PROMPTS.index("Break off in the middle")]
    assert broken is not None
    assert broken.end in ("short", "reset")
