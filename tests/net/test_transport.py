"""The transports play and record as the connector does: the same pieces, endings and errors, for four clients."""

from __future__ import annotations

import asyncio
import gzip
import threading
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import httpx2
import pytest
import yaml

from harness import Cassette, Interaction, load_cassette
from harness.errors import CassetteMiss, UsageError
from harness.net.connector import CassetteConnector
from harness.net.transport import CassetteTransport
from tests.net.httpxes import KINDS, Got, Kind, fetch, fetched
from tests.net.wire import ENDINGS, PIECES, Served, chunked, length, served

if TYPE_CHECKING:
    from pathlib import Path

kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
PATH = "/api/converse-edge"


def the_one_on(tape: Path) -> Interaction:
    (interaction,) = load_cassette(tape).interactions
    return interaction


@kinds
@pytest.mark.parametrize(("writes", "then", "end"), ENDINGS.values(), ids=ENDINGS)
async def test_bytes_pieces_and_ending_come_back_as_they_were(tmp_path: Path, kind: Kind, writes, then, end):
    tape = tmp_path / "t.yaml"
    async with served(writes, then=then) as url:
        direct = await fetched(kind, url + PATH)
        recorded = await fetched(kind, url + PATH, kind.transport(tape, mode="all"))
    played = await fetched(kind, url + PATH, kind.transport(tape))
    assert recorded == direct
    assert played == direct
    stream = the_one_on(tape).response.stream
    assert stream.end == end
    assert [frame.size for frame in stream.frames] == [len(piece) for piece in direct.pieces]


@kinds
async def test_a_broken_chunk_is_recorded_as_one_and_is_the_same_error_again(tmp_path: Path, kind: Kind):
    tape, writes = tmp_path / "t.yaml", [*chunked(*PIECES[:2], whole=False), b"ZZ\r\n"]
    async with served(writes, then="fin") as url:
        direct = await fetched(kind, url + PATH)
        assert await fetched(kind, url + PATH, kind.transport(tape, mode="all")) == direct
    for pace in ("instant", "recorded"):
        assert await fetched(kind, url + PATH, kind.transport(tape, pace=pace)) == direct
    stream = the_one_on(tape).response.stream
    assert direct.error == "RemoteProtocolError"
    assert (stream.end, stream.broken_chunk_ms) == ("short", stream.end_ms)


@kinds
async def test_the_first_piece_is_with_the_caller_before_the_second_is_sent(tmp_path: Path, kind: Kind):
    loop, has_first = asyncio.get_running_loop(), asyncio.Event()
    head, first, *rest = chunked(*PIECES)
    async with served([head, first, has_first, *rest]) as url:
        got = await fetched(
            kind,
            url,
            kind.transport(tmp_path / "t.yaml", mode="all"),
            on_piece=lambda: loop.call_soon_threadsafe(has_first.set),
            timeout=5,
        )
    assert got == Got(PIECES, "", 200)


@kinds
async def test_a_coded_body_reaches_the_caller_coded_and_the_tape_plain(tmp_path: Path, kind: Kind):
    tape, packed = tmp_path / "t.yaml", gzip.compress(b"".join(PIECES))
    head, *body = length(packed[:20], packed[20:], promised=len(packed))
    head = head.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    async with served([head, *body]) as url:
        recorded = await fetched(kind, url, kind.transport(tape, mode="all"))
    assert b"".join(recorded.pieces) == packed
    assert the_one_on(tape).response.body == b"".join(PIECES)
    played = await fetched(kind, url, kind.transport(tape))
    assert b"".join(played.pieces) == b"".join(PIECES)


