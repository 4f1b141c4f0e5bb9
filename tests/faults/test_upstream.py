"""F31 to F55: what an upstream can do to a recording, and what the recording does to the next client.

These run with the parser that aiohttp has chosen; `test_parsers` runs them again with the other one.
"""

import asyncio
import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp.http_parser import HttpResponseParser, HttpResponseParserPy

from harness import Cassette, load_cassette, use_cassette
from harness.cassette.model import Response
from harness.disk.cassettes import find_cassettes
from harness.errors import CassetteError, CassetteMiss, UsageError
from harness.net import RecordingProxy, ReplayServer
from tests.faults.asking import HANGS, READ_TIMEOUT_S, SHORT_PATIENCE_S, Outcome, ask
from tests.faults.tapes import OLD, bodies, old_tape
from tests.faults.upstreams import (
    ANSWERS,
    BROKEN,
    CHUNKED,
    DONE,
    EVENTS,
    LAST,
    NO_ANSWER,
    ONE,
    TWO,
    WHOLE,
    chunks,
    coded,
    head,
)
from tests.net.wire import Served, served

GAP_S = 0.004
IS_PURE = HttpResponseParser is HttpResponseParserPy


@pytest.fixture
def tape(tmp_path) -> Path:
    return tmp_path / "t.yaml"


async def recorded(tape: Path, url: str, **asked: object) -> Outcome:
    with use_cassette(tape, mode="new_episodes"):
        return await ask(url, **asked)


async def recorded_as_direct(tape: Path, url: str, **asked: object) -> Outcome:
    """What the caller of a recorded client sees, which is what the caller of any client sees."""
    direct = await ask(url, **asked)
    outcome = await recorded(tape, url, **asked)
    assert outcome.in_all == direct.in_all
    return outcome


async def played(
    tape: Path | Cassette, url: str, faults: str = "", pace: str = "instant", **asked: object
) -> Outcome:
    with use_cassette(tape, faults=faults, pace=pace):
        return await ask(url, **asked)


async def played_by_a_server(tape: Path | Cassette, faults: str = "", **asked: object) -> Outcome:
    async with ReplayServer(tape, faults=faults) as server:
        return await ask(server.url, **asked)


def response(tape: Path) -> Response:
    """The one that was recorded last."""
    return load_cassette(tape).interactions[-1].response


# No answer


@pytest.mark.parametrize(("writes", "then"), NO_ANSWER.values(), ids=NO_ANSWER)
async def test_without_an_answer_the_client_says_so_itself_and_the_tape_stays_as_it_is(tape, writes, then):
    before = old_tape(tape)
    async with served(writes, then=then, gap_s=GAP_S) as url:
        seen = await recorded_as_direct(tape, url)
    assert (seen.pieces, bool(seen.error)) == ((), True)
    assert tape.read_bytes() == before
    with pytest.raises(CassetteMiss):
        await played(tape, url)


async def test_f31_a_refused_connection_is_the_clients_own_error_and_leaves_the_tape_as_it_is(tape):
    before = old_tape(tape)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: whoever calls is refused
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        seen = await recorded_as_direct(tape, url)
        assert seen == Outcome(0, (), "ClientConnectorError")
    assert tape.read_bytes() == before


async def test_f34_a_head_that_this_client_reads_and_the_recorder_does_not_is_an_error(tape):
    if not IS_PURE:
        pytest.skip("aiohttp's C parser reads what the recorder reads: both are llhttp")
    twice = [head("Content-Length: 11", "Content-Length: 12"), ONE]
    async with served(twice, then="fin", gap_s=GAP_S) as url:
        direct = await ask(url)
        with pytest.raises(CassetteError, match="cannot be read"), use_cassette(tape, mode="all"):
            seen = await ask(url)
    assert seen.in_all == direct.in_all == (200, ONE, "")
    assert not tape.exists()


# Answers, well or badly ended


@pytest.mark.parametrize(("writes", "then", "body", "end"), ANSWERS.values(), ids=ANSWERS)
async def test_what_a_client_sees_is_recorded_and_seen_again(tape, writes, then, body, end):
    async with served(writes, then=then, gap_s=GAP_S) as url:
        seen = await recorded_as_direct(tape, url)
    found = response(tape)
    assert (found.body, found.stream.end) == (body, end)
    assert seen.body == body
    assert await played(tape, url) == seen
    again = await played_by_a_server(tape)
    assert again.in_all == seen.in_all


