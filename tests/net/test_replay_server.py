"""The server gives each client the recorded head, bytes and ending, and nothing of its own."""

import asyncio
import itertools
import json
import statistics
import time
from pathlib import Path

import aiohttp
import msgspec
import pytest

from harness import Cassette, Frame, Interaction, Request, Response, StreamRecord, save_cassette
from harness.cassette.model import End
from harness.errors import CassetteError, UsageError
from harness.net import ReplayServer
from harness.net.outgoing import RESET_GRACE_S
from harness.net.replay_server import MANY, MAX_REMEMBERED

HEADERS = (
    ("Content-Type", "text/event-stream;charset=utf-8"),
    ("X-B", "1"),
    ("X-b", "2"),
    ("Transfer-Encoding", "chunked"),
)
PIECES = [b"data: \xd0", b"\x9f\n\n", b"data: two\n\n", b"data: [DONE]\n\n"]
BODY = b"".join(PIECES)


def tape(
    n: int = 1,
    end: End = End.COMPLETE,
    gap_ms: float = 0.0,
    headers=HEADERS,
    status: int = 200,
    body: bytes = BODY,
) -> Cassette:
    frames = tuple(Frame(gap_ms * i, len(piece)) for i, piece in enumerate(PIECES)) if body == BODY else ()
    stream = StreamRecord(frames, end, gap_ms * (len(frames) - 1))
    request = Request("POST", "http://recorded/chat", (), b'{"n":%d}' % n)
    return Cassette((Interaction(request, Response(status, "Fine", headers, body, stream)),))


async def asked(url: str, n: int = 1, path: str = "/chat") -> tuple[int, bytes, str]:
    body = b""
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(url + path, data=b'{ "n" : %d }' % n) as response:
                async for piece in response.content.iter_any():
                    body += piece
                return response.status, body, ""
        except aiohttp.ClientError as error:
            return 0, body, type(error).__name__


async def raw(url: str, request: bytes) -> bytes:
    """Everything the server sends, up to its end; `<rst>` stands for a reset."""
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    reply = b""
    try:
        while data := await asyncio.wait_for(reader.read(65536), 5):
            reply += data
    except ConnectionResetError:
        reply += b"<rst>"
    finally:
        writer.close()
    return reply


POST = (
    b"POST /chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 7\r\nConnection: close\r\n\r\n" + b'{"n":1}'
)


async def test_status_reason_headers_and_framing_are_the_recorded_ones():
    async with ReplayServer(tape()) as server:
        head, _, body = (await raw(server.url, POST)).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"HTTP/1.1 200 Fine",
        b"Content-Type: text/event-stream;charset=utf-8",
        b"X-B: 1",
        b"X-b: 2",
        b"Transfer-Encoding: chunked",
    ]
    assert body == b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in PIECES) + b"0\r\n\r\n"


@pytest.mark.parametrize("cut", ["recorded", "event", "byte", "whole", "random:1"])
async def test_the_bytes_are_the_same_whatever_the_cut(cut):
    async with ReplayServer(tape(), cut=cut) as server:
        assert await asked(server.url) == (200, BODY, "")


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (End.COMPLETE, ""),
        (End.TRUNCATED, ""),
        (End.SHORT, "ClientPayloadError"),
        (End.RESET, "ClientPayloadError"),
        (End.CRASH, "ClientPayloadError"),
    ],
)
async def test_the_ending_is_the_recorded_one(end, error):
    async with ReplayServer(tape(end=end)) as server:
        _, body, failed = await asked(server.url)
    assert (body, failed) == (BODY, error)


async def test_a_recorded_time_out_is_silence():
    async with ReplayServer(tape(end=End.TIMEOUT)) as server:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asked(server.url), 0.3)


