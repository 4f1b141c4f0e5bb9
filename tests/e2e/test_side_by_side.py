"""The plugin beside its neighbours, all installed as users install them: pytest-recording, cassetter, pytest-asyncio,
anyio and pytest-xdist.

The first two cannot be installed together (both want `--record-mode`), so each is tried with the other switched
off. Each project is recorded with both upstreams there, and played with neither.
"""

from __future__ import annotations

import os
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.e2e

PROJECT = """
import http.server
import os
import threading

import harness
import httpx
import pytest

PORT = int(os.environ["PORT"])
RECORDS = bool(os.environ.get("RECORDS"))


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"hi")

    def log_message(self, *_):
        pass


@pytest.fixture
def theirs():
    if RECORDS:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Answers)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{PORT}/"
    if RECORDS:
        server.shutdown()
        server.server_close()


@pytest.fixture
def ours(harness_standin, monkeypatch):
    monkeypatch.setattr(harness.Vitalentum, "url", harness_standin.url if RECORDS else "http://127.0.0.1:1")


async def ask():
    messages = [{"role": "user", "content": "Hello!"}]
    return [piece async for piece in harness.Vitalentum.create_async_generator("", messages)]


@pytest.mark.vcr
def test_theirs(theirs):
    assert httpx.get(theirs).text == "hi"


@pytest.mark.asyncio
@pytest.mark.harness
async def test_ours_with_asyncio(ours):
    assert await ask()


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.harness
async def test_ours_with_anyio(ours, anyio_backend):
    assert await ask()
"""


@pytest.fixture
def run(python: Path, tmp_path: Path) -> Callable[..., str]:
    """Run the project's tests, with both upstreams there or with neither; what pytest prints."""
    (tmp_path / "test_both.py").write_text(PROJECT, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "CI"))
    }

    def call(*arguments: str, records: bool) -> str:
        environ = {**clean, "PORT": port, "RECORDS": "1" if records else ""}
        command = [str(python), "-m", "pytest", "-W", "error::pytest.PytestAssertRewriteWarning", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        ).stdout

    return call


@pytest.mark.parametrize("asyncio_mode", ["strict", "auto"])
@pytest.mark.parametrize(("neighbour", "other"), [("recording", "cassetter"), ("cassetter", "recording")])
def test_each_records_and_plays_its_own_tests(run, tmp_path, neighbour, other, asyncio_mode):
    how = ("-p", f"no:{other}", "-o", f"asyncio_mode={asyncio_mode}")
    recorded = run(*how, "--record-mode=once", "--harness-mode=once", records=True)
    assert "3 passed" in recorded, recorded
    assert "recorded  2 interactions onto 2 cassettes" in recorded
    tapes = tmp_path / "cassettes" / "test_both"
    assert {each.stem for each in tapes.iterdir()} == {
        "test_theirs",
        "test_ours_with_asyncio",
        "test_ours_with_anyio-asyncio",
    }
    for more in ((), ("-n", "2")):
        played = run(*how, *more, records=False)
        assert "3 passed" in played, played
        assert "played    2 interactions from 2 cassettes" in played
        assert "unused" not in played


def test_it_can_be_switched_off(run):
    printed = run(
        "-p", "no:cassetter", "-p", "no:harness", "-k", "theirs", "--record-mode=once", records=True
    )
    assert "1 passed" in printed, printed
