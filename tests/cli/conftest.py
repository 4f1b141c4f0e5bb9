"""What the tests of this room share: the command line as a person runs it, here or in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, Source, StreamRecord
from harness.cli import run
from harness.disk.cassettes import save_cassette
from harness.disk.upstreams import forget_upstreams
from tests.disk.parrot import write_parrot

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from harness.cli import main; main()"]


@dataclass(frozen=True)
class Ended:
    """What a run of the command line left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Run `harness ...` in an empty folder, with an environment that says nothing."""
    for name in [name for name in os.environ if name.startswith("HARNESS_")] + ["FORCE_COLOR", "NO_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> Ended:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        return Ended(status, *capsys.readouterr())

    return call


def start(*arguments: object) -> subprocess.Popen[str]:
    """`harness ...` as a process of its own."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*PROGRAM, *map(str, arguments)], env=environ, text=True, **pipes)


@contextmanager
def serving(*arguments: object):
    """The base URL of `harness ... --format json`, which is stopped afterwards."""
    with start(*arguments, "--format", "json") as process:
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
            process.communicate(timeout=20)


@pytest.fixture(scope="session")
def standin():
    """The base URL of a stand-in that does not wait."""
    with serving("standin", "--speed", "inf") as url:
        yield url


CHUNKS = (
    '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1690000000,"model":"gpt-3.5-turbo-0613",'
    '"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}',
    '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1690000000,"model":"gpt-3.5-turbo-0613",'
    '"choices":[{"index":0,"delta":{"content":"Привет 🙂"},"finish_reason":null}]}',
    '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1690000000,"model":"gpt-3.5-turbo-0613",'
    '"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}',
    "[DONE]",
)
CONVERSATION = json.dumps({"history": [{"speaker": "human", "text": "Привет"}]})


def interaction(chunks=CHUNKS, *, end=End.COMPLETE) -> Interaction:
    """A small exchange with Vitalentum: a piece an event, ten milliseconds apart."""
    pieces = [f"data: {chunk}\n\n".encode() for chunk in chunks]
    frames = tuple(Frame(10.0 * number, len(piece)) for number, piece in enumerate(pieces, start=1))
    request = Request(
        "POST",
        "http://127.0.0.1:8080/api/converse-edge",
        (("Content-Type", "application/json"), ("Accept", "text/event-stream")),
        json.dumps({"conversation": CONVERSATION, "temperature": 0.7}).encode(),
    )
    stream = StreamRecord(
        frames,
        end,
        10.0 * len(pieces),
        recorded_at="2026-11-22T12:00:00Z",
        upstream="vitalentum",
        source=Source.STAND_IN,
    )
    headers = (
        ("Content-Type", "text/event-stream;charset=utf-8"),
        ("Cache-Control", "no-cache, no-transform"),
    )
    return Interaction(request, Response(200, "OK", headers, b"".join(pieces), stream))


@pytest.fixture
def tape(tmp_path):
    """A cassette on disk with the small exchange."""
    path = tmp_path / "hello.yaml"
    save_cassette(Cassette((interaction(),)), path)
    return path


@pytest.fixture
def parrot(tmp_path):
    """An upstream of the user's own, which the settings in this folder name."""
    folder = write_parrot(tmp_path / "parrot")
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\nupstreams = ["parrot"]\n')
    yield folder
    forget_upstreams()
