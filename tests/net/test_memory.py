"""A recorded answer reaches aiohttp's own parser piece by piece, and ends with aiohttp's own errors."""

import asyncio
import time
from itertools import pairwise

import aiohttp
import pytest
from aiohttp.http_exceptions import HttpProcessingError, TransferEncodingError

from harness import Cassette, Frame, Interaction, Request, Response, StreamRecord
from harness.cassette.model import End
from harness.net import CassetteConnector
from harness.net.memory import MAX_AT_ONCE

CHUNKED = (("Transfer-Encoding", "chunked"), ("Set-Cookie", "a=b"))
BODY = b"one two"


def tape(
    end: End = End.COMPLETE, headers=CHUNKED, sizes=(4, 3), method: str = "GET", status: int = 200, gap_ms=0.0
) -> Cassette:
    frames = tuple(Frame(gap_ms * n, size) for n, size in enumerate(sizes))
    stream = StreamRecord(frames, end, gap_ms * len(frames))
    return Cassette(
        (Interaction(Request(method, "http://x/"), Response(status, "OK", headers, BODY, stream)),)
    )


async def read(
    cassette: Cassette, method: str = "GET", timeout=None, **connector
) -> tuple[list[bytes], type[BaseException] | None]:
    pieces: list[bytes] = []
    connector = CassetteConnector(cassette, **connector)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        try:
            async with session.request(method, "http://x/") as response:
                async for piece in response.content.iter_any():
                    pieces.append(piece)  # what came before an error is kept
        except (aiohttp.ClientError, HttpProcessingError, TimeoutError) as error:
            return pieces, type(error)
    return pieces, None


@pytest.mark.parametrize(
    "headers", [CHUNKED, (("Content-Length", "7"),), ()], ids=["chunked", "length", "close"]
)
async def test_each_frame_is_one_piece(headers):
    assert await read(tape(headers=headers)) == ([b"one ", b"two"], None)


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (End.TRUNCATED, None),
        (End.SHORT, aiohttp.ClientPayloadError),
        (End.RESET, aiohttp.ClientPayloadError),
        (End.TIMEOUT, aiohttp.SocketTimeoutError),
        (End.CLOSED, aiohttp.ClientPayloadError),
        (End.LIMIT, aiohttp.ClientPayloadError),
        (End.CRASH, aiohttp.ClientPayloadError),
    ],
)
@pytest.mark.parametrize("headers", [CHUNKED, (("Content-Length", "999"),)], ids=["chunked", "length"])
async def test_each_ending_is_the_clients_own_error_after_the_same_bytes(end, error, headers):
    assert await read(tape(end=end, headers=headers)) == ([b"one ", b"two"], error)


async def test_a_chunk_size_that_is_none_ends_a_reader_without_a_time_out_of_its_own():
    pieces, error = await asyncio.wait_for(read(tape(), faults="bad_chunk_size:bytes=4"), 1)
    assert pieces == [b"one "]
    assert error in (aiohttp.SocketTimeoutError, TransferEncodingError)  # of the C parser, of the pure one


def broken(end_ms: float) -> Cassette:
    stream = StreamRecord((Frame(0.0, 7),), End.SHORT, end_ms, broken_chunk_ms=20.0)
    return Cassette((Interaction(Request("GET", "http://x/"), Response(200, "OK", CHUNKED, BODY, stream)),))


async def test_the_silence_after_a_recorded_broken_chunk_is_the_recorded_one_and_ends(monkeypatch):
    monkeypatch.setattr("harness.cassette.framing.SILENCE_GRACE_S", 0.05)
    began = time.perf_counter()
    pieces, error = await asyncio.wait_for(read(broken(220.0), pace="recorded"), 5)
    took_s = time.perf_counter() - began
    assert pieces == [BODY]
    assert (error, took_s > 0.24) in ((aiohttp.SocketTimeoutError, True), (TransferEncodingError, False))


