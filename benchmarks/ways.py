"""The ways to record and replay that `fidelity.py` compares: ours, and the peers that are installed.

A way is a client and two context managers. Each is given the base URL of the upstream and a folder, and hands
out the base URL to ask: while the first is open the answer is recorded, while the second is open it is played.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import importlib.metadata
import itertools
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import httpx

READ_S, TOTAL_S = 0.6, 3.0
"""The clients' time-outs: for a read, longer than any pause between two writes and shorter than the silence of
`stall`; for the whole answer, since aiohttp's parser in C waits for ever after a bad chunk size."""


class Seen(NamedTuple):
    """What a client was given: pieces with their seconds since the question, when it was over, and how."""

    pieces: tuple[tuple[float, bytes], ...]
    over_s: float
    outcome: str

    @property
    def body(self) -> bytes:
        return b"".join(data for _, data in self.pieces)

    @property
    def sizes(self) -> list[int]:
        return [len(data) for _, data in self.pieces]

    @property
    def gaps(self) -> list[float]:
        times = [0.0, *(at for at, _ in self.pieces), self.over_s]
        return [b - a for a, b in itertools.pairwise(times)]


Opening = Callable[
    [str, Path], AbstractAsyncContextManager[str | httpx.BaseTransport | httpx.AsyncBaseTransport]
]
"""Opens a recorder or player; hands out the base URL to ask, or the httpx transport to ask through."""


class Way(NamedTuple):
    name: str
    client: str
    """One of CLIENTS."""
    record: Opening
    replay: Opening
    ours: bool = False


# Clients: one question, everything noted ---------------------------------------------------------------------


class Notes:
    """What one question brought, while it is being asked."""

    def __init__(self) -> None:
        self.pieces: list[tuple[float, bytes]] = []
        self.head = "no answer"
        self.began = time.perf_counter()

    def answered(self, status: int, headers: Any) -> None:
        self.head = f"{status} {headers.get('content-type', '-')} {headers.get('retry-after', '-')}"

    def piece(self, data: bytes) -> None:
        if data:
            self.pieces.append((time.perf_counter() - self.began, data))

    def over(self, ending: str) -> Seen:
        return Seen(tuple(self.pieces), time.perf_counter() - self.began, f"{self.head} {ending}")


async def ask_aiohttp(base: str, path: str, _: Any) -> Seen:
    timeout = aiohttp.ClientTimeout(total=TOTAL_S, sock_read=READ_S)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        notes = Notes()
        try:
            async with session.post(base + path, json={"n": 1}) as response:
                notes.answered(response.status, response.headers)
                async for data in response.content.iter_any():
                    notes.piece(data)
        except Exception as error:
            return notes.over(type(error).__name__)
        return notes.over("end")


async def ask_httpx(base: str, path: str, transport: Any) -> Seen:
    timeout = httpx.Timeout(TOTAL_S, read=READ_S)
    async with httpx.AsyncClient(timeout=timeout, transport=transport, trust_env=False) as client:
        notes = Notes()
        try:
            async with client.stream("POST", base + path, json={"n": 1}) as response:
                notes.answered(response.status_code, response.headers)
                async for data in response.aiter_bytes():
                    notes.piece(data)
        except Exception as error:
            return notes.over(type(error).__name__)
        return notes.over("end")


async def ask_httpx_sync(base: str, path: str, transport: Any) -> Seen:
    return await asyncio.to_thread(_ask_httpx_sync, base + path, transport)


def _ask_httpx_sync(url: str, transport: Any) -> Seen:
    timeout = httpx.Timeout(TOTAL_S, read=READ_S)
    with httpx.Client(timeout=timeout, transport=transport, trust_env=False) as client:
        notes = Notes()
        try:
            with client.stream("POST", url, json={"n": 1}) as response:
                notes.answered(response.status_code, response.headers)
                for data in response.iter_bytes():
                    notes.piece(data)
        except Exception as error:
            return notes.over(type(error).__name__)
        return notes.over("end")


CLIENTS: dict[str, Callable[[str, str, Any], Awaitable[Seen]]] = {
    "aiohttp": ask_aiohttp,
    "httpx": ask_httpx,
    "httpx sync": ask_httpx_sync,
}


# Ours ---------------------------------------------------------------------


@contextlib.asynccontextmanager
async def _our_record(base: str, folder: Path) -> AsyncIterator[str]:
    from harness import use_cassette

    async with use_cassette(folder / "t.yaml", mode="all"):
        yield base


