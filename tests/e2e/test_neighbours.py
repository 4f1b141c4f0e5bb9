"""Tapes between neighbours: cassetter plays ours, we play those of pytest-recording, and all three work in one run.

The neighbours live in an environment of their own, for pytest will not start where both of them are.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest

import harness
from tests.e2e.test_vcrpy import BODIES, asked, echo_server, tape_with

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.e2e

PLAYS = """
import asyncio, json, sys
from pathlib import Path

import aiohttp
import cassetter
import httpx

folder, uri, body = Path(sys.argv[1]), sys.argv[2], sys.argv[3].encode()


async def whole():
    async with httpx.AsyncClient() as client:
        return (await client.post(uri, content=body)).content


async def streamed():
    async with httpx.AsyncClient() as client, client.stream("POST", uri, content=body) as response:
        return b"".join([piece async for piece in response.aiter_bytes()])


async def with_aiohttp():
    async with aiohttp.ClientSession() as session, session.post(uri, data=body) as response:
        return await response.read()


told = {}
for path in sorted(folder.iterdir()):
    for ask in (whole, streamed, with_aiohttp):
        with cassetter.use_cassette(path, record_mode="none"):
            told.setdefault(path.stem, []).append(asyncio.run(ask()).hex())
print(json.dumps(told))
"""

ASKS = """
import aiohttp
import cassetter
import harness
import httpx
import pytest

URL = "{url}"
SENT = b"asked"


@pytest.mark.vcr
@pytest.mark.asyncio
async def test_httpx():
    async with httpx.AsyncClient() as client:
        assert SENT in (await client.post(URL, content=SENT)).content


@pytest.mark.vcr
@pytest.mark.asyncio
async def test_aiohttp():
    async with aiohttp.ClientSession() as session, session.post(URL, data=SENT) as response:
        assert SENT in await response.read()
"""

THREE = """

@pytest.mark.harness
@pytest.mark.asyncio
async def test_ours():
    async with httpx.AsyncClient() as client:
        assert SENT in (await client.post(URL, content=SENT)).content
    async with aiohttp.ClientSession() as session, session.post(URL, data=SENT) as response:
        assert SENT in await response.read()


@pytest.mark.asyncio
async def test_cassetter(pytestconfig):
    mode = pytestconfig.getoption("--record-mode")
    with cassetter.use_cassette("cassettes/cassetter.yaml", record_mode=mode):
        async with httpx.AsyncClient() as client:
            assert SENT in (await client.post(URL, content=SENT)).content
"""


async def printed(python: Path, folder: Path, *arguments: str) -> str:
    """What pytest says of the folder's tests, in the neighbours' environment."""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON", "CI"))
    }
    command = [str(python), "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    run = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=clean, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await run.communicate()
    return out.decode()


def test_cassetter_plays_what_we_wrote(python, tmp_path):
    tapes, script = tmp_path / "tapes", tmp_path / "plays.py"
    script.write_text(PLAYS, encoding="utf-8")
    for name, body in BODIES.items():
        harness.save_cassette(tape_with(body), tapes / f"{name}.yaml")
    request = asked()
    assert request.body is not None
    command = [str(python), str(script), str(tapes), request.uri, request.body.decode()]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout) == {name: [body.hex()] * 3 for name, body in BODIES.items()}


async def test_we_play_what_pytest_recording_recorded(python, tmp_path):
    async with echo_server() as url:
        (tmp_path / "test_it.py").write_text(ASKS.format(url=url), encoding="utf-8")
        out = await printed(python, tmp_path, "-p", "no:cassetter", "-p", "no:harness", "--record-mode=once")
        assert "2 passed" in out, out
    tapes = tmp_path / "cassettes" / "test_it"
    said = "data: Hi 🙂\n\ndata: asked\n\n".encode()
    for name in ("test_httpx", "test_aiohttp"):
        (item,) = harness.load_cassette(tapes / f"{name}.yaml").interactions
        assert (item.request.method, item.request.uri, item.request.body) == ("POST", url, b"asked")
        assert item.response.body == said
        with harness.use_cassette(tapes / f"{name}.yaml", pace="instant"):
            async with aiohttp.ClientSession() as session, session.post(url, data=b"asked") as response:
                assert await response.read() == said
        with harness.use_cassette(tapes / f"{name}.yaml"):
            async with httpx.AsyncClient() as client:
                assert (await client.post(url, content=b"asked")).content == said


async def test_all_three_play_their_own_tapes_in_one_run(python, tmp_path):
    how = ("-p", "no:cassetter")  # its plugin; `cassetter.use_cassette` is there all the same
    async with echo_server() as url:
        (tmp_path / "test_it.py").write_text(ASKS.format(url=url) + THREE, encoding="utf-8")
        recorded = await printed(python, tmp_path, *how, "--record-mode=once", "--harness-mode=once")
        assert "4 passed" in recorded, recorded
        assert "recorded  2 interactions onto 1 cassette" in recorded
    written = {path.stem for path in (tmp_path / "cassettes").rglob("*.yaml")}
    assert written == {"test_httpx", "test_aiohttp", "test_ours", "cassetter"}
    played = await printed(python, tmp_path, *how, "--record-mode=none")
    assert "4 passed" in played, played
    assert "played    2 interactions from 1 cassette" in played
    tapes = tmp_path / "cassettes" / "test_it"
    assert [len(harness.load_cassette(path).interactions) for path in sorted(tapes.iterdir())] == [1, 1, 2]


async def test_the_two_neighbours_cannot_start_together_with_or_without_us(python, tmp_path):
    (tmp_path / "test_it.py").write_text("def test_nothing(): pass\n", encoding="utf-8")
    for how in ((), ("-p", "no:harness")):
        assert "record_mode" in await printed(python, tmp_path, *how)