async def test_a_time_out_of_the_callers_own_fires_in_the_silence_after_a_recorded_broken_chunk():
    waits = aiohttp.ClientTimeout(total=0.2)
    pieces, error = await asyncio.wait_for(read(broken(200.0), pace="recorded", timeout=waits), 1.5)
    assert pieces == [BODY]
    assert error in (TimeoutError, TransferEncodingError)


async def test_a_reader_may_take_its_time_and_still_gets_piece_by_piece():
    async with aiohttp.ClientSession(connector=CassetteConnector(tape(sizes=[1] * 7))) as session:
        async with session.get("http://x/") as response:
            await asyncio.sleep(0.02)
            pieces = []
            async for piece in response.content.iter_any():
                await asyncio.sleep(0.005)
                pieces.append(piece)
    assert pieces == [BODY[n : n + 1] for n in range(7)]


READS = {
    "any": lambda content: content.readany(),
    "more than a piece": lambda content: content.read(1000),
    "chunk": lambda content: content.readchunk(),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_however_it_is_read_a_piece_comes_alone(read):
    async with aiohttp.ClientSession(connector=CassetteConnector(tape(sizes=[1] * 7))) as session:
        async with session.get("http://x/") as response:
            pieces = [await read(response.content) for _ in BODY]
    assert [piece[0] if isinstance(piece, tuple) else piece for piece in pieces] == [
        BODY[n : n + 1] for n in range(7)
    ]


async def test_one_who_looks_without_waiting_finds_the_pieces_too():
    async with aiohttp.ClientSession(connector=CassetteConnector(tape())) as session:
        async with session.get("http://x/") as response:
            pieces = []
            for _ in range(50):
                await asyncio.sleep(0)
                pieces.append(response.content.read_nowait())
    assert [piece for piece in pieces if piece] == [b"one ", b"two"]


async def test_a_long_stream_leaves_others_their_turn():
    body = b"x" * 4 * MAX_AT_ONCE
    stream = StreamRecord((Frame(0.0, 1),) * len(body), End.COMPLETE, 0.0)
    answer = Response(200, "OK", CHUNKED, body, stream)
    pieces: list[bytes] = []
    seen = [0]

    async def other() -> None:
        while len(pieces) < len(body):
            await asyncio.sleep(0)
            seen.append(len(pieces))

    cassette = Cassette((Interaction(Request("GET", "http://x/"), answer),))
    async with aiohttp.ClientSession(connector=CassetteConnector(cassette)) as session:
        async with session.get("http://x/") as response:
            watching = asyncio.create_task(other())
            await asyncio.sleep(0)
            async for piece in response.content.iter_any():
                pieces.append(piece)
            await watching
    assert max(after - before for before, after in pairwise(seen)) <= MAX_AT_ONCE + 1


async def test_cookies_are_the_clients_own_business():
    async with aiohttp.ClientSession(connector=CassetteConnector(tape())) as session:
        async with session.get("http://x/") as response:
            assert response.cookies["a"].value == "b"


async def test_an_answer_to_head_and_one_without_a_body_have_none():
    assert await read(tape(method="HEAD"), "HEAD") == ([], None)
    assert await read(tape(status=204)) == ([], None)


async def test_expect_continue_is_answered():
    async with aiohttp.ClientSession(connector=CassetteConnector(tape(method="POST"))) as session:
        async with session.post("http://x/", expect100=True) as response:
            assert await response.read() == BODY


async def test_leaving_early_stops_the_clock():
    async with aiohttp.ClientSession(
        connector=CassetteConnector(tape(gap_ms=60_000), pace="recorded")
    ) as session:
        async with session.get("http://x/") as response:
            assert await response.content.readany() == b"one "
            response.close()


async def test_a_time_out_of_the_callers_own_fires_on_a_recorded_gap():
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(read(tape(gap_ms=60_000), pace="recorded"), 0.05)