async def test_f39_more_than_was_promised_in_one_read_is_refused_by_the_client_and_kept_as_short(tape):
    async with served([head("Content-Length: 11") + ONE + TWO], gap_s=GAP_S) as url:
        seen = await recorded_as_direct(tape, url)
        assert seen == Outcome(0, (), "ClientResponseError")
    assert (response(tape).body, response(tape).stream.end) == (ONE, "short")
    assert (await played(tape, url)).error == "ClientPayloadError"


# The same through the recording proxy


async def proxied(folder: Path, url: str, **asked: object) -> Outcome:
    async with RecordingProxy("vitalentum", url, folder) as proxy:
        return await ask(proxy.url, **asked)


def responses(folder: Path) -> list[Response]:
    return [item.response for tape in find_cassettes(folder) for item in load_cassette(tape).interactions]


@pytest.mark.parametrize(("writes", "then", "body", "end"), ANSWERS.values(), ids=ANSWERS)
async def test_through_the_proxy_a_client_sees_the_same_and_it_is_recorded(tmp_path, writes, then, body, end):
    async with served(writes, then=then, gap_s=GAP_S) as url:
        direct = await ask(url)
        assert (await proxied(tmp_path, url)).in_all == direct.in_all
    (found,) = responses(tmp_path)
    assert found.body == body
    assert found.stream.end == (
        "closed" if then == "stall" else end
    )  # whose patience was over, no proxy can tell


@pytest.mark.parametrize(("writes", "then"), NO_ANSWER.values(), ids=NO_ANSWER)
async def test_through_the_proxy_no_answer_is_a_502_and_is_not_recorded(tmp_path, writes, then):
    async with served(writes, then=then, gap_s=GAP_S) as url:
        outcome = await proxied(tmp_path, url)
    assert outcome.status == 502 or (then == "stall" and outcome.error == "SocketTimeoutError")
    assert responses(tmp_path) == []


# F40: what is no chunk size