@pytest.mark.parametrize(("pace", "factor"), [("recorded", 1.0), (2.0, 2.0)])
async def test_the_gaps_are_kept(pace, factor):
    off = []
    async with ReplayServer(tape(gap_ms=40), pace=pace) as server, aiohttp.ClientSession() as session:
        for _ in range(5):  # a busy machine is late now and then
            async with session.post(server.url + "/chat", data=b'{"n":1}') as response:
                times = [time.perf_counter() async for _ in response.content.iter_any()]
            gaps = [1000 * (b - a) for a, b in itertools.pairwise(times)]
            off.append(statistics.median(abs(gap - 40 / factor) for gap in gaps))
    assert min(off) < 8


async def test_a_miss_is_404_with_the_reason():
    async with ReplayServer(tape()) as server:
        status, body, _ = await asked(server.url, n=2)
        assert (server.played, server.missed) == (0, 1)
    error = json.loads(body)["error"]
    assert (status, error["type"], error["reason"]) == (404, "harness_miss", "no-match")
    assert "$.n" in error["message"]


async def test_the_books_tell_what_was_asked_for_and_what_was_not():
    both = Cassette(tape(1).interactions + tape(2).interactions)
    async with ReplayServer(both) as server:
        await asked(server.url, 2)
        await asked(server.url, 3)
        assert (server.on_tape, server.unplayed) == (both.interactions, tape(1).interactions)
        assert [miss.reason for miss in server.misses] == ["no-match"]


async def test_recordings_of_one_request_come_in_order_and_then_again():
    first, second = tape(body=b"1"), tape(body=b"2")
    async with ReplayServer([first, second]) as server:
        assert [(await asked(server.url))[1] for _ in range(3)] == [b"1", b"2", b"1"]


async def test_files_folders_and_values_may_be_mixed(tmp_path: Path):
    (tmp_path / "deep").mkdir()
    save_cassette(tape(1), tmp_path / "deep" / "a.yaml")
    save_cassette(tape(2), tmp_path / "b.json")
    async with ReplayServer([tmp_path, str(tmp_path / "b.json"), tape(3)]) as server:
        for n in (1, 2, 3):
            assert (await asked(server.url, n=n))[0] == 200


async def test_many_clients_at_once_get_their_own():
    tapes = [tape(n, gap_ms=5) for n in range(20)]
    async with ReplayServer(tapes, pace="recorded") as server:
        answers = await asyncio.gather(*(asked(server.url, n % 20) for n in range(200)))
    assert answers == [(200, BODY, "")] * 200


async def test_an_error_answer_with_a_length_is_framed_by_it():
    answer = tape(status=429, headers=(("Content-Length", "999"), ("Retry-After", "7")), body=b"slow down")
    async with ReplayServer(answer) as server:
        reply = await raw(server.url, POST)
    assert b"\r\nRetry-After: 7\r\n" in reply
    assert b"\r\nContent-Length: 9\r\n\r\nslow down" in reply


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (POST.replace(b"localhost", b"evil.example"), b"403"),
        (POST.replace(b"\r\nContent", b"\r\nOrigin: https://evil.example\r\nContent"), b"403"),
        (POST.replace(b"/chat", b"http://evil.example/chat"), b"400"),
        (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"rubbish\r\n\r\n", b"400"),
    ],
    ids=["host", "origin", "absolute form", "connect", "rubbish"],
)
async def test_requests_that_are_not_for_this_server_are_refused(request_, status):
    async with ReplayServer(tape()) as server:
        assert (await raw(server.url, request_)).split(b" ", 2)[1].startswith(status)


def test_the_network_is_not_served_without_a_flag():
    with pytest.raises(UsageError, match="loopback"):
        ReplayServer(tape(), host="0.0.0.0")


async def test_a_port_that_is_taken_is_named():
    async with ReplayServer(tape()) as server:
        port = int(server.url.rsplit(":", 1)[1])
        with pytest.raises(UsageError, match=str(port)):
            await ReplayServer(tape(), port=port).__aenter__()


async def test_what_cannot_be_loaded_is_refused_before_listening(tmp_path: Path):
    (tmp_path / "bad.yaml").write_text("interactions: [")
    with pytest.raises(CassetteError):
        await ReplayServer(tmp_path).__aenter__()
    with pytest.raises(UsageError):
        await ReplayServer(tmp_path / "none").__aenter__()