@kinds
async def test_a_body_that_is_none_of_its_coding_ends_the_recording_short(tmp_path: Path, kind: Kind):
    tape = tmp_path / "t.yaml"
    head, body = length(b"no gzip", promised=7)
    async with served([head.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"), body]) as url:
        assert (await fetched(kind, url, kind.transport(tape, mode="all"))).pieces == [b"no gzip"]
    response = the_one_on(tape).response
    assert (response.body, response.stream.end) == (b"", "short")


@kinds
@pytest.mark.parametrize(
    ("method", "answer", "pieces"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", []),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", []),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", []),
        ("GET", b"HTTP/1.0 200 Fine\r\n\r\nfive!", [b"five!"]),
        ("GET", b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 404 Nope\r\nContent-Length: 2\r\n\r\nno", [b"no"]),
    ],
    ids=["HEAD", "204", "empty", "HTTP/1.0", "after 103"],
)
async def test_answers_of_every_framing_come_back(tmp_path: Path, kind: Kind, method, answer, pieces):
    tape = tmp_path / "t.yaml"
    async with served([answer], then="fin") as url:
        recorded = await fetched(kind, url, kind.transport(tape, mode="all"), method=method)
    assert recorded.pieces == pieces
    assert recorded.error == ""
    assert await fetched(kind, url, kind.transport(tape), method=method) == recorded
    assert the_one_on(tape).response.stream.end == "complete"


@kinds
async def test_a_redirect_is_two_interactions_and_plays_as_such(tmp_path: Path, kind: Kind):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES)) as there:
        moved = f"HTTP/1.1 307 Moved\r\nLocation: {there}/there\r\nContent-Length: 0\r\n\r\n".encode()
        async with served([moved]) as here:
            transport = kind.transport(tape, mode="all")
            recorded = await fetched(kind, here + "/here", transport, follow_redirects=True)
    assert recorded == Got(PIECES, "", 200)
    assert await fetched(kind, here + "/here", kind.transport(tape), follow_redirects=True) == recorded
    assert [item.response.status for item in load_cassette(tape).interactions] == [307, 200]


@kinds
async def test_a_streamed_request_is_sent_and_recorded_whole(tmp_path: Path, kind: Kind):
    def parts():
        yield from (b'{"n"', b": 2}")

    async def parts_async():
        for part in parts():
            yield part

    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES)) as url:
        content = parts_async() if kind.is_async else parts()
        await fetched(kind, url, kind.transport(tape, mode="all"), content=content)
        assert b'{"n": 2}' in Served.last_request
    assert the_one_on(tape).request.body == b'{"n": 2}'
    assert (await fetched(kind, url, kind.transport(tape), content=b'{"n":2}')).pieces == PIECES


@kinds
async def test_a_caller_who_leaves_early_is_recorded_as_such(tmp_path: Path, kind: Kind):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES), gap_s=0.05) as url:
        await leave_after_the_first_piece(kind, url + PATH, kind.transport(tape, mode="all"))
    response = the_one_on(tape).response
    assert (response.body, response.stream.end) == (PIECES[0], "closed")
    got = await fetched(kind, url + PATH, kind.transport(tape))
    assert got == Got([PIECES[0]], "ReadError", 200)


@kinds
async def test_a_caller_who_leaves_when_all_has_come_missed_nothing(tmp_path: Path, kind: Kind):
    tape = tmp_path / "t.yaml"
    async with served(length(PIECES[0], promised=len(PIECES[0]))) as url:
        await leave_after_the_first_piece(kind, url, kind.transport(tape, mode="all"))
    assert the_one_on(tape).response.stream.end == "complete"


async def leave_after_the_first_piece(kind: Kind, url: str, transport: Any) -> None:
    if kind.is_async:
        async with kind.client(transport) as client, client.stream("POST", url, json={"n": 1}) as response:
            await anext(response.aiter_raw())
    else:
        await asyncio.to_thread(_leave, kind, url, transport)


def _leave(kind: Kind, url: str, transport: Any) -> None:
    with kind.client(transport) as client, client.stream("POST", url, json={"n": 1}) as response:
        next(response.iter_raw())


@kinds
async def test_the_clients_own_time_out_fires_in_a_pause_that_is_longer(tmp_path: Path, kind: Kind):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES), gap_s=0.1) as url:
        await fetched(kind, url, kind.transport(tape, mode="all"), timeout=5)
    timeout = kind.library.Timeout(5, read=0.05)
    got = await fetched(kind, url, kind.transport(tape, pace="recorded"), timeout=timeout)
    assert got.error == "ReadTimeout"
    assert got.pieces == PIECES[:0] or got.pieces == PIECES[:1]  # the first comes right after the head