UNCHUNKED = {
    "F40-bad-chunk-size": [b"ZZ\r\n"],
    "F40-bad-chunk-size-with-a-good-chunk-in-one-read": [chunks(DONE)[0] + b"ZZ\r\n"],
    "F40-a-proxys-502": [b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"],
    "F40-no-line-end-after-a-chunk": [b"3\r\nabcdefgh\r\n"],
}


BREAKS = "TransferEncodingError" if IS_PURE else HANGS
"""What becomes of a client when something comes in place of a chunk."""
MAY_BREAK = {BREAKS, "ClientPayloadError"} if IS_PURE else {BREAKS}
"""The pure parser has another class for what comes in one read with a good chunk; a tape does not tell the two."""


@pytest.mark.parametrize("then", ["fin", "stall"])
@pytest.mark.parametrize("rubbish", UNCHUNKED.values(), ids=UNCHUNKED)
async def test_a_broken_chunk_is_recorded_and_played_as_what_it_was(tape, rubbish, then):
    async with served([*BROKEN, *rubbish], then=then, gap_s=GAP_S) as url:
        seen = await recorded_as_direct(tape, url, patience_s=SHORT_PATIENCE_S)
    assert seen.error in MAY_BREAK
    found = response(tape)
    assert (found.body, found.stream.end) == (seen.body, "short")
    silence_ms = found.stream.end_ms - found.stream.broken_chunk_ms
    assert silence_ms < 300 if IS_PURE else 300 < silence_ms < 1000 * SHORT_PATIENCE_S
    again = seen._replace(error=BREAKS)
    assert await played(tape, url, pace="recorded", patience_s=SHORT_PATIENCE_S) == again
    assert (await played_by_a_server(tape, patience_s=SHORT_PATIENCE_S)).in_all == again.in_all


@pytest.mark.parametrize("rubbish", UNCHUNKED.values(), ids=UNCHUNKED)
async def test_at_once_no_replay_of_a_broken_chunk_hangs(tape, rubbish):
    async with served([*BROKEN, *rubbish], then="fin", gap_s=GAP_S) as url:
        seen = await recorded(tape, url, patience_s=SHORT_PATIENCE_S)
    again = seen._replace(error=BREAKS if IS_PURE else "SocketTimeoutError")
    assert await played(tape, url, timeout=aiohttp.ClientTimeout(total=None)) == again


@pytest.mark.parametrize("rubbish", UNCHUNKED.values(), ids=UNCHUNKED)
async def test_through_the_proxy_a_broken_chunk_is_one_and_so_it_is_from_its_tape(tmp_path, rubbish):
    async with served([*BROKEN, *rubbish], then="fin", gap_s=GAP_S) as url:
        direct = await ask(url, patience_s=SHORT_PATIENCE_S)
        outcome = await proxied(tmp_path, url, patience_s=SHORT_PATIENCE_S)
    (found,) = responses(tmp_path)
    assert outcome.body == direct.body == found.body
    assert {outcome.error, direct.error} <= MAY_BREAK
    assert (found.stream.end, found.stream.broken_chunk_ms) == ("short", found.stream.end_ms)
    again = await played_by_a_server(tmp_path, patience_s=SHORT_PATIENCE_S)
    assert again.in_all == (200, found.body, BREAKS)


@pytest.fixture
async def good(tape) -> AsyncIterator[tuple[Path, str]]:
    """A good tape, and the address that it was recorded from."""
    async with served([CHUNKED, *chunks(ONE, TWO, DONE), LAST], gap_s=GAP_S) as url:
        assert await recorded(tape, url) == Outcome(200, (ONE, TWO, DONE), "")
    return tape, url


async def test_f40_put_in_on_replay_it_ends_a_client_that_has_no_time_out_of_its_own(good):
    tape, url = good
    outcome = await played(tape, url, "bad_chunk_size:events=2", timeout=aiohttp.ClientTimeout(total=None))
    assert outcome == Outcome(200, (ONE, TWO), "TransferEncodingError" if IS_PURE else "SocketTimeoutError")


async def test_f40_put_in_by_a_server_it_is_what_it_is_on_any_wire(good):
    outcome = await played_by_a_server(good[0], "bad_chunk_size:events=2", patience_s=SHORT_PATIENCE_S)
    assert outcome.body == ONE + TWO
    assert (outcome.error == HANGS) is not IS_PURE


PUT_IN = {
    "F35-reset": ("reset_peer:events=2", ONE + TWO, "ClientPayloadError"),
    "F37-short": ("short:events=2", ONE + TWO, "ClientPayloadError"),
    "F43-stall": ("timeout:events=2", ONE + TWO, "SocketTimeoutError"),
    "F43-stall-before-anything": ("timeout:events=0", b"", "SocketTimeoutError"),
    "F52-truncated": ("truncate:events=2", ONE + TWO, ""),
    "F52-no-terminal-event": ("drop_done", ONE + TWO, ""),
}


@pytest.mark.parametrize(("fault", "body", "error"), PUT_IN.values(), ids=PUT_IN)
async def test_faults_put_in_on_replay_reach_the_client_as_its_own_errors(good, fault, body, error):
    tape, url = good
    for outcome in (await played(tape, url, fault), await played_by_a_server(tape, fault)):
        assert (outcome.status, outcome.body, outcome.error) == (200, body, error)


# F47: codings that tell more than the framing


async def test_f47_a_deflated_body_that_is_cut_is_truncated_though_its_framing_is_whole(tape):
    """aiohttp has an error of its own for this one coding; its C parser then waits for ever."""
    cut = zlib.compress(EVENTS)[:-6]
    async with served(coded("deflate", cut), then="fin", gap_s=GAP_S) as url:
        seen = await recorded_as_direct(tape, url, patience_s=SHORT_PATIENCE_S)
    assert seen.error in ("ClientPayloadError", HANGS)
    assert (response(tape).body, response(tape).stream.end) == (seen.body, "truncated")


async def test_f47_a_bomb_goes_to_the_client_whole_and_to_the_tape_up_to_its_limit(tape):
    bomb = gzip.compress(bytes(80_000_000))
    async with served(
        [head("Content-Encoding: gzip", f"Content-Length: {len(bomb)}"), bomb], gap_s=GAP_S
    ) as url:
        seen = await recorded_as_direct(tape, url)
    assert len(seen.body) == 80_000_000
    assert response(tape).stream.end == "limit"
    assert (await played(tape, url)).error == "ClientPayloadError"


async def test_f47_a_coding_that_nobody_here_knows_is_named_and_the_stream_is_untouched(tape):
    before = old_tape(tape)
    async with served([head("Content-Encoding: snappy"), b"snap"], then="fin", gap_s=GAP_S) as url:
        with pytest.raises(UsageError, match="snappy"):
            assert await recorded(tape, url) == Outcome(200, (b"snap",), "")
    assert tape.read_bytes() == before


async def test_f47_a_coding_that_this_client_does_not_know_is_its_own_error(tape):
    zstandard = pytest.importorskip("zstandard")
    async with served(coded("zstd", zstandard.compress(EVENTS)), then="fin", gap_s=GAP_S) as url:
        seen = await recorded_as_direct(tape, url)
    assert seen.body == EVENTS or seen.error == "ClientResponseError"


# F50: what an error answer says beside its body


async def test_f50_retry_after_comes_back(tape):
    answer = ANSWERS["F50-429"]
    async with served(answer.writes, gap_s=GAP_S) as url:
        await recorded(tape, url)
    async with ReplayServer(tape) as server, aiohttp.ClientSession() as session:
        async with session.post(server.url + "/api/converse-edge", json={"n": 1}) as found:
            assert (found.status, found.reason, found.headers["Retry-After"]) == (
                429,
                "Too Many Requests",
                "7",
            )


# F54: redirects


@asynccontextmanager
async def moving(status: int, *, at_once: bool = False) -> AsyncIterator[str]:
    """A server that sends its callers on to another path of its own, and answers there; *at_once*: before it has read
    what they send.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if not at_once:
            await reader.read(int(request.partition(b"Content-Length: ")[2].split(b"\r\n")[0] or b"0"))
        host = request.partition(b"Host: ")[2].split(b"\r\n")[0]
        there = head(
            f"Location: http://{host.decode()}/there",
            "Content-Length: 0",
            "Connection: close",
            status=f"HTTP/1.1 {status} Moved",
        )
        writer.writelines([CHUNKED, *chunks(WHOLE), LAST] if b" /there " in request else [there])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_f54_a_redirect_is_two_exchanges_and_is_followed_on_the_tape(tape, status):
    async with moving(status) as url:
        seen = await recorded_as_direct(tape, url)
    assert [item.response.status for item in load_cassette(tape).interactions] == [status, 200]
    assert await played(tape, url) == seen == Outcome(200, (WHOLE,), "")
    assert (await played_by_a_server(tape)).body == WHOLE


# F55: a connection after an error


AFTER = ("F36-fin-mid-chunk", "F35-reset-mid-chunk", "F43-stall", "F50-429")


@pytest.mark.parametrize("fault", AFTER, ids=[fault.partition("-")[2] for fault in AFTER])
async def test_f55_after_an_error_the_same_client_asks_again_and_both_are_kept(tape, fault):
    broken = ANSWERS[fault]
    waits = aiohttp.ClientTimeout(total=None, sock_read=READ_TIMEOUT_S)
    async with aiohttp.ClientSession(timeout=waits) as session:
        async with served(broken.writes, then=broken.then, gap_s=GAP_S) as url:
            with use_cassette(tape, mode="all"):
                first = await ask(url, session)
                again = await ask(url, session, n=2)
        with use_cassette(tape):
            assert [await ask(url, session), await ask(url, session, n=2)] == [first, again]
        async with ReplayServer(tape) as server:
            for n, wanted in ((1, first), (2, again)):
                assert (await ask(server.url, session, n=n)).body == wanted.body
    assert bodies(tape) == [broken.body, broken.body]


async def test_f55_a_connection_that_was_kept_alive_after_an_error_answer_is_used_again(tape):
    async with aiohttp.ClientSession() as session, served(ANSWERS["F50-429"].writes, gap_s=GAP_S) as url:
        with use_cassette(tape, mode="all"):
            for n in (1, 2):
                assert (await ask(url, session, n=n)).status == 429
        assert Served.connections == 1
    assert OLD not in bodies(tape)
    assert len(bodies(tape)) == 2
