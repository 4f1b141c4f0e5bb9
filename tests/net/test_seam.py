"""`use_cassette` records what passes and plays it again: the same bytes, pieces and ending, in this task and
no other.
"""

import asyncio
import gzip
import itertools
import threading
import time
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import httpx
import httpx2
import pytest
from aiohttp import test_utils, web

import harness
from harness import Cassette, use_cassette
from harness.errors import CassetteError, CassetteMiss, NothingRecordedError, UsageError
from harness.net.seam import session_here, used_everywhere
from harness.net.session import CassetteSession
from tests.net.httpxes import KINDS, Kind
from tests.net.wire import CHUNKED, ENDINGS, PIECES, Served, chunked, served


async def fetched(url: str, session: aiohttp.ClientSession | None = None, **asked) -> tuple[list[bytes], str]:
    """The pieces a client reads, and the class of the error that ends them."""
    pieces: list[bytes] = []
    asked = {"json": {"n": 1}} | asked
    mine = session or aiohttp.ClientSession()
    try:
        async with mine.post(url, **asked) as response:
            async for piece in response.content.iter_any():
                pieces.append(piece)  # what came before an error is kept
    except (aiohttp.ClientError, TimeoutError) as error:
        return pieces, type(error).__name__
    finally:
        if session is None:
            await mine.close()
    return pieces, ""


@pytest.mark.parametrize(("writes", "then", "end"), ENDINGS.values(), ids=ENDINGS)
async def test_bytes_pieces_and_ending_come_back_as_they_were(tmp_path: Path, writes, then, end):
    waits = {"timeout": aiohttp.ClientTimeout(sock_read=0.15)}
    async with served(writes, then=then) as url:
        direct = await fetched(url + "/api/converse-edge", **waits)
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            recorded = await fetched(url + "/api/converse-edge", **waits)
    with use_cassette(tmp_path / "t.yaml"):
        played = await fetched(url + "/api/converse-edge", **waits)
    assert recorded == direct
    assert played == direct
    stream = harness.load_cassette(tmp_path / "t.yaml").interactions[0].response.stream
    assert stream.end == end
    assert [frame.size for frame in stream.frames] == [len(piece) for piece in direct[0]]


