"""The explicit way: a connector that plays or records, and patches nothing."""

from pathlib import Path

import aiohttp
import pytest

import harness
from harness import Cassette, Interaction, Request, Response
from harness.errors import CassetteMiss, UsageError
from harness.net import CassetteConnector
from tests.net.wire import Served, chunked, served

PIECES = [b"data: 1\n\n", b"data: [DONE]\n\n"]


async def fetched(url: str, connector: CassetteConnector) -> bytes:
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url) as response:
        return await response.read()


async def test_it_records_and_plays_and_the_door_of_others_stays_as_it_is(tmp_path: Path):
    before = aiohttp.BaseConnector.connect
    async with served(chunked(*PIECES)) as url:
        assert await fetched(url, CassetteConnector(tmp_path / "t.yaml", mode="all")) == b"".join(PIECES)
    assert await fetched(url, CassetteConnector(tmp_path / "t.yaml")) == b"".join(PIECES)
    assert aiohttp.BaseConnector.connect is before
    assert Served.connections == 1


async def test_a_cassette_in_memory_plays():
    tape = Cassette((Interaction(Request("GET", "http://x/a"), Response(200, "OK", (), b"hello")),))
    assert await fetched("http://anywhere/a", CassetteConnector(tape)) == b"hello"
    with pytest.raises(CassetteMiss):
        await fetched("http://anywhere/b", CassetteConnector(tape))


async def test_a_cassette_in_memory_cannot_be_recorded_onto():
    with pytest.raises(UsageError, match="in memory"):
        CassetteConnector(Cassette(), mode="all")


async def test_a_connector_of_ones_own_makes_the_live_connections(tmp_path: Path):
    async with served(chunked(*PIECES)) as url, aiohttp.TCPConnector(limit=1) as live:
        assert await fetched(url, CassetteConnector(tmp_path / "t.yaml", mode="all", live=live)) == b"".join(
            PIECES
        )


async def test_inside_use_cassette_the_connector_goes_its_own_way(tmp_path: Path):
    async with served(chunked(*PIECES)) as url:
        with harness.use_cassette(tmp_path / "outer.yaml", mode="all"):
            await fetched(url, CassetteConnector(tmp_path / "inner.yaml", mode="all"))
            async with aiohttp.ClientSession() as session, session.get(url) as response:
                await response.read()
    assert len(harness.load_cassette(tmp_path / "inner.yaml").interactions) == 1
    assert len(harness.load_cassette(tmp_path / "outer.yaml").interactions) == 1
