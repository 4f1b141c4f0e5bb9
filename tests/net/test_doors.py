"""Every request of the libraries in the table passes through the cassette that is in use where it is made."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest

import harness
from harness import Cassette, use_cassette
from harness.errors import CassetteMiss
from harness.net.doors import DOORS, Door, Doors
from tests.net.httpxes import KINDS, Got, Kind, fetch, fetch_async, fetched
from tests.net.wire import PIECES, Served, chunked, served

if TYPE_CHECKING:
    from pathlib import Path

kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@kinds
async def test_a_client_is_recorded_and_played_without_being_told(tmp_path: Path, kind: Kind):
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            assert await fetched(kind, url) == Got(PIECES, "", 200)
    with use_cassette(tmp_path / "t.yaml"):
        assert await fetched(kind, url) == Got(PIECES, "", 200)


@kinds
async def test_a_client_made_earlier_passes_through_too(tmp_path: Path, kind: Kind):
    client = kind.client()

    async def ask() -> Got:
        if kind.is_async:
            return await fetch_async(client, url)
        return await asyncio.to_thread(fetch, client, url)

    async with served(chunked(*PIECES)) as url:
        direct = await ask()
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            await ask()
    with use_cassette(tmp_path / "t.yaml"):
        assert await ask() == direct
    await client.aclose() if kind.is_async else client.close()


@kinds
async def test_mode_none_never_touches_the_network(tmp_path: Path, kind: Kind):
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(CassetteMiss), use_cassette(tmp_path / "none.yaml"):
            await fetched(kind, url)
        assert Served.connections == 0


async def test_one_cassette_serves_all_libraries_at_once(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tmp_path / "t.yaml", mode="all"):
            for name, kind in KINDS.items():
                await fetched(kind, f"{url}/{name}")
            async with (
                aiohttp.ClientSession() as session,
                session.post(f"{url}/aiohttp", json={"n": 1}) as response,
            ):
                await response.read()
    paths = [
        item.request.uri.rpartition("/")[2]
        for item in harness.load_cassette(tmp_path / "t.yaml").interactions
    ]
    assert paths == [*KINDS, "aiohttp"]


async def test_threads_and_tasks_do_not_see_each_others_cassettes(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:

        def record(n: int) -> None:
            with (
                use_cassette(tmp_path / f"thread-{n}.yaml", mode="all"),
                httpx.Client(trust_env=False) as client,
            ):
                fetch(client, f"{url}/{n}")

        async def record_async(n: int) -> None:
            with use_cassette(tmp_path / f"task-{n}.yaml", mode="all"):
                await fetched(KINDS["httpx-async"], f"{url}/{n}")

        threads = [threading.Thread(target=record, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        await asyncio.gather(*map(record_async, range(4)))
        await asyncio.to_thread(lambda: [thread.join() for thread in threads])
    for n in range(4):
        for name in ("thread", "task"):
            interactions = harness.load_cassette(tmp_path / f"{name}-{n}.yaml").interactions
            assert [item.request.uri[-2:] for item in interactions] == [f"/{n}"]


def test_every_door_of_the_table_is_there_and_closed_again():
    here = sys.modules
    methods = [(getattr(here[door.library], door.owner), door.method) for door in DOORS]
    before = [getattr(*method) for method in methods]
    with pytest.raises(ZeroDivisionError), use_cassette(Cassette()):
        with pytest.raises(ZeroDivisionError), use_cassette(Cassette()):
            assert all(getattr(*method) is not was for method, was in zip(methods, before, strict=True))
            raise ZeroDivisionError
        assert all(getattr(*method) is not was for method, was in zip(methods, before, strict=True))
        raise ZeroDivisionError
    assert [getattr(*method) for method in methods] == before


def test_a_swapped_door_keeps_its_name():
    with pytest.raises(ZeroDivisionError), use_cassette(Cassette()):
        assert httpx.HTTPTransport.handle_request.__qualname__ == "HTTPTransport.handle_request"
        raise ZeroDivisionError


class Shop:
    """A library's class with a door."""

    def enter(self) -> str:
        return "live"


def through(real, here):
    return lambda self: here() or real(self)


DOOR = Door(__name__, "Shop", "enter", f"{__name__}:through")


def test_a_library_under_two_names_is_swapped_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "alias", sys.modules[__name__])
    doors = Doors(lambda: None, [DOOR, DOOR._replace(library="alias")])
    real = Shop.enter
    doors.swap_in()
    assert Shop().enter() == "live"
    doors.swap_out()
    assert Shop.enter is real


def test_doors_stay_swapped_until_the_last_user_leaves():
    doors = Doors(lambda: "played", [DOOR])
    doors.swap_in()
    doors.swap_in()
    doors.swap_out()
    assert Shop().enter() == "played"
    doors.swap_out()
    assert Shop().enter() == "live"


LATER = """
import sys
from harness import Cassette, use_cassette
from harness.errors import CassetteMiss
assert not {"aiohttp", "httpx", "httpx2"} & sys.modules.keys(), "a library was imported for its door"
finders = list(sys.meta_path)
try:
    with use_cassette(Cassette()):
        import %(library)s as library
        library.post("http://127.0.0.1:1/")
except CassetteMiss:
    pass
assert sys.meta_path == finders
assert library.__loader__ is library.__spec__.loader
assert type(library.__loader__).__name__ == "SourceFileLoader"
assert library.HTTPTransport.handle_request.__code__.co_filename.endswith("default.py")
"""


@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_a_library_imported_while_a_cassette_is_in_use_is_caught_as_well(library: str):
    done = subprocess.run(
        [sys.executable, "-c", LATER % {"library": library}], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
