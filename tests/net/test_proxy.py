"""The proxy relays what comes as it comes, ends as the upstream ended, and leaves a tape of each exchange."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import ssl
import subprocess
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp
import pytest
from aiohttp.base_protocol import BaseProtocol

from harness import Interaction, load_cassette
from harness.cassette.framing import NO_CHUNK
from harness.disk.cassettes import find_cassettes
from harness.errors import CassetteError, UsageError
from harness.net.proxy import RecordingProxy, _Line
from harness.net.recorder import Recorder
from harness.net.replay_server import ReplayServer
from tests.net.test_seam import fetched
from tests.net.wire import CHUNKED, ENDINGS, PIECES, Served, chunked, length, served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PATH = "/api/converse-edge"
ASK = b"POST /api/converse-edge HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\n" + b'{"n": 1}'


def tapes_in(folder: Path) -> list[Interaction]:
    """What the proxy wrote, in the order of the requests."""
    return [item for tape in find_cassettes(folder) for item in load_cassette(tape).interactions]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client that is nothing but a socket."""
    place = urlsplit(url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def said(url: str, request: bytes) -> bytes:
    """All that is answered to these bytes until the connection ends. Raises ConnectionResetError for a reset."""
    async with connected(url) as (reader, writer), asyncio.timeout(5):
        writer.write(request)
        return await reader.read()


# What comes back ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("writes", "then", "end"), ENDINGS.values(), ids=ENDINGS)
async def test_bytes_and_ending_are_the_upstreams_and_on_the_tape(tmp_path: Path, writes, then, end):
    waits = {"timeout": aiohttp.ClientTimeout(sock_read=0.15)}
    async with served(writes, then=then) as url:
        direct = await fetched(url + PATH, **waits)
        async with RecordingProxy("vitalentum", url, tmp_path) as proxy:
            relayed = await fetched(proxy.url + PATH, **waits)
        assert proxy.recorded == 1
    assert relayed == direct
    (exchange,) = tapes_in(tmp_path)
    assert exchange.request.uri == url + PATH
    stream = exchange.response.stream
    assert stream.end == (end if then != "stall" else "closed")  # whose patience was over, no proxy can tell
    assert [frame.size for frame in stream.frames] == [len(piece) for piece in direct[0]]


@pytest.mark.parametrize(
    ("writes", "then", "seen"),
    [
        (chunked(*PIECES, whole=False), "fin", PIECES),
        (chunked(*PIECES, whole=False), "rst", ConnectionResetError),
        (length(*PIECES, promised=999), "rst", ConnectionResetError),
        ([CHUNKED.replace(b"Transfer-Encoding: chunked", b"X-A: 1"), *PIECES], "rst", ConnectionResetError),
    ],
    ids=["fin", "rst", "rst of a length", "rst of a close-delimited body"],
)
async def test_a_broken_answer_breaks_on_the_wire_as_the_upstreams_did(tmp_path: Path, writes, then, seen):
    async with served(writes, then=then) as url, RecordingProxy("vitalentum", url, tmp_path) as proxy:
        if seen is ConnectionResetError:
            with pytest.raises(ConnectionResetError):
                await said(proxy.url, ASK)
        else:
            _, _, body = (await said(proxy.url, ASK)).partition(b"\r\n\r\n")
            assert body == b"".join(chunked(*seen, whole=False)[1:])


@pytest.mark.parametrize("then", ["fin", "stall"])
async def test_a_broken_chunk_is_passed_on_as_one_without_its_bytes(tmp_path: Path, then):
    writes = [*chunked(*PIECES[:-1], whole=False), b"secret rubbish\r\n"]
    async with served(writes, then=then) as url, RecordingProxy("vitalentum", url, tmp_path) as proxy:
        _, _, body = (await said(proxy.url, ASK)).partition(b"\r\n\r\n")
        old = await said(proxy.url, ASK.replace(b"HTTP/1.1", b"HTTP/1.0"))
    assert body == b"".join(chunked(*PIECES[:-1], whole=False)[1:]) + NO_CHUNK
    assert old.endswith(b"\r\n\r\n" + b"".join(PIECES[:-1]))  # who knows no chunks is told of no broken one
    assert b"rubbish" not in b"".join(tape.read_bytes() for tape in find_cassettes(tmp_path))
    for stream in (item.response.stream for item in tapes_in(tmp_path)):
        assert (stream.end, stream.broken_chunk_ms) == ("short", stream.end_ms)


async def test_an_upstream_that_broke_a_chunk_before_its_body_was_looked_at_keeps_nobody_waiting():
    line, loop = _Line(Recorder(lambda: pytest.fail("no answer came"))), asyncio.get_running_loop()
    body = aiohttp.StreamReader(BaseProtocol(loop), 2**16, loop=loop)
    body.feed_data(b"came")
    line._wake_up()
    async with asyncio.timeout(5):
        assert [piece async for piece in line.pieces(body)] == [b"came"]
    assert line.is_cut


async def test_the_first_piece_is_with_the_client_before_the_second_is_sent(tmp_path: Path):
    has_first = asyncio.Event()
    head, first, *rest = chunked(*PIECES)
    async with (
        served([head, first, has_first, *rest]) as url,
        RecordingProxy(None, url, tmp_path) as proxy,
        connected(proxy.url) as (reader, writer),
        asyncio.timeout(5),
    ):
        writer.write(ASK)
        await reader.readuntil(first)
        has_first.set()
        await reader.readuntil(b"0\r\n\r\n")


async def test_a_coded_body_reaches_the_client_coded_and_the_tape_plain(tmp_path: Path):
    packed = gzip.compress(b"".join(PIECES))
    head, *body = length(packed[:9], packed[9:], promised=len(packed))
    head = head.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    async with served([head, *body]) as url, RecordingProxy("vitalentum", url, tmp_path) as proxy:
        answer = await said(proxy.url, ASK.replace(b"Host", b"Connection: close\r\nHost"))
    assert answer.endswith(b"\r\n\r\n" + packed)
    assert b"Content-Encoding: gzip\r\n" in answer
    (exchange,) = tapes_in(tmp_path)
    assert (exchange.response.body, exchange.response.stream.content_encoding) == (b"".join(PIECES), "gzip")


async def test_a_body_that_cannot_be_decoded_is_relayed_to_its_end(tmp_path: Path):
    head, body = length(b"no gzip", promised=7)
    head = head.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    async with served([head, body[:2], body[2:]]) as url, RecordingProxy(None, url, tmp_path) as proxy:
        answer = await said(proxy.url, ASK.replace(b"Host", b"Connection: close\r\nHost"))
    assert answer.endswith(b"no gzip")
    assert [item.response.stream.end for item in tapes_in(tmp_path)] == ["short"]


async def test_the_answers_head_comes_as_it_was_but_for_the_connections_own(tmp_path: Path):
    head = (
        b"HTTP/1.1 207 M\xe8me\r\nx-b: 1\r\nSet-Cookie: a=1\r\nKeep-Alive: timeout=5\r\nX-B: \xff\r\n"
        b"Set-Cookie: b=2\r\nServer: theirs\r\nContent-Length: 2\r\n\r\n"
    )
    async with served([head + b"ok"]) as url, RecordingProxy(None, url, tmp_path) as proxy:
        answer = await said(proxy.url, ASK.replace(b"Host", b"Connection: close\r\nHost"))
    assert (
        answer
        == head.replace(b"Keep-Alive: timeout=5\r\n", b"").replace(
            b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"
        )
        + b"ok"
    )


@pytest.mark.parametrize(
    ("request_line", "answer", "relayed"),
    [
        (
            b"HEAD /x HTTP/1.1",
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
            b"Content-Length: 9\r\nConnection: close\r\n\r\n",
        ),
        (
            b"GET /x HTTP/1.1",
            b"HTTP/1.1 304 Not Modified\r\nETag: 1\r\n\r\n",
            b"ETag: 1\r\nConnection: close\r\n\r\n",
        ),
        (b"GET /x HTTP/1.0", b"".join(chunked(b"five!")), b"Connection: close\r\n\r\nfive!"),
        (
            b"GET /x HTTP/1.1",
            b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
            b"Content-Length: 1\r\nConnection: close\r\n\r\nx",
        ),
        (
            b"GET /x HTTP/1.1",
            b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
            b"Location: http://elsewhere.example/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        ),
    ],
    ids=["HEAD", "304", "an HTTP/1.0 client", "after 103", "a redirect is not followed"],
)
async def test_framing_fits_the_client(tmp_path: Path, request_line, answer, relayed):
    async with served([answer], then="fin") as url, RecordingProxy(None, url, tmp_path) as proxy:
        got = await said(proxy.url, request_line + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert got.endswith(relayed)
    assert len(tapes_in(tmp_path)) == 1


async def test_a_redirect_within_the_upstream_is_followed_through_the_proxy_and_recorded_as_it_was(
    tmp_path: Path,
):
    server = await asyncio.start_server(_redirects_once, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, RecordingProxy(None, url, tmp_path / "back") as proxy:
        assert await fetched(proxy.url + "/here") == ([b"there"], "")
    exchanges = tapes_in(tmp_path / "back")
    assert [item.request.uri for item in exchanges] == [f"{url}/here", f"{url}/there"]
    assert dict(exchanges[0].response.headers)["Location"] == f"{url}/there"


async def _redirects_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    port = writer.get_extra_info("sockname")[1]
    there = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nthere"
    here = b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:%d/there\r\nConnection: close\r\n\r\n" % port
    writer.write(there if b" /there " in head else here)
    await reader.read(8)
    writer.close()


# What goes up ---------------------------------------------------------------------------------------------------------


async def test_the_upstream_sees_the_clients_request_with_its_own_host_and_nothing_added(tmp_path: Path):
    request = (
        b"POST /v1/chat?a=%20b HTTP/1.1\r\nHost: localhost:1\r\nX-B: 1\r\nauthorization: Bearer x\r\n"
        b"Connection: close, X-Hop\r\nX-Hop: gone\r\nX-Harness-Fault: reset_peer\r\nX-B: 2\r\nCookie: a=b\r\n"
        b"Origin: http://localhost:PORT\r\nContent-Length: 2\r\n\r\n{}"
    )
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url + "/base", tmp_path) as proxy:
        await said(proxy.url, request.replace(b"PORT", b"%d" % urlsplit(proxy.url).port))
    place = urlsplit(url).netloc.encode()
    assert Served.last_request == (
        b"POST /base/v1/chat?a=%20b HTTP/1.1\r\nHost: " + place + b"\r\nX-B: 1\r\nauthorization: Bearer x\r\n"
        b"X-B: 2\r\nCookie: a=b\r\nOrigin: http://" + place + b"\r\nContent-Length: 2\r\n\r\n{}"
    )


async def test_a_requests_body_is_passed_on_before_its_end_has_come(tmp_path: Path):
    first_is_there = asyncio.Event()

    async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"one")
        first_is_there.set()
        await reader.readuntil(b"two")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(upstream, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, RecordingProxy(None, url, tmp_path) as proxy, connected(proxy.url) as (reader, writer):
        writer.write(b"POST /x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n")
        async with asyncio.timeout(5):
            await first_is_there.wait()
            writer.write(b"3\r\ntwo\r\n0\r\n\r\n")
            assert (await reader.readline()) == b"HTTP/1.1 200 OK\r\n"
    assert tapes_in(tmp_path)[0].request.body == b"onetwo"


async def test_a_coded_request_goes_up_as_it_came_and_onto_the_tape_plain_and_is_played_to_either(
    tmp_path: Path,
):
    asked = b'{"conversation": "Hi"}' * 9
    packed = gzip.compress(asked)
    head = b"POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%bContent-Length: %d\r\n\r\n"
    coded = head % (b"Content-Encoding: gzip\r\n", len(packed)) + packed
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url, tmp_path) as proxy:
        await said(proxy.url, coded)
    assert Served.last_request.endswith(b"\r\n\r\n" + packed)
    assert b"Content-Encoding: gzip\r\nContent-Length: %d\r\n" % len(packed) in Served.last_request
    assert tapes_in(tmp_path)[0].request.body == asked
    async with ReplayServer(tmp_path) as server:
        for question in (coded, head % (b"", len(asked)) + asked):
            assert (await said(server.url, question)).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize(
    ("limit", "value", "body", "status"),
    [("MAX_BODY", 5, b"too large", b"413"), ("BODY_S", 0.05, b"drip", b"408")],
    ids=["size", "time"],
)
async def test_a_body_past_its_limit_is_refused_and_nothing_recorded(
    tmp_path, monkeypatch, limit, value, body, status
):
    monkeypatch.setattr(f"harness.net.upload.{limit}", value)
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url, tmp_path / "out") as proxy:
        async with connected(proxy.url) as (reader, writer), asyncio.timeout(5):
            writer.write(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n" + body)
            assert (await reader.readline()).split()[1] == status
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("request_head", "status"),
    [
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: localhost", b"400"),
        (b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: localhost", b"400"),
        (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost", b"404"),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost", b"404"),
        (b"GET /#top HTTP/1.1\r\nHost: localhost", b"400"),
        (b"GET / HTTP/1.1\r\nHost: evil.example", b"403"),
        (b"GET / HTTP/1.1\r\nHost: localhost.evil.example", b"403"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: https://evil.example", b"403"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nOrigin: null", b"403"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost", b"400"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: \xff\xfe", b"400"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked", b"400"),
        (b"nonsense", b"400"),
    ],
)
async def test_what_is_not_for_this_upstream_is_turned_away_before_any_work(
    tmp_path, capsys, request_head, status
):
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url, tmp_path / "out") as proxy:
        async with connected(proxy.url) as (reader, writer), asyncio.timeout(5):
            writer.write(request_head + b"\r\n\r\n")
            assert (await reader.readline()).split()[1] == status
        assert Served.connections == 0
    assert not (tmp_path / "out").exists()
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "path", ["//evil.example/x", "/\\evil.example", "/@evil.example/", "/..//evil.example", "/%2f%2fevil"]
)
async def test_no_path_leads_to_another_host(tmp_path: Path, path: str):
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url, tmp_path) as proxy:
        request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
        assert (await said(proxy.url, request)).startswith(b"HTTP/1.1 200 ")
        assert Served.last_request.startswith(
            f"GET {path} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n".encode()
        )