@contextlib.asynccontextmanager
async def _our_replay(base: str, folder: Path) -> AsyncIterator[str]:
    from harness import use_cassette

    async with use_cassette(folder / "t.yaml", pace="recorded"):
        yield base


@contextlib.asynccontextmanager
async def _our_proxy(base: str, folder: Path) -> AsyncIterator[str]:
    from harness.net.proxy import RecordingProxy

    async with RecordingProxy("vitalentum", base, folder) as proxy:
        yield proxy.url


@contextlib.asynccontextmanager
async def _our_server(_: str, folder: Path) -> AsyncIterator[str]:
    from harness.net import ReplayServer

    async with ReplayServer(folder, pace="recorded") as server:
        yield server.url


# Peers ---------------------------------------------------------------------


def _vcr(mode: str) -> Opening:
    @contextlib.asynccontextmanager
    async def opened(base: str, folder: Path) -> AsyncIterator[str]:
        import vcr

        matchers = ["method", "scheme", "host", "port", "path", "query", "body"]
        with vcr.VCR(record_mode=mode, match_on=matchers).use_cassette(str(folder / "t.yaml")):
            yield base

    return opened


def _cassetter(mode: str) -> Opening:
    @contextlib.asynccontextmanager
    async def opened(base: str, folder: Path) -> AsyncIterator[str]:
        import cassetter

        with cassetter.use_cassette(folder / "t.yaml", record_mode=mode):
            yield base

    return opened


def _cuesheet(mode: str) -> Opening:
    @contextlib.asynccontextmanager
    async def opened(base: str, folder: Path) -> AsyncIterator[str]:
        import cuesheet
        from cuesheet import transport

        transport._INTERCEPT_HOSTS = (
            *transport._INTERCEPT_HOSTS,
            "127.0.0.1",
        )  # it knows a fixed list of hosts
        try:
            with cuesheet.cassette(folder / "t.yaml", mode=mode):
                yield base
        finally:
            transport.uninstall()

    return opened


def _rerunner(mode: str) -> Opening:
    @contextlib.asynccontextmanager
    async def opened(_: str, folder: Path) -> AsyncIterator[httpx.AsyncBaseTransport]:
        from rerunner.async_transport import AsyncCassetteTransport

        yield AsyncCassetteTransport(folder / "t.jsonl", mode=mode)

    return opened


OURS = (
    Way("ours, aiohttp", "aiohttp", _our_record, _our_replay, ours=True),
    Way("ours, httpx", "httpx", _our_record, _our_replay, ours=True),
    Way("ours, proxy", "aiohttp", _our_proxy, _our_server, ours=True),
)
PEERS = (
    Way("vcrpy, aiohttp", "aiohttp", _vcr("all"), _vcr("none")),
    Way("vcrpy, httpx", "httpx", _vcr("all"), _vcr("none")),
    Way("cassetter, aiohttp", "aiohttp", _cassetter("all"), _cassetter("none")),
    Way("cassetter, httpx", "httpx", _cassetter("all"), _cassetter("none")),
    Way("cuesheet, httpx", "httpx sync", _cuesheet("record_always"), _cuesheet("replay_only")),
    Way("rerunner, httpx", "httpx", _rerunner("record"), _rerunner("replay")),
)
NEEDS = {
    "ours, httpx": "harness.net.transport",
    "ours, proxy": "harness.net.proxy",
    "vcrpy, aiohttp": "vcr",
    "vcrpy, httpx": "vcr",
    "cassetter, aiohttp": "cassetter",
    "cassetter, httpx": "cassetter",
    "cuesheet, httpx": "cuesheet",
    "rerunner, httpx": "rerunner",
}
"""The module without which a way is left out."""

LEFT_OUT = {"agent-replay": "not on PyPI"}


def installed() -> Iterator[tuple[Way, str]]:
    """Every way with the reason why it cannot be tried, "" where it can."""
    for way in (*OURS, *PEERS):
        try:
            importlib.import_module(NEEDS.get(way.name, "harness"))
        except ImportError as error:
            yield way, str(error)
        else:
            yield way, ""


def versions() -> str:
    names = ("aiohttp", "httpx", "vcrpy", "cassetter", "cuesheet", "rerunner")
    return ", ".join(f"{name} {version}" for name in names if (version := _version(name)))


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
