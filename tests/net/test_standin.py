"""The stand-in on the wire, byte by byte: raw sockets ask, and see what really comes."""

from __future__ import annotations

import asyncio
import json
import math
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import msgspec
import pytest

from harness.errors import UsageError
from harness.net.standin import SCENARIO_HEADER, Standin
from harness.upstreams.vitalentum.standin.intake import Question
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS, find_scenario, script
from harness.upstreams.vitalentum.standin.script import Ending

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

PATH = "/api/converse-edge"
QUESTION = Question((("human", "Hello"),))
BODY = json.dumps(
    {"conversation": json.dumps({"history": [{"speaker": "human", "text": "Hello"}]}), "temperature": 0.7}
).encode()

HEAD = (
    b"HTTP/1.1 200 OK\r\n"
    b"Access-Control-Allow-Origin: *\r\n"
    b"Content-Type: text/event-stream;charset=utf-8\r\n"
    b"Cache-Control: no-cache, no-transform\r\n"
    b"X-Accel-Buffering: no\r\n"
    b"Transfer-Encoding: chunked\r\n"
    b"Date: "
)

ENDS_CLEANLY = sorted(
    name for name in SCENARIOS if script(SCENARIOS[name], QUESTION).ending is Ending.FINISHED
)


@pytest.fixture
async def standin() -> AsyncIterator[Standin]:
    async with Standin(speed=math.inf) as running:
        yield running


class Seen(msgspec.Struct):
    """What a raw socket saw: the bytes, and whether they ended with a FIN."""

    head: bytes
    rest: bytes
    fin: bool

    @property
    def status(self) -> int:
        return int(self.head.split(b" ")[1])

    @property
    def pieces(self) -> list[bytes]:
        """The HTTP chunks, as they were framed, up to the last one that is whole."""
        found, rest = [], self.rest
        while (size_line := rest.partition(b"\r\n"))[1] and (size := int(size_line[0], 16)):
            found.append(size_line[2][:size])
            rest = size_line[2][size + 2 :]
        return found


async def ask(
    url: str,
    body: bytes = BODY,
    *,
    method: str = "POST",
    path: str = PATH,
    headers: Mapping[str, str] | None = None,
) -> Seen:
    """Send one request over a raw socket, and read until the server ends the connection."""
    place = urlsplit(url)
    lines = {"Host": place.netloc, "Connection": "close", "Content-Length": str(len(body)), **(headers or {})}
    head = f"{method} {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(head.encode() + b"\r\n" + body)
        got, fin = await _read(reader)
    finally:
        await _hang_up(writer)
    first, _, rest = got.partition(b"\r\n\r\n")
    return Seen(first, rest, fin)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionResetError):
        await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> tuple[bytes, bool]:
    got = b""
    try:
        while data := await reader.read(65536):
            got += data
    except ConnectionResetError:
        return got, False
    return got, True


def planned(name: str) -> list[bytes]:
    return [step.data for step in script(find_scenario(name), QUESTION).steps]


async def test_the_head_is_the_service_s_own(standin: Standin) -> None:
    seen = await ask(standin.url, headers={"Connection": "keep-alive", SCENARIO_HEADER: "reset"})

    assert seen.head.startswith(HEAD)
    mark = b"\r\nx-harness-standin: "  # the one header more: it says what it is
    assert seen.head.count(b"\r\n") == HEAD.count(b"\r\n") + 1
    assert mark in seen.head


async def test_nothing_says_what_the_stand_in_is_made_of(standin: Standin) -> None:
    for scenario in ("hello", "server-error"):
        seen = await ask(standin.url, headers={SCENARIO_HEADER: scenario})

        assert b"server:" not in seen.head.lower()
        assert b"aiohttp" not in seen.head.lower()


@pytest.mark.parametrize("name", sorted(SCENARIOS.keys() - {"stall", "short-length"}))
async def test_each_step_is_one_http_chunk(standin: Standin, name: str) -> None:
    seen = await ask(standin.url, headers={SCENARIO_HEADER: name})

    assert seen.pieces == planned(name)


