"""Serves cassettes over HTTP to any client in any language.

An edge: sockets and the clock are here. The answers are the recorded ones, head and pieces written as they
are, so nothing of the server's own shows in them. A socket does not keep piece boundaries by itself: what is
written in one go may be read in one go, so tests about cuts play in process, or at a pace.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeAlias

import msgspec
from aiohttp import web

from harness.cassette.faults import FAULT_HEADER, Fault, parse_faults, staged_playback
from harness.cassette.framing import Playback, parse_cut, parse_pace
from harness.cassette.model import Cassette, End, Interaction, Request, Response
from harness.cassette.player import Player
from harness.disk.cassettes import find_cassettes, load_cassette
from harness.disk.environment import environment_redactor
from harness.disk.upstreams import ensure_upstreams
from harness.errors import CassetteMiss, UsageError
from harness.net.answer import (
    Framing,
    ends_cleanly,
    framed,
    framing_of,
    head_bytes,
    host_of,
    led_back,
    terminator,
)
from harness.net.listener import Listener
from harness.net.outgoing import RESET_GRACE_S, close, reset, reset_now, write
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from types import TracebackType

SILENCE_S = 600.0
"""How long a recorded time-out is played as silence before the server gives up waiting for the client to."""

AT_ONCE = 32
"""Pieces that are due which are written without a turn of the event loop."""

MANY = 100
"""How many misses are remembered, and how many answers ready to be written."""

MAX_REMEMBERED = 64 * 1024
"""Bytes of a body whose answer is remembered; a longer one takes its time anyway."""

Cassettes: TypeAlias = str | Path | Cassette | Iterable[str | Path | Cassette]


class ReplayServer:
    """An async context manager; `url` is where it listens.

        async with ReplayServer("cassettes/") as server:
            Vitalentum.url = server.url

    `cassettes`: paths of files or folders, or `Cassette` values, one or several. The same request asked again
    gets its recordings in their order, and from the first one again after the last. A request that no
    recording answers gets 404 and the reason as JSON. `pace`, `cut` and `faults` are those of `use_cassette`;
    a request may add faults of its own in the header `x-harness-fault`. Raises UsageError for bad arguments
    and a port that is taken, CassetteError for a damaged cassette.
    """

    def __init__(
        self,
        cassettes: Cassettes,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        pace: str | float = "instant",
        cut: str = "recorded",
        faults: str | Iterable[str | Fault] = (),
        upstream: str | None = None,
        allow_remote: bool = False,
    ) -> None:
        ensure_upstreams()
        self._faults = parse_faults(faults)
        self._pace, self._cut = parse_pace(pace), parse_cut(cut)
        self._cassettes = cassettes
        self._upstream = get_upstream(upstream) if upstream else None
        self._player = Player(Cassette())
        self._hosts: frozenset[str] = frozenset()
        self._base = ""
        self._scripts: dict[tuple[int, tuple[Fault, ...], str], _Script] = {}
        self._listener = Listener(self._answer, host=host, port=port, allow_remote=allow_remote)
        self.played = 0
        self.missed = 0
        self.misses: deque[CassetteMiss] = deque(maxlen=MANY)
        """The latest of the requests that nothing answered."""

    @property
    def on_tape(self) -> tuple[Interaction, ...]:
        """What there is to be played."""
        return self._player.interactions

    @property
    def unplayed(self) -> tuple[Interaction, ...]:
        """What no request has asked for yet."""
        return self._player.unplayed

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return self._listener.url

    async def __aenter__(self) -> Self:
        tape = Cassette(tuple(_interactions(self._cassettes)))
        self._player = Player(tape, upstream=self._upstream, repeats=True, redactor=environment_redactor())
        self._scripts = {}
        self._hosts = frozenset(host_of(item.request.uri) for item in tape.interactions)
        await self._listener.__aenter__()
        self._base = self.url
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self._listener.__aexit__(kind, error, where)

    async def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        asked = Request(request.method, self._base + request.raw_path, _headers(request), body or None)
        try:
            found, faults = self._chosen(asked)
        except CassetteMiss as miss:
            self.missed += 1
            self.misses.append(miss)
            return _missed(miss)
        except UsageError as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None
        self.played += 1
        return _Played(self._script(found, faults, request.method))

    def _chosen(self, asked: Request) -> tuple[Interaction, tuple[Fault, ...]]:
        """What answers a request, and how it is spoilt. Raises CassetteMiss, and UsageError for no faults."""
        found = self._player.find(asked)
        assert found is not None  # mode none raises where there is nothing to play
        named = (value for name, value in asked.headers if name.lower() == FAULT_HEADER)
        return found, self._faults + parse_faults(next(named, ""))

    def _script(self, found: Interaction, faults: tuple[Fault, ...], method: str) -> _Script:
        """How the answer is written; remembered, since the same question is asked again and again."""
        key = id(found), faults, method
        known = self._scripts.get(key)
        if known is not None:
            return known
        response, shown = staged_playback(found.response, faults, pace=self._pace, cut=self._cut)
        script = _scripted(led_back(response, self._base, self._hosts), shown, method)
        if len(self._scripts) < MANY and len(response.body) <= MAX_REMEMBERED:
            self._scripts[key] = script
        return script


class _Script(msgspec.Struct, frozen=True):
    """An answer as it goes onto the wire: what is written how many seconds after the request, and how it ends."""

    parts: tuple[tuple[float, bytes], ...]
    end: End
    framing: Framing


def _scripted(response: Response, shown: Playback, method: str) -> _Script:
    framing = framing_of(response, method)
    pieces = [(piece.at_s, framed(piece.data, framing)) for piece in shown.pieces]
    parts = [(0.0, head_bytes(response, framing)), *pieces]
    last = shown.rubbish + (terminator(framing) if ends_cleanly(shown.end) else b"")
    is_rough = shown.rubbish or shown.end in _RESETS
    last_s = max(shown.end_s, parts[-1][0] + RESET_GRACE_S) if is_rough else shown.end_s
    return _Script((*parts, (last_s, last)), shown.end, framing)


_RESETS = frozenset(End) - {End.COMPLETE, End.TRUNCATED, End.SHORT, End.TIMEOUT}
"""Endings that a client sees as a broken connection."""


class _Played(web.StreamResponse):
    """An answer that writes itself: the recorded head and pieces, raw, then the recorded ending."""

    def __init__(self, script: _Script) -> None:
        super().__init__()
        self._script = script

    @property
    def keep_alive(self) -> bool:
        script = self._script
        return self._asked.keep_alive and ends_cleanly(script.end) and script.framing is not Framing.CLOSE

    async def prepare(self, request: web.BaseRequest) -> None:
        """aiohttp asks for the head here; it goes out with the body, in `write_eof`."""
        self._asked = request

    async def write_eof(self, data: bytes = b"") -> None:
        try:
            await self._play()
        except TimeoutError:
            await reset(self._asked)
            raise ConnectionAbortedError(
                "the client reads nothing"
            ) from None  # no error of ours, and not logged

    async def _play(self) -> None:
        began = asyncio.get_running_loop().time()
        for number, (at_s, part) in enumerate(self._script.parts, start=1):
            if at_s or number % AT_ONCE == 0:
                await _until(began + at_s)
            await write(self._asked, part)
        await self._end()

    async def _end(self) -> None:
        if self._script.end is End.TIMEOUT:
            await asyncio.sleep(SILENCE_S)
        elif self._script.end in _RESETS:
            reset_now(self._asked)
        if not self.keep_alive:
            close(self._asked)


async def _until(moment: float) -> None:
    """Wait for the moment; let others work in any case."""
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))


def _headers(request: web.Request) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), value) for name, value in request.headers.items())


def _missed(miss: CassetteMiss) -> web.Response:
    error = {"type": "harness_miss", "reason": miss.reason, "message": str(miss)}
    return web.Response(
        status=404, body=json.dumps({"error": error}).encode(), content_type="application/json"
    )


def _interactions(cassettes: Cassettes) -> Iterator[Interaction]:
    many = [cassettes] if isinstance(cassettes, str | Path | Cassette) else cassettes
    for one in many:
        loaded = [one] if isinstance(one, Cassette) else map(load_cassette, find_cassettes(one))
        for cassette in loaded:
            yield from cassette.interactions