@kinds
@pytest.mark.parametrize("cut", ["byte", "event", "whole", "random:7"])
async def test_the_cut_changes_pieces_and_no_byte(tmp_path: Path, kind: Kind, cut):
    async with served(chunked(*PIECES)) as url:
        await fetched(kind, url, kind.transport(tmp_path / "t.yaml", mode="all"))
    got = await fetched(kind, url, kind.transport(tmp_path / "t.yaml", cut=cut))
    body = b"".join(PIECES)
    assert b"".join(got.pieces) == body
    assert len(got.pieces) == {"byte": len(body), "event": 4, "whole": 1}.get(cut, len(got.pieces))


@kinds
async def test_a_bad_chunk_size_is_the_clients_own_error(tmp_path: Path, kind: Kind):
    async with served([*chunked(PIECES[0], whole=False), b"ZZ\r\n"], then="stall") as url:
        live = await fetched(kind, url)
    async with served(chunked(*PIECES)) as url:
        await fetched(kind, url, kind.transport(tmp_path / "t.yaml", mode="all"))
    faulty = kind.transport(tmp_path / "t.yaml", faults=f"bad_chunk_size:bytes={len(PIECES[0])}")
    assert await fetched(kind, url, faulty) == live == Got(PIECES[:1], "RemoteProtocolError", 200)


@kinds
async def test_mode_none_never_touches_the_network(tmp_path: Path, kind: Kind):
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(CassetteMiss) as caught:
            await fetched(kind, url, kind.transport(tmp_path / "none.yaml"))
        assert Served.connections == 0
    assert caught.value.reason == "no-recording"


@kinds
async def test_secrets_of_the_request_do_not_reach_the_tape(tmp_path: Path, kind: Kind):
    tape = tmp_path / "t.yaml"
    headers = {"Authorization": "Bearer sk-verysecret0123456789abcdef", "X-Own-Key": "hush-hush-hush"}
    async with served(chunked(b"data: sk-verysecret0123456789abcdef\n\n")) as url:
        await fetched(kind, url, kind.transport(tape, mode="all"), headers=headers)
        assert b"verysecret" in Served.last_request
    text = tape.read_text()
    assert "verysecret" not in text
    assert "hush" not in text
    assert (await fetched(kind, url, kind.transport(tape), headers=headers)).error == ""


@kinds
async def test_the_callers_own_trace_still_hears_everything(tmp_path: Path, kind: Kind):
    heard: list[str] = []

    def trace(event: str, info: object) -> None:
        heard.append(event)

    async def trace_async(event: str, info: object) -> None:
        heard.append(event)

    extensions = {"trace": trace_async if kind.is_async else trace}
    async with served(chunked(*PIECES)) as url:
        transport = kind.transport(tmp_path / "t.yaml", mode="all")
        await fetched(kind, url, transport, extensions=extensions)
    assert "http11.send_request_body.complete" in heard
    assert "http11.response_closed.complete" in heard


@pytest.mark.parametrize("writer", [*KINDS, "aiohttp"])
async def test_what_one_client_recorded_every_other_plays(tmp_path: Path, writer: str):
    async with served(chunked(*PIECES)) as url:
        await pieces_of(writer, url, tmp_path / "t.yaml", mode="all")
    for reader in (*KINDS, "aiohttp"):
        assert await pieces_of(reader, url, tmp_path / "t.yaml") == PIECES


async def pieces_of(client: str, url: str, tape: Path, **named: Any) -> list[bytes]:
    if client in KINDS:
        kind = KINDS[client]
        return (await fetched(kind, url, kind.transport(tape, **named))).pieces
    async with (
        aiohttp.ClientSession(connector=CassetteConnector(tape, **named)) as session,
        session.post(url, json={"n": 1}) as response,
    ):
        return [piece async for piece in response.content.iter_any()]