@pytest.mark.parametrize("name", ENDS_CLEANLY)
async def test_a_whole_body_ends_with_the_last_chunk_and_a_fin(standin: Standin, name: str) -> None:
    seen = await ask(standin.url, headers={SCENARIO_HEADER: name})

    assert seen.rest.endswith(b"\r\n0\r\n\r\n")
    assert seen.fin


async def test_cut_short_is_a_fin_without_the_last_chunk(standin: Standin) -> None:
    seen = await ask(standin.url, headers={SCENARIO_HEADER: "cut-short"})

    assert seen.fin
    assert not seen.rest.endswith(b"0\r\n\r\n")


async def test_reset_is_a_rst_after_seven_events(standin: Standin) -> None:
    seen = await ask(standin.url, headers={SCENARIO_HEADER: "reset"})

    assert not seen.fin
    assert len(seen.pieces) == 7


async def test_short_length_is_a_fin_before_the_length_is_reached(standin: Standin) -> None:
    seen = await ask(standin.url, headers={SCENARIO_HEADER: "short-length"})

    assert seen.fin
    assert seen.rest == b"".join(planned("short-length"))
    assert b"Content-Length: %d" % (len(seen.rest) + 500) in seen.head
    assert b"Transfer-Encoding" not in seen.head


async def test_stall_is_silence_on_an_open_connection(standin: Standin) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.3):
            await ask(standin.url, headers={SCENARIO_HEADER: "stall"})


async def test_a_connection_is_kept_for_the_next_request(standin: Standin) -> None:
    connector = aiohttp.TCPConnector(limit=1)
    async with aiohttp.ClientSession(connector=connector) as session:
        for _ in range(3):
            async with session.post(standin.url + PATH, data=BODY) as response:
                assert await response.read()

        assert len({id(connection) for pool in connector._conns.values() for connection, _ in pool}) == 1


async def test_the_same_seed_gives_the_same_bytes_on_another_server(standin: Standin) -> None:
    async with Standin(speed=math.inf) as other:
        assert (await ask(other.url)).rest == (await ask(standin.url)).rest


async def test_another_seed_gives_other_bytes(standin: Standin) -> None:
    async with Standin(seed=1, speed=math.inf) as other:
        assert (await ask(other.url)).rest != (await ask(standin.url)).rest


async def test_pieces_come_when_the_script_says() -> None:
    due = sum(step.delay_s for step in script(find_scenario("hello"), QUESTION).steps)
    clock = asyncio.get_running_loop().time

    async with Standin(scenario="hello", speed=2) as standin:
        began = clock()
        await ask(standin.url)
        took = clock() - began

    assert due / 2 <= took < due / 2 + 0.5


async def test_the_scenario_is_that_of_the_server_unless_a_request_names_one() -> None:
    async with Standin(scenario="empty", speed=math.inf) as standin:
        assert (await ask(standin.url)).pieces == planned("empty")
        assert (await ask(standin.url, headers={SCENARIO_HEADER: "hello"})).pieces == planned("hello")


async def test_an_unknown_scenario_in_a_request_is_refused_in_words(standin: Standin) -> None:
    seen = await ask(standin.url, headers={SCENARIO_HEADER: "hallo"})

    assert seen.status == 400
    assert b"hello" in seen.rest


async def test_what_came_is_kept(standin: Standin) -> None:
    await ask(standin.url, headers={"X-One": "1"})
    await ask(standin.url, b"", method="GET", path="/other?a=b")

    first, second = standin.requests
    assert (first.method, first.uri, first.body) == ("POST", standin.url + PATH, BODY)
    assert ("X-One", "1") in first.headers
    assert (second.method, second.uri, second.body) == ("GET", standin.url + "/other?a=b", None)