async def test_ipv6_has_its_brackets():
    server = ReplayServer(tape(), host="::1")
    try:
        await server.__aenter__()
    except UsageError:
        pytest.skip("this machine has no IPv6")
    assert server.url.startswith("http://[::1]:")
    assert (await asked(server.url))[1] == BODY
    await server.__aexit__(None, None, None)


@pytest.mark.parametrize(
    ("fault", "status", "body", "error"),
    [
        ("truncate:events=1", 200, b"".join(PIECES[:2]), ""),
        ("reset_peer:events=1", 0, b"".join(PIECES[:2]), "ClientPayloadError"),
        ("short:events=1", 0, b"".join(PIECES[:2]), "ClientPayloadError"),
        ("drop_done", 200, b"".join(PIECES[:3]), ""),
        ("status:429,retry_after=7", 429, b'{"message":"fault injected on replay"}', ""),
    ],
)
async def test_a_fault_is_put_in_for_all_or_by_one_requests_header(fault, status, body, error):
    async with ReplayServer(tape(), faults=[fault]) as server:
        found = await asked(server.url)
        assert (found[0], found[1], found[2]) == (status, body, error)
    async with ReplayServer(tape()) as server:
        asking = POST.replace(b"Host", b"X-Harness-Fault: " + fault.encode() + b"\r\nHost", 1)
        with_fault = await raw(server.url, asking)
        without = await raw(server.url, POST)
    assert with_fault != without
    assert without.endswith(b"0\r\n\r\n")


async def test_a_bad_chunk_size_comes_as_such():
    async with ReplayServer(tape(), faults="bad_chunk_size:events=1") as server:
        assert (await raw(server.url, POST)).endswith(b"\r\nZZ\r\n")


async def test_one_requests_faults_are_not_the_next_ones():
    async with ReplayServer(tape()) as server, aiohttp.ClientSession() as session:
        statuses = []
        for headers in ({}, {"x-harness-fault": "status:429"}, {}):
            async with session.post(server.url + "/chat", data=b'{"n":1}', headers=headers) as response:
                statuses.append((response.status, len(await response.read()) == len(BODY)))
    assert statuses == [(200, True), (429, False), (200, True)]


async def test_answers_are_remembered_up_to_a_limit():
    many = tuple(tape(n).interactions[0] for n in range(MANY + 3))
    long = tape(999, body=b"x" * (MAX_REMEMBERED + 1)).interactions[0]
    async with ReplayServer(Cassette((*many, long))) as server:
        for _ in range(2):
            for n, body in ((0, BODY), (MANY + 2, BODY), (999, long.response.body)):
                assert (await asked(server.url, n))[1] == body
        await asyncio.gather(*(asked(server.url, n) for n in range(MANY + 3)))
        assert (await asked(server.url, MANY + 1))[1] == BODY


async def test_a_reset_comes_when_it_came_and_not_later():
    recorded = tape(end=End.RESET, gap_ms=30.0)
    stream = msgspec.structs.replace(recorded.interactions[0].response.stream, end_ms=150.0)
    response = msgspec.structs.replace(recorded.interactions[0].response, stream=stream)
    cassette = Cassette((Interaction(recorded.interactions[0].request, response),))
    took = []
    async with ReplayServer(cassette, pace="recorded") as server:
        for _ in range(5):  # a busy machine is late now and then
            began = time.perf_counter()
            await asked(server.url)
            took.append(time.perf_counter() - began)
    assert 0.15 <= min(took) < 0.15 + RESET_GRACE_S


async def test_a_fault_that_is_none_is_refused_with_its_words():
    with pytest.raises(UsageError, match="truncate"):
        ReplayServer(tape(), faults=["trunkate"])
    async with ReplayServer(tape()) as server:
        reply = await raw(server.url, POST.replace(b"Host", b"X-Harness-Fault: trunkate\r\nHost", 1))
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert b"did you mean 'truncate'?" in reply