@kinds
async def test_an_answer_that_was_made_whole_is_recorded_too(tmp_path: Path, kind: Kind):
    def answer(request: Any) -> Any:
        return kind.library.Response(200, headers={"X-From": "a mock"}, content=b"all at once")

    tape = tmp_path / "t.yaml"
    mock = kind.library.MockTransport(answer)
    async with (
        kind.client(kind.transport(tape, mode="all", live=mock))
        if kind.is_async
        else closing(kind.client(kind.transport(tape, mode="all", live=mock))) as client
    ):
        asked = client.get("http://any.example/")
        assert (await asked if kind.is_async else asked).content == b"all at once"
    response = the_one_on(tape).response
    assert (response.body, response.stream.end) == (b"all at once", "complete")


class closing:  # noqa: N801  # reads like contextlib's
    """A sync client in an `async with`."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def __aenter__(self) -> Any:
        return self._client

    async def __aexit__(self, *_: object) -> None:
        self._client.close()


async def test_threads_may_share_a_transport_as_they_share_a_client(tmp_path: Path):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES)) as url:

        def work() -> None:
            with httpx.Client(transport=CassetteTransport(tape, mode="all"), trust_env=False) as client:
                asks = [threading.Thread(target=fetch, args=(client, f"{url}/{n}")) for n in range(8)]
                for ask in asks:
                    ask.start()
                for ask in asks:
                    ask.join()

        await asyncio.to_thread(work)
    interactions = load_cassette(tape).interactions
    assert sorted(item.request.uri[-2:] for item in interactions) == [f"/{n}" for n in range(8)]
    assert {item.response.body for item in interactions} == {b"".join(PIECES)}


@kinds
async def test_a_failed_block_does_not_replace_a_good_tape(tmp_path: Path, kind: Kind):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES)) as url:
        await fetched(kind, url, kind.transport(tape, mode="all"))
        good = tape.read_bytes()
        transport = kind.transport(tape, mode="all")
        with pytest.raises(ZeroDivisionError):
            if kind.is_async:
                async with kind.client(transport):
                    raise ZeroDivisionError
            with kind.client(transport):
                raise ZeroDivisionError
    assert tape.read_bytes() == good
    assert list(tmp_path.iterdir()) == [tape]


def test_bad_arguments_are_refused_at_the_door():
    with pytest.raises(UsageError, match="no pace"):
        CassetteTransport(Cassette(), pace="fast")


CODED = {
    "whole": (gzip.compress(b"".join(PIECES), mtime=0), b"".join(PIECES)),
    "undone already": (b"".join(PIECES), b"".join(PIECES)),
}


@pytest.mark.parametrize(("stored", "plain"), CODED.values(), ids=CODED)
async def test_a_tape_of_plain_vcrpy_plays_whatever_became_of_its_content_coding(
    tmp_path: Path, stored, plain
):
    tape = vcrpys_tape(tmp_path, stored)
    for kind in KINDS.values():
        assert (
            b"".join((await fetched(kind, "http://h/", kind.transport(tape), method="GET")).pieces) == plain
        )
    async with (
        aiohttp.ClientSession(connector=CassetteConnector(tape)) as session,
        session.get("http://h/") as response,
    ):
        assert await response.read() == plain


async def test_a_coding_that_cannot_be_undone_is_left_to_the_client(tmp_path: Path):
    tape = vcrpys_tape(tmp_path, b"\x1f\x8bno such thing")
    for library, transport in ((httpx, CassetteTransport(tape)), (httpx2, CassetteTransport(tape))):
        with library.Client(transport=transport) as client, pytest.raises(library.DecodingError):
            client.get("http://h/")
    async with aiohttp.ClientSession(connector=CassetteConnector(tape)) as session, asyncio.timeout(5):
        with pytest.raises(aiohttp.ClientPayloadError):
            await (await session.get("http://h/")).read()


def vcrpys_tape(folder: Path, body: bytes) -> Path:
    """A tape of a GET as vcrpy writes it, for an answer that came as gzip."""
    headers = {"content-encoding": ["gzip"], "content-type": ["text/event-stream"], "content-length": ["54"]}
    answer = {"status": {"code": 200, "message": "OK"}, "headers": headers, "body": {"string": body}}
    asked = {"method": "GET", "uri": "http://h/", "headers": {}, "body": None}
    tape = folder / "vcrpy.yaml"
    tape.write_text(yaml.safe_dump({"interactions": [{"request": asked, "response": answer}], "version": 1}))
    return tape