MALFORMED = {
    "no history": (b'{"conversation": "{}", "temperature": 0.7}', 400, b'{"message":"Invalid conversation"}'),
    "no temperature": (
        b'{"conversation": "{\\"history\\": []}"}',
        400,
        b'{"message":"Invalid temperature"}',
    ),
    "no conversation": (b'{"temperature": 1}', 400, b'{"message":"\\"undefined\\" is not valid JSON"}'),
    "an object for a conversation": (
        b'{"conversation": {}, "temperature": 1}',
        400,
        b'{"message":"\\"[object Object]\\" is not valid JSON"}',
    ),
    "broken inner json": (
        b'{"conversation": "{\\"history\\": [{\\"speaker\\": \\"human\\" \\"text\\": 1}]}", "temperature": 1}',
        400,
        b"{\"message\":\"Expected ',' or '}' after property value in JSON at position 33\"}",
    ),
}


@pytest.mark.parametrize(("body", "status", "answer"), MALFORMED.values(), ids=MALFORMED)
async def test_a_malformed_request_is_refused_in_the_service_s_words(
    standin: Standin, body: bytes, status: int, answer: bytes
) -> None:
    seen = await ask(standin.url, body)

    assert (seen.status, seen.rest) == (status, answer)
    assert b"Content-Type: application/json\r\n" in seen.head


@pytest.mark.parametrize(("method", "body"), [("POST", b"no json"), ("POST", b""), ("GET", b"")])
async def test_what_is_no_json_gets_the_framework_s_page(standin: Standin, method: str, body: bytes) -> None:
    seen = await ask(standin.url, body, method=method)

    assert seen.status == 500
    assert b"Content-Type: text/html" in seen.head
    assert b"500: Internal Server Error" in seen.rest


async def test_another_path_is_not_found(standin: Standin) -> None:
    seen = await ask(standin.url, path="/api/converse")

    assert seen.status == 404
    assert b"Content-Type: text/html" in seen.head


async def test_a_foreign_host_is_turned_away_before_it_counts(standin: Standin) -> None:
    seen = await ask(standin.url, headers={"Host": "evil.example"})

    assert seen.status == 403
    assert standin.requests == []


async def test_a_client_that_leaves_ends_its_stream(standin: Standin) -> None:
    async with aiohttp.ClientSession() as session:
        headers = {SCENARIO_HEADER: "stall"}
        async with session.post(standin.url + PATH, data=BODY, headers=headers) as response:
            await response.content.readany()

    assert (await ask(standin.url)).status == 200


async def test_the_server_stops_in_the_middle_of_a_stream() -> None:
    async with AsyncExitStack() as client:
        async with Standin(scenario="stall", speed=math.inf) as standin:
            session = await client.enter_async_context(aiohttp.ClientSession())
            response = await session.post(standin.url + PATH, data=BODY)
            await response.content.readany()
            began = asyncio.get_running_loop().time()

        assert asyncio.get_running_loop().time() - began < 3
        response.close()


async def test_a_client_that_stops_reading_is_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.net.standin.WRITE_S", 0.1)
    monkeypatch.setattr(
        "harness.upstreams.vitalentum.standin.scenarios.BIG", 32 * 1024 * 1024
    )  # more than the kernel buffers
    async with Standin(scenario="big-event", speed=math.inf) as standin:
        place = urlsplit(standin.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=1024)
        head = f"POST {PATH} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(BODY)}\r\n\r\n"
        writer.write(head.encode() + BODY)
        await asyncio.sleep(0.5)

        assert not (await _read(reader))[1]
        await _hang_up(writer)


@pytest.mark.parametrize("speed", [0, -1, math.nan])
def test_a_speed_must_be_above_zero(speed: float) -> None:
    with pytest.raises(UsageError, match="speed"):
        Standin(speed=speed)


def test_an_unknown_scenario_is_refused_at_once() -> None:
    with pytest.raises(UsageError, match="no scenario"):
        Standin(scenario="nonsense")
