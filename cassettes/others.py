"""Records what other people's servers say: `python -m cassettes.others [SERVER ...]`, or `nox -s recordings`.

Each is asked through `harness.net.RecordingProxy`, so that the recordings are what any client would get. aimock and
mock-llm need Node 20 and npm (`tests/e2e/others`); llmock and fakellm come from PyPI, with the session. None is a live
service, and each cassette names the server and its version.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import urlopen

import aiohttp
import msgspec

from harness.disk.cassettes import find_cassettes
from harness.net import RecordingProxy
from tests.e2e.npm import install, program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = Path(__file__).parent
OTHERS = FOLDER.parent / "tests" / "e2e" / "others"
SCRIPTS = Path(sysconfig.get_path("scripts"))
PORTS = {"aimock": 18811, "mock-llm": 18812, "llmock": 18813, "fakellm": 18814}
"""Fixed, so that recording again changes no address."""
PATIENCE_S = 30.0

HELLO = "Say hello in one sentence."
TOOL = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "schema": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


class Question(msgspec.Struct, frozen=True):
    """What is asked, whatever the protocol."""

    text: str
    tools: bool = False
    counted: bool = False
    answers: int = 1


QUESTIONS = {
    "hello": Question(HELLO),
    "counted": Question(HELLO, counted=True),
    "russian": Question("Привет! Расскажи про море"),
    "tool": Question("What is the weather in Paris?", tools=True),
    "two-answers": Question(HELLO, answers=2),
    "length": Question("Stop at the limit"),
    "cut-short": Question("Break off in the middle"),
    "over-quota": Question("You are over quota"),
}

ASKED = {
    ("openai-chat", "aimock"): ("hello", "counted", "russian", "tool", "length", "cut-short", "over-quota"),
    ("openai-chat", "mock-llm"): ("hello", "russian"),
    ("openai-chat", "llmock"): ("hello", "counted", "russian", "tool", "two-answers"),
    ("openai-chat", "fakellm"): ("hello", "counted", "russian"),
    ("anthropic-messages", "aimock"): ("hello", "russian", "tool", "length", "cut-short", "over-quota"),
    ("anthropic-messages", "fakellm"): ("hello", "russian"),
    ("ollama-chat", "aimock"): ("hello", "russian", "tool", "length", "cut-short"),
}
"""Which server is asked what, in which protocol."""


def openai_chat(question: Question) -> dict[str, object]:
    body: dict[str, object] = {"model": "gpt-4o-mini", "messages": _said(question), "stream": True}
    if question.counted:
        body["stream_options"] = {"include_usage": True}
    if question.answers > 1:
        body["n"] = question.answers
    if question.tools:
        body["tools"] = [_function()]
    return body


def anthropic_messages(question: Question) -> dict[str, object]:
    body: dict[str, object] = {"model": "claude-sonnet-4-5", "max_tokens": 64, "messages": _said(question)}
    if question.tools:
        body["tools"] = [
            {"name": TOOL["name"], "description": TOOL["description"], "input_schema": TOOL["schema"]}
        ]
    return body | {"stream": True}


def ollama_chat(question: Question) -> dict[str, object]:
    body: dict[str, object] = {"model": "llama3.2", "messages": _said(question), "stream": True}
    return body | ({"tools": [_function()]} if question.tools else {})


PROTOCOLS = {
    "openai-chat": ("/v1/chat/completions", openai_chat, {"Authorization": "Bearer not-a-key"}),
    "anthropic-messages": ("/v1/messages", anthropic_messages, {"anthropic-version": "2023-06-01"}),
    "ollama-chat": ("/api/chat", ollama_chat, {}),
}


def _said(question: Question) -> list[dict[str, str]]:
    return [{"role": "user", "content": question.text}]


def _function() -> dict[str, object]:
    function = {"name": TOOL["name"], "description": TOOL["description"], "parameters": TOOL["schema"]}
    return {"type": "function", "function": function}


@contextmanager
def running(name: str) -> Iterator[tuple[str, str]]:
    """The server's base URL, and its name with its version. It is ended with the block."""
    port = PORTS[name]
    command, told = _command(name, port)
    environment = {"PATH": str(Path(program("node")).parent) + ":/usr/bin:/bin", "PORT": str(port)}
    with subprocess.Popen(command, cwd=OTHERS, env=environment, stdout=subprocess.DEVNULL) as server:  # noqa: S603 - ours
        try:
            _wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}", told
        finally:
            server.terminate()


def _command(name: str, port: int) -> tuple[list[str], str]:
    if name in ("aimock", "mock-llm"):
        return _node_command(name, port)
    serve = {"llmock": ["--latency-ms", "0"], "fakellm": ["--config", "fakellm.yaml"]}[name]
    return [str(SCRIPTS / name), "serve", "--port", str(port), *serve], f"{name} {version(name)}"


def _node_command(name: str, port: int) -> tuple[list[str], str]:
    install(OTHERS)
    package = {"aimock": "@copilotkit/aimock", "mock-llm": "@dwmkerr/mock-llm"}[name]
    lock = json.loads((OTHERS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    scripts = OTHERS / "node_modules" / ".bin"
    command = {
        "aimock": [str(scripts / "llmock"), "--port", str(port), "--fixtures", "fixtures.json", "--strict"],
        "mock-llm": [str(scripts / "mock-llm")],
    }[name]
    return command, f"{package} {lock[f'node_modules/{package}']['version']}"


def _wait_for(url: str) -> None:
    """Until something answers there, whatever it says."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            urlopen(url, timeout=1)  # noqa: S310 - loopback
        except OSError as error:
            if getattr(error, "code", None):  # an HTTP error is an answer
                return
        else:
            return
    raise TimeoutError(url)


async def record(upstream: str, server: str, url: str, told: str, names: Iterable[str]) -> None:
    """Ask each question once; a cassette for each."""
    path, body, headers = PROTOCOLS[upstream]
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            async with (
                RecordingProxy(upstream, url, folder, source="independent", recorded_from=told) as proxy,
                aiohttp.ClientSession() as session,
            ):
                await _ask(session, proxy.url + path, body(QUESTIONS[name]), headers)
            (tape,) = find_cassettes(folder)
            kept = FOLDER / upstream / f"{server}-{name}.yaml"
            kept.parent.mkdir(exist_ok=True)
            kept.write_bytes(tape.read_bytes())
            print(f"{upstream:20} {kept.name}", flush=True)


async def _ask(session: aiohttp.ClientSession, url: str, body: object, headers: dict[str, str]) -> None:
    """Read to the end, however it ends: that is part of the recording."""
    try:
        async with session.post(url, json=body, headers=headers) as answer:
            await answer.read()
    except aiohttp.ClientError as error:
        print(type(error).__name__, end=" ")


async def main(servers: Iterable[str]) -> None:
    wanted = set(servers) or PORTS.keys()
    for server in sorted(wanted):
        with running(server) as (url, told):
            for (upstream, who), names in ASKED.items():
                if who == server:
                    await record(upstream, server, url, told, names)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