async def test_proxies_of_the_environment_are_not_asked(tmp_path: Path, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url, tmp_path) as proxy:
        assert (await fetched(proxy.url))[0] == PIECES


# When something goes wrong --------------------------------------------------------------------------------------------


async def no_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
    writer.close()


@pytest.mark.parametrize("upstream", [None, no_answer, nonsense], ids=["refuses", "closes", "speaks no HTTP"])
async def test_an_upstream_without_an_answer_is_answered_for(tmp_path: Path, caplog, upstream):
    server = await asyncio.start_server(upstream or no_answer, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    if upstream is None:
        server.close()
    async with (
        server,
        RecordingProxy(None, url, tmp_path / "out") as proxy,
        aiohttp.ClientSession() as session,
    ):
        async with session.post(proxy.url, json={}) as response:
            assert (response.status, response.content_type) == (502, "application/json")
            error = (await response.json())["error"]
    assert error["type"] == "harness_upstream"
    assert url in error["message"]
    assert (proxy.recorded, (tmp_path / "out").exists()) == (0, False)
    assert [record.getMessage() for record in caplog.records] == [error["message"]]
    assert caplog.records[0].exc_info is None


@pytest.fixture
def nobodys_certificate(tmp_path: Path) -> ssl.SSLContext:
    program = shutil.which("openssl")
    assert program is not None, "openssl makes the certificate"
    made = [
        "-keyout",
        tmp_path / "key.pem",
        "-out",
        tmp_path / "cert.pem",
        "-subj",
        "/CN=localhost",
        "-days",
        "1",
    ]
    subprocess.run(
        [program, "req", "-x509", "-newkey", "rsa:2048", "-nodes", *made], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    return context


async def test_an_upstream_with_a_certificate_of_nobodys_is_not_spoken_to(
    tmp_path: Path, nobodys_certificate
):
    server = await asyncio.start_server(no_answer, "127.0.0.1", 0, ssl=nobodys_certificate)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with (
        server,
        RecordingProxy(None, url, tmp_path / "out") as proxy,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(proxy.url) as response:
            assert response.status == 502
            assert "certificate" in await response.text()


async def test_a_client_who_leaves_hangs_up_on_the_upstream_and_is_recorded(tmp_path: Path):
    never = asyncio.Event()
    async with served([*chunked(PIECES[0], whole=False), never]) as url:
        async with RecordingProxy("vitalentum", url, tmp_path) as proxy:
            async with connected(proxy.url) as (reader, writer), asyncio.timeout(5):
                writer.write(ASK)
                await reader.readuntil(PIECES[0])
            never.set()
            async with asyncio.timeout(5):
                await Served.client_left.wait()
    (exchange,) = tapes_in(tmp_path)
    assert (exchange.response.body, exchange.response.stream.end) == (PIECES[0], "closed")


async def test_what_is_open_when_the_proxy_stops_is_on_a_tape(tmp_path: Path):
    async with served([*chunked(PIECES[0], whole=False), asyncio.Event()]) as url:
        async with (
            RecordingProxy("vitalentum", url, tmp_path) as proxy,
            connected(proxy.url) as (reader, writer),
        ):
            writer.write(ASK)
            await reader.readuntil(PIECES[0])
            await proxy.__aexit__(None, None, None)
            await proxy.__aenter__()
    assert [item.response.stream.end for item in tapes_in(tmp_path)] == ["closed"]
    assert [file.suffix for file in tmp_path.iterdir()] == [".yaml"]


async def test_a_full_disk_breaks_the_recording_and_not_the_stream(tmp_path: Path, monkeypatch, caplog):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.disk.tape.write_tape", full)
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(CassetteError, match="No space left"):
            async with RecordingProxy(None, url, tmp_path) as proxy:
                assert (await fetched(proxy.url))[0] == PIECES
                assert (await fetched(proxy.url))[0] == PIECES
    assert len(caplog.records) == 2


async def test_a_coding_that_nobody_here_can_undo_is_relayed_all_the_same(tmp_path: Path):
    head, body = length(b"squeezed", promised=8)
    head = head.replace(b"\r\n\r\n", b"\r\nContent-Encoding: compress\r\n\r\n")
    async with served([head, body]) as url:
        with pytest.raises(UsageError, match="compress"):
            async with RecordingProxy(None, url, tmp_path) as proxy:
                for _ in range(2):  # the second on the same connection
                    answer = await said(proxy.url, ASK.replace(b"Host", b"Connection: close\r\nHost"))
                    assert answer.endswith(b"squeezed")


async def test_secrets_do_not_reach_the_folder(tmp_path: Path):
    headers = {"Authorization": "Bearer sk-verysecret0123456789abcdef", "X-Own-Key": "hush-hush-hush"}
    echo = chunked(b"data: sk-verysecret0123", b"456789abcdef\n\n")
    async with served(echo) as url, RecordingProxy(None, url, tmp_path) as proxy:
        await fetched(proxy.url + "/?key=sk-verysecret0123456789abcdef", headers=headers)
        assert b"hush-hush-hush" in Served.last_request
    text = "".join(file.name + file.read_text() for file in tmp_path.iterdir())
    assert "verysecret" not in text
    assert "hush" not in text


# Many, and slow ones --------------------------------------------------------------------------------------------------


async def test_fifty_streams_at_once_are_kept_apart(tmp_path: Path):
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url, tmp_path) as proxy:
        answers = await asyncio.gather(*(fetched(f"{proxy.url}/{n}", json={"n": n}) for n in range(50)))
    assert {b"".join(pieces) for pieces, _ in answers} == {b"".join(PIECES)}
    exchanges = tapes_in(tmp_path)
    assert sorted(int(item.request.uri.rpartition("/")[2]) for item in exchanges) == list(range(50))
    assert {(item.response.body, item.response.stream.end) for item in exchanges} == {
        (b"".join(PIECES), "complete")
    }


async def test_a_client_that_reads_nothing_holds_the_upstream_up_and_not_the_memory(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr("harness.disk.tape.MAX_BODY", 65536)
    written = 0
    piece = bytes(65536)

    async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal written
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n")
        while written < 256 * 1024 * 1024 and not writer.is_closing():
            writer.write(piece)
            try:
                await writer.drain()
            except ConnectionError:
                break
            written += len(piece)
        writer.close()

    server = await asyncio.start_server(upstream, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with (
        server,
        RecordingProxy(None, url, tmp_path) as proxy,
        connected(proxy.url) as (_reader, writer),
    ):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        before = -1
        while before != written:
            before = written
            await asyncio.sleep(0.1)
        assert 0 < written < 32 * 1024 * 1024  # the sockets' own buffers


async def test_a_client_that_reads_nothing_for_too_long_is_given_up(tmp_path: Path, monkeypatch, caplog):
    monkeypatch.setattr("harness.net.outgoing.WRITE_S", 0.1)
    monkeypatch.setattr("harness.disk.tape.MAX_BODY", 65536)
    piece = bytes(1024 * 1024)

    async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n")
        try:
            while True:
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            left.set()
            writer.close()

    left = asyncio.Event()
    server = await asyncio.start_server(upstream, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, RecordingProxy(None, url, tmp_path) as proxy, connected(proxy.url) as (_, writer):
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        async with asyncio.timeout(10):
            await left.wait()
    assert [record.getMessage() for record in caplog.records] == [
        "a client read nothing for so long that it was given up"
    ]
    assert [item.response.stream.end for item in tapes_in(tmp_path)] == ["limit"]


async def test_one_connection_serves_one_request_after_another(tmp_path: Path):
    async with served(chunked(*PIECES)) as url, RecordingProxy(None, url, tmp_path) as proxy:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
            for n in range(3):
                assert (await fetched(proxy.url, session, json={"n": n}))[0] == PIECES
    assert Served.connections == 1
    assert [item.request.body for item in tapes_in(tmp_path)] == [b'{"n": 0}', b'{"n": 1}', b'{"n": 2}']


async def test_the_replay_server_plays_the_folder_to_the_same_client(tmp_path: Path):
    async with served(chunked(*PIECES[:-1], whole=False), then="rst") as url:
        async with RecordingProxy("vitalentum", url, tmp_path) as proxy:
            relayed = await fetched(proxy.url + PATH)
    async with ReplayServer(tmp_path) as server:
        played = await fetched(server.url + PATH)
    assert (b"".join(played[0]), played[1]) == (b"".join(relayed[0]), relayed[1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((None, None, "out"), "no upstream"),
        (("vitalentun", "http://h", "out"), "vitalentum"),
        ((None, "h", "out"), "no base URL"),
    ],
)
def test_bad_arguments_are_refused_at_the_door(arguments, said):
    with pytest.raises(UsageError, match=said):
        RecordingProxy(*arguments)


def test_a_profile_brings_its_address():
    assert RecordingProxy("vitalentum", None, "out").base_url == "https://app.vitalentum.io"
