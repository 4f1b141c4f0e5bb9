"""vcrpy and we on the same tapes, both ways. Runs with whatever vcrpy is installed; `nox -s vcrpy` takes the
oldest and the newest.

The clients are aiohttp, through vcrpy's own stub of it, and the standard library. Nothing but loopback is
reached.
"""

from __future__ import annotations

import json
import urllib.request
from contextlib import asynccontextmanager

import aiohttp
import pytest
import vcr
from aiohttp import web

from harness.cassette.digest import digest_matches
from harness.cassette.framing import playback
from harness.cassette.model import Cassette, End, Interaction, Request, Response
from harness.disk.cassettes import load_cassette, save_cassette
from harness.disk.tape import TapeWriter
from tests.cassette.samples import BODY, answered, asked

# Each body and what of it is awkward: plain vcrpy must give back the very same bytes.
BODIES = {
    "a chat": BODY,
    "carriage returns": b"data: a\r\n\r\ndata: b\r\n\r\n",
    "trailing blanks": b"data: \n\ndata: a \n\n",
    "unicode breaks": "data: \u2028\u0085\ufeff\n\n".encode(),
    "controls": b"data: \x00\x1b\n\n",
    "no text": b"\xff\xfe\x00",
    "cut in a character": "data: Прив".encode()[:-1],
    "nothing": b"",
}


def tape_with(body: bytes) -> Cassette:
    sizes = (3, 4) if len(body) > 7 else ()
    return Cassette((Interaction(asked(), answered(body, *sizes, end=End.SHORT)),))


def ask_with_urllib(request: Request) -> bytes:
    headers = dict(request.headers)
    with urllib.request.urlopen(urllib.request.Request(request.uri, request.body, headers)) as response:
        return response.read()


@asynccontextmanager
async def echo_server():
    """Answers a POST with an event stream that tells what was asked."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Twice": "1"})
        response.headers.add("X-Twice", "2")
        await response.prepare(request)
        for part in (b"data: Hi \xf0\x9f", b"\x99\x82\n\ndata: ", await request.read(), b"\n\n"):
            await response.write(part)
        return response

    app = web.Application()
    app.router.add_post("/chat", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/chat"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_vcrpy_replays_what_we_wrote(tmp_path, body):
    save_cassette(tape_with(body), tmp_path / "a.yaml")
    with vcr.use_cassette(str(tmp_path / "a.yaml"), record_mode="none") as played:
        assert ask_with_urllib(asked()) == body
        assert played.all_played


@pytest.mark.parametrize("name", [name for name in BODIES if name not in ("no text", "cut in a character")])
def test_vcrpy_replays_what_we_wrote_as_json(tmp_path, name):
    save_cassette(tape_with(BODIES[name]), tmp_path / "a.json")
    with vcr.use_cassette(str(tmp_path / "a.json"), record_mode="none", serializer="json"):
        assert ask_with_urllib(asked()) == BODIES[name]


async def test_vcrpys_aiohttp_replays_what_we_wrote(tmp_path):
    save_cassette(tape_with(BODY), tmp_path / "a.yaml")
    request = asked()
    with vcr.use_cassette(str(tmp_path / "a.yaml"), record_mode="none"):
        async with (
            aiohttp.ClientSession() as session,
            session.post(request.uri, data=request.body) as response,
        ):
            assert response.status == 200
            assert response.headers["Content-Type"] == "text/event-stream;charset=utf-8"
            assert await response.read() == BODY


def test_vcrpy_matches_on_the_body_we_wrote(tmp_path):
    save_cassette(
        Cassette((Interaction(asked("other"), answered(b"other")), *tape_with(BODY).interactions)),
        tmp_path / "a.yaml",
    )
    with vcr.use_cassette(str(tmp_path / "a.yaml"), record_mode="none", match_on=["method", "uri", "body"]):
        assert ask_with_urllib(asked()) == BODY


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_rewrite_by_vcrpy_keeps_our_data(tmp_path, body):
    path = tmp_path / "a.yaml"
    save_cassette(tape_with(body), path)
    (before,) = load_cassette(path).interactions
    async with echo_server() as url:
        with vcr.use_cassette(str(path), record_mode="new_episodes"):
            async with aiohttp.ClientSession() as session, session.post(url, data=b"more") as response:
                await response.read()
    after, added = load_cassette(path).interactions
    assert after.response.stream == before.response.stream
    assert after.response.body == body
    assert digest_matches(after)
    assert playback(after.response, pace="recorded") == playback(before.response, pace="recorded")
    assert added.response.stream is None
    TapeWriter(path).finish()  # and we can go on recording onto it


@pytest.mark.parametrize("how", ["data", "json"])
@pytest.mark.parametrize("serializer", ["yaml", "json"])
async def test_we_read_what_vcrpy_recorded(tmp_path, how, serializer):
    path = tmp_path / f"a.{serializer}"
    asked_for = {"conversation": json.dumps({"history": []}), "temperature": 0.7}
    sent = {"json": asked_for} if how == "json" else {"data": json.dumps(asked_for).encode()}
    async with echo_server() as url:
        with vcr.use_cassette(str(path), record_mode="once", serializer=serializer):
            async with aiohttp.ClientSession() as session:
                async with session.post(url, headers={"Accept": "text/event-stream"}, **sent) as response:
                    await response.read()
    (item,) = load_cassette(path).interactions
    assert item.request == Request(
        "POST", url, (("Accept", "text/event-stream"),), json.dumps(asked_for).encode()
    )
    assert (item.response.status, item.response.reason) == (200, "OK")
    assert item.response.body == f"data: Hi 🙂\n\ndata: {json.dumps(asked_for)}\n\n".encode()
    assert [value for name, value in item.response.headers if name == "X-Twice"] == ["1", "2"]
    save_cassette(Cassette((item,)), tmp_path / "again.yaml")
    assert load_cassette(tmp_path / "again.yaml").interactions[0].response.body == item.response.body


def test_we_read_bodies_that_vcrpy_wrote_in_every_form(tmp_path):
    from vcr.serialize import serialize
    from vcr.serializers import yamlserializer

    for number, body in enumerate(BODIES.values()):
        response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": body}}
        requests = [vcr.request.Request("POST", "http://h/", body, {})]
        path = tmp_path / f"{number}.yaml"
        path.write_text(
            serialize({"requests": requests, "responses": [response]}, yamlserializer), encoding="utf-8"
        )
        assert load_cassette(path).interactions == (
            Interaction(Request("POST", "http://h/", (), body), Response(200, "OK", (), body)),
        )