async def test_pieces_stay_apart_however_slow_the_reader_is(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await fetched(url)
    pieces = []
    with use_cassette(tmp_path / "t.yaml"):
        async with aiohttp.ClientSession() as session, session.post(url, json={"n": 1}) as response:
            async for piece in response.content.iter_any():
                await asyncio.sleep(0.01)
                pieces.append(piece)
    assert pieces == PIECES


@pytest.mark.parametrize(
    ("pace", "least_s", "most_s"), [("instant", 0.0, 0.2), ("recorded", 0.25, 2.0), (2.0, 0.12, 1.0)]
)
async def test_the_pace_is_kept(tmp_path: Path, pace, least_s, most_s):
    async with served(chunked(*PIECES), gap_s=0.06) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await fetched(url)
    took = []
    for _ in range(5):  # a busy machine is late now and then, and nothing is ever early
        with use_cassette(tmp_path / "t.yaml", pace=pace):
            began = time.perf_counter()
            pieces, _ = await fetched(url)
            took.append(time.perf_counter() - began)
        assert pieces == PIECES
    assert least_s <= min(took) <= most_s


@pytest.mark.parametrize("cut", ["recorded", "event", "byte", "whole", "random:7"])
async def test_the_cut_changes_pieces_and_no_byte(tmp_path: Path, cut):
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await fetched(url)
    with use_cassette(tmp_path / "t.yaml", cut=cut):
        pieces, _ = await fetched(url)
    assert b"".join(pieces) == b"".join(PIECES)
    assert len(pieces) == {"recorded": 4, "event": 4, "byte": len(b"".join(PIECES)), "whole": 1}.get(
        cut, len(pieces)
    )


async def test_a_session_made_earlier_passes_through_too(tmp_path: Path):
    async with aiohttp.ClientSession() as session:
        async with served(chunked(*PIECES)) as url:
            await fetched(url, session)
            with use_cassette(tmp_path / "t.yaml", mode="all"):
                await fetched(url, session)
        with use_cassette(tmp_path / "t.yaml"):
            assert (await fetched(url, session))[0] == PIECES


async def test_a_request_on_a_connection_that_was_open_before_is_recorded_and_played(tmp_path: Path):
    async with served(chunked(*PIECES)) as url, aiohttp.ClientSession() as session:
        await fetched(url, session, json={"n": 0})
        with use_cassette(tmp_path / "t.yaml", mode="once") as used:
            await fetched(url, session)
        assert (used.recorded, Served.connections) == (1, 1)
        await fetched(url, session, json={"n": 0})
        sent_last = Served.last_request
        with use_cassette(tmp_path / "t.yaml"):
            assert (await fetched(url, session))[0] == PIECES
        assert Served.last_request is sent_last


@pytest.mark.parametrize("mode", ["once", "new_episodes", "all"])
async def test_of_answers_that_come_whole_with_one_read_each_is_recorded(tmp_path: Path, mode):
    whole = b"".join(chunked(*PIECES))
    async with served([whole], gap_s=0) as url, aiohttp.ClientSession() as session:
        with use_cassette(tmp_path / "t.yaml", mode=mode) as used:
            for number in range(4):
                await fetched(url, session, json={"n": number})
        assert (used.recorded, Served.connections) == (4, 1)
    with use_cassette(tmp_path / "t.yaml"):
        for number in range(4):
            assert b"".join((await fetched(url, json={"n": number}))[0]) == b"".join(PIECES)
    ends = [item.response.stream.end for item in harness.load_cassette(tmp_path / "t.yaml").interactions]
    assert ends == ["complete"] * 4


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_so_is_one_on_an_open_connection_of_httpx(tmp_path: Path, kind: Kind):
    client = kind.client()
    async with served(chunked(*PIECES)) as url:
        await kind.fetch(client, url, json={"n": 0})
        with use_cassette(tmp_path / "t.yaml", mode="once") as used:
            await kind.fetch(client, url)
        assert (used.recorded, Served.connections) == (1, 1)
        sent_last = Served.last_request
        with use_cassette(tmp_path / "t.yaml"):
            assert (await kind.fetch(client, url)).pieces == PIECES
        assert Served.last_request is sent_last
    await kind.close(client)


async def test_a_kept_alive_connection_goes_back_to_its_pool_unlistened(tmp_path: Path):
    async with served(chunked(*PIECES)) as url, aiohttp.ClientSession() as session:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await fetched(url, session)
        assert (await fetched(url, session, json={"n": 2}))[0] == PIECES
        assert Served.connections == 1
    assert len(harness.load_cassette(tmp_path / "t.yaml").interactions) == 1


async def test_a_caller_who_leaves_early_is_recorded_as_such(tmp_path: Path):
    async with served(chunked(*PIECES), gap_s=0.05) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            async with (
                aiohttp.ClientSession() as session,
                session.post(url + "/api/converse-edge", json={"n": 1}) as response,
            ):
                assert await response.content.readany() == PIECES[0]
                response.close()
        began = time.perf_counter()
    response = harness.load_cassette(tmp_path / "t.yaml").interactions[0].response
    assert (response.body, response.stream.end) == (PIECES[0], "closed")
    assert time.perf_counter() - began < 5


async def test_recording_holds_nothing_back(tmp_path: Path):
    async with served(chunked(*PIECES), gap_s=0.1) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            async with aiohttp.ClientSession() as session, session.post(url, json={"n": 1}) as response:
                times = [time.perf_counter() async for _ in response.content.iter_any()]
    gaps = [b - a for a, b in itertools.pairwise(times)]
    assert len(times) == 4
    assert min(gaps) > 0.05


async def test_mode_none_never_touches_the_network(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(CassetteMiss) as caught, use_cassette(tmp_path / "none.yaml"):
            await fetched(url)
        assert Served.connections == 0
    assert caught.value.reason == "no-recording"
    assert "harness record" in str(caught.value)


async def test_a_miss_names_the_nearest_recording_and_what_differs(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await fetched(url)
        with pytest.raises(CassetteMiss) as caught, use_cassette(tmp_path / "t.yaml"):
            await fetched(url, json={"n": 2})
    assert caught.value.reason == "no-match"
    assert "$.n" in str(caught.value)


async def test_once_records_the_first_time_and_plays_ever_after(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        for _ in range(2):
            with use_cassette(tmp_path / "t.yaml", mode="once"):
                assert (await fetched(url))[0] == PIECES
        assert Served.connections == 1
        with pytest.raises(CassetteMiss), use_cassette(tmp_path / "t.yaml", mode="once"):
            await fetched(url, json={"n": 2})


async def test_new_episodes_plays_what_it_has_and_records_the_rest(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        for asked in ({"n": 1}, {"n": 2}):
            with use_cassette(tmp_path / "t.yaml", mode="new_episodes"):
                await fetched(url, json={"n": 1})
                await fetched(url, json=asked)
    bodies = [item.request.body for item in harness.load_cassette(tmp_path / "t.yaml").interactions]
    assert sorted(bodies) == [b'{"n": 1}', b'{"n": 1}', b'{"n": 2}']


async def test_all_replaces_the_tape_only_after_success(tmp_path: Path):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tape, mode="all"):
            await fetched(url)
        good = tape.read_bytes()
        with pytest.raises(ZeroDivisionError), use_cassette(tape, mode="all"):
            await fetched(url, json={"n": 2})
            raise ZeroDivisionError
        assert tape.read_bytes() == good
        with use_cassette(tape, mode="all"):
            await fetched(url, json={"n": 3})
    assert [item.request.body for item in harness.load_cassette(tape).interactions] == [b'{"n": 3}']
    assert list(tmp_path.iterdir()) == [tape]


async def test_a_failed_body_keeps_what_was_recorded_first(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(ZeroDivisionError), use_cassette(tmp_path / "t.yaml", mode="once"):
            await fetched(url)
            raise ZeroDivisionError
    assert len(harness.load_cassette(tmp_path / "t.yaml").interactions) == 1


async def test_tasks_do_not_see_each_others_cassettes(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:

        async def record(n: int) -> None:
            with use_cassette(tmp_path / f"{n}.yaml", mode="all"):
                await fetched(url, json={"n": n})

        await asyncio.gather(*map(record, range(8)))
        before = Served.connections
        await fetched(url)
        assert Served.connections == before + 1
    for n in range(8):
        assert [item.request.body for item in harness.load_cassette(tmp_path / f"{n}.yaml").interactions] == [
            b'{"n": %d}' % n
        ]


async def test_threads_do_not_see_each_others_cassettes(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:

        def record(n: int) -> None:
            async def run() -> None:
                with use_cassette(tmp_path / f"{n}.yaml", mode="all"):
                    await fetched(url, json={"n": n})

            asyncio.run(run())

        threads = [threading.Thread(target=record, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])
    for n in range(4):
        assert [item.request.body for item in harness.load_cassette(tmp_path / f"{n}.yaml").interactions] == [
            b'{"n": %d}' % n
        ]


async def test_a_session_used_everywhere_serves_threads_and_gives_way_to_a_cassette_of_their_own(
    tmp_path: Path,
):
    session = CassetteSession(tmp_path / "everywhere.yaml", mode="all")
    session.open()

    def ask(n: int) -> None:
        asyncio.run(fetched(url, json={"n": n}))

    def ask_with_own(n: int) -> None:
        with use_cassette(tmp_path / "own.yaml", mode="all"):
            ask(n)

    async with served(chunked(*PIECES)) as url:
        with used_everywhere(session):
            await asyncio.to_thread(lambda: [in_thread(ask, 1), in_thread(ask_with_own, 2)])
        assert session_here() is None
    session.close(failed=False)
    bodies = [
        [item.request.body for item in harness.load_cassette(tmp_path / name).interactions]
        for name in ("everywhere.yaml", "own.yaml")
    ]
    assert bodies == [[b'{"n": 1}'], [b'{"n": 2}']]


def in_thread(function, *arguments) -> None:
    """Run *function* in a thread that inherits no context."""
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


async def test_the_decorator_uses_the_cassette_anew_for_each_call(tmp_path: Path):
    @use_cassette(tmp_path / "t.yaml", mode="once")
    async def ask(url: str) -> list[bytes]:
        return (await fetched(url))[0]

    async with served(chunked(*PIECES)) as url:
        assert await ask(url) == await ask(url) == PIECES
        assert Served.connections == 1


def test_the_decorator_takes_plain_functions(tmp_path: Path):
    async def record() -> str:
        async with served(chunked(*PIECES)) as url:
            with use_cassette(tmp_path / "t.yaml", mode="all"):
                await fetched(url)
        return url

    url = asyncio.run(record())

    @use_cassette(tmp_path / "t.yaml")
    def ask() -> list[bytes]:
        return asyncio.run(fetched(url))[0]

    assert ask() == PIECES


async def test_the_decorator_takes_async_generator_functions(tmp_path: Path):
    @use_cassette(tmp_path / "t.yaml", mode="once")
    async def ask(url: str):
        for piece in (await fetched(url))[0]:
            yield piece

    async with served(chunked(*PIECES)) as url:
        for _ in range(2):
            assert [piece async for piece in ask(url)] == PIECES


def test_a_class_is_not_decorated(tmp_path: Path):
    with pytest.raises(UsageError, match=r"A class cannot be decorated.*\n?.*decorate its methods") as caught:

        @use_cassette(tmp_path / "t.yaml")
        class TestChat:
            """Its tests would run without the cassette: making an instance sends nothing."""

    assert "TestChat" in str(caught.value)


async def test_async_with_works_as_with_does(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        async with use_cassette(tmp_path / "t.yaml", mode="all"):
            await fetched(url)
        async with use_cassette(tmp_path / "t.yaml"):
            assert (await fetched(url))[0] == PIECES


async def test_the_inner_cassette_is_the_one_in_use(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tmp_path / "outer.yaml", mode="all"):
            with use_cassette(tmp_path / "inner.yaml", mode="all"):
                await fetched(url, json={"n": "inner"})
            await fetched(url, json={"n": "outer"})
    assert len(harness.load_cassette(tmp_path / "outer.yaml").interactions) == 1


async def test_nothing_stays_patched():
    before = aiohttp.BaseConnector.connect
    with pytest.raises(ZeroDivisionError), use_cassette(Cassette()):
        raise ZeroDivisionError
    assert aiohttp.BaseConnector.connect is before


def test_a_cassette_that_nothing_passed_through_says_so(tmp_path: Path):
    with (
        pytest.raises(NothingRecordedError, match="Nothing was recorded or played"),
        use_cassette(tmp_path / "t.yaml", mode="all"),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


async def test_a_miss_that_the_caller_handled_is_not_reported_again(tmp_path: Path):
    with use_cassette(tmp_path / "t.yaml"), pytest.raises(CassetteMiss):
        await fetched("http://127.0.0.1:1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "twice"},
        {"pace": 0},
        {"pace": "fast"},
        {"cut": "random"},
        {"upstream": "vitalentun"},
        {"source": "life"},
    ],
)
def test_bad_arguments_are_refused_at_the_door(tmp_path: Path, wrong):
    with pytest.raises(UsageError):
        use_cassette(tmp_path / "t.yaml", **wrong)


def test_a_damaged_tape_is_refused_before_any_request_and_stays_as_it_is(tmp_path: Path):
    tape = tmp_path / "t.yaml"
    tape.write_text("interactions: [")
    for mode in ("none", "once", "new_episodes", "all"):
        with pytest.raises(CassetteError), use_cassette(tape, mode=mode):
            raise AssertionError("the block must not run")
    assert tape.read_text() == "interactions: ["


async def test_a_redirect_is_two_interactions_and_plays_as_such(tmp_path: Path):
    async with served(chunked(*PIECES)) as there:
        moved = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {there}/there\r\nContent-Length: 0\r\n\r\n".encode()
        async with served([moved]) as here:
            with use_cassette(tmp_path / "t.yaml", mode="all"):
                direct = await fetched(here + "/here")
    with use_cassette(tmp_path / "t.yaml"):
        assert await fetched(here + "/here") == direct
    assert [item.response.status for item in harness.load_cassette(tmp_path / "t.yaml").interactions] == [
        307,
        200,
    ]


async def test_a_full_disk_breaks_the_recording_and_not_the_stream(tmp_path: Path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    async with served(chunked(*PIECES)) as url:
        with (
            pytest.raises(CassetteError, match="No space left"),
            use_cassette(tmp_path / "t.yaml", mode="all"),
        ):
            monkeypatch.setattr("harness.disk.tape.write_tape", full)
            assert (await fetched(url))[0] == PIECES


@pytest.mark.parametrize("library", [httpx, httpx2])
async def test_a_form_that_is_sent_again_finds_its_recording(tmp_path: Path, library):
    def ask(client) -> None:
        client.post(url, data={"a": "1"}, files={"f": ("x.bin", b"\xff\x00", "application/octet-stream")})

    async def ask_aiohttp(session: aiohttp.ClientSession) -> None:
        form = aiohttp.FormData({"a": "1"})
        form.add_field("f", b"\xff\x00", filename="x.bin", content_type="application/octet-stream")
        async with session.post(url, data=form) as response:
            await response.read()

    async with answered_whatever_is_sent() as url:
        with library.Client() as client, use_cassette(tmp_path / "t.yaml", mode="once"):
            await asyncio.to_thread(ask, client)
            async with aiohttp.ClientSession() as session:
                await ask_aiohttp(session)
    with library.Client() as client, use_cassette(tmp_path / "t.yaml") as used:
        await asyncio.to_thread(ask, client)
        async with aiohttp.ClientSession() as session:
            await ask_aiohttp(session)
    assert used.played == 2


@asynccontextmanager
async def answered_whatever_is_sent():
    async def answer(request: web.BaseRequest) -> web.Response:
        await request.read()
        return web.Response(text="ok")

    async with test_utils.RawTestServer(answer) as server:
        yield str(server.make_url("/"))


async def test_a_caller_who_changes_the_working_directory_finds_the_tape_where_it_was_to_be(
    tmp_path: Path, monkeypatch
):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    async with served(chunked(*PIECES)) as url:
        with use_cassette("t.yaml", mode="once"):
            await fetched(url)
            monkeypatch.chdir(tmp_path / "elsewhere")
    assert {file.name for file in tmp_path.iterdir()} == {"t.yaml", "elsewhere"}
    assert not any((tmp_path / "elsewhere").iterdir())


async def test_the_length_that_a_head_request_asks_for_comes_back(tmp_path: Path):
    async def length() -> str | None:
        async with aiohttp.ClientSession() as session, session.head(url) as response:
            return response.headers.get("Content-Length")

    async with answered_whatever_is_sent() as url:
        with use_cassette(tmp_path / "t.yaml", mode="once"):
            assert await length() == "2"
    with use_cassette(tmp_path / "t.yaml"):
        assert await length() == "2"


async def test_secrets_of_the_request_do_not_reach_the_tape(tmp_path: Path):
    asked = {
        "headers": {"Authorization": "Bearer sk-verysecret0123456789abcdef", "X-Own-Key": "hush-hush-hush"}
    }
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await fetched(url, **asked)
    text = (tmp_path / "t.yaml").read_text()
    assert "verysecret" not in text
    assert "hush" not in text
    with use_cassette(tmp_path / "t.yaml"):
        assert (await fetched(url, **asked))[0] == PIECES


async def test_the_coding_that_was_undone_is_named_and_the_answer_plays_to_any_client(tmp_path: Path):
    coded = gzip.compress(b"".join(PIECES))
    head = CHUNKED.replace(
        b"Transfer-Encoding: chunked", b"Content-Encoding: gzip\r\nContent-Length: %d" % len(coded)
    )
    async with served([head, coded[:9], coded[9:]]) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            direct, _ = await fetched(url)
    with use_cassette(tmp_path / "t.yaml"):
        played, _ = await fetched(url)
    assert b"".join(played) == b"".join(direct) == b"".join(PIECES)
    response = harness.load_cassette(tmp_path / "t.yaml").interactions[0].response
    assert (response.stream.content_encoding, response.stream.http_version) == ("gzip", "1.1")
    assert "content-encoding" not in {name.lower() for name, _ in response.headers}
