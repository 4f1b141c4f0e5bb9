"""The demo's doing: record against the stand-in, play back with the network shut, compare, break one chunk.

Works with what users work with: the client, `use_cassette`, the replay server, `validate`. Knows nothing of screens.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import msgspec

from harness.cassette.digest import seal
from harness.cassette.model import Cassette, Frame, Interaction, Source
from harness.cassette.modes import RecordMode
from harness.clients.vitalentum import Vitalentum
from harness.disk.cassettes import load_cassette
from harness.net.offline import loopback_only, no_sockets
from harness.net.replay_server import ReplayServer
from harness.net.seam import use_cassette
from harness.net.standin import Standin
from harness.report.demo_page import Shown
from harness.report.stream import rows_of
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

SPEED = 4.0
"""How much faster than life the stand-in speaks here: the demo is to end within seconds."""


class Talk(msgspec.Struct, frozen=True):
    """One conversation of the demo: its name, the question, and the stand-in's scenario that answers."""

    name: str
    question: str
    scenario: str = "reply"


TALKS = (
    Talk("english", "Hello! What is a cassette?"),
    Talk("russian", "Привет! Как дела? 🙂"),
    Talk("scripts", "Say something in every script you know.", "unicode"),
)


class Live(msgspec.Struct, frozen=True):
    """A conversation as it was recorded: the text its caller got, and the tape."""

    talk: Talk
    text: str
    tape: Path

    @property
    def interaction(self) -> Interaction:
        """The one exchange on the tape."""
        return load_cassette(self.tape).interactions[0]


class Played(msgspec.Struct, frozen=True):
    """The same conversation played back: in process without any socket, and from the replay server."""

    pieces: tuple[tuple[float, bytes], ...]
    """(milliseconds, bytes) as an aiohttp client read them."""
    text: str
    served_text: str


async def record(folder: Path, mutations: Sequence[str] = ()) -> list[Live]:
    """All conversations at once: each task has its own cassette in use. *mutations*: how the stand-in has moved."""
    tapes = [folder / f"{talk.name}.yaml" for talk in TALKS]
    return list(await asyncio.gather(*(_record(*each, mutations) for each in zip(TALKS, tapes, strict=True))))


async def play(recorded: list[Live]) -> list[Played]:
    """Every recording: in process with no socket at all, then from a server with nothing but loopback."""
    with no_sockets():
        pieces = await asyncio.gather(*map(_read_pieces, recorded))
        texts = [await _ask_cassette(live) for live in recorded]
    with loopback_only():
        served = [await _ask_server(live) for live in recorded]
    return [Played(*each) for each in zip(pieces, texts, served, strict=True)]


def compare(live: Live, played: Played) -> Shown:
    """Recording and replay as rows, and whether their text, bytes and cuts are the same."""
    response, stream = live.interaction.response, live.interaction.response.stream
    assert stream is not None  # a recording of ours has its pieces
    replayed = msgspec.structs.replace(
        stream, frames=tuple(Frame(at, len(data)) for at, data in played.pieces)
    )
    again = msgspec.structs.replace(
        response, body=b"".join(data for _, data in played.pieces), stream=replayed
    )
    same = {
        "text": live.text == played.text == played.served_text,
        "bytes": again.body == response.body,
        "cuts": [frame.size for frame in replayed.frames] == [frame.size for frame in stream.frames],
    }
    profile = get_upstream("vitalentum")
    return Shown(live.talk.name, rows_of(response, profile), rows_of(again, profile), same)


def broken(interaction: Interaction) -> Cassette:
    """The recording with one field of one chunk in its middle renamed, as if the upstream had changed overnight."""
    body = interaction.response.body
    place = body.index(b'"delta"', len(body) // 2)
    changed = body[:place] + b'"dleta"' + body[place + len(b'"delta"') :]
    response = msgspec.structs.replace(interaction.response, body=changed)
    return seal(Cassette((Interaction(interaction.request, response),)))


async def _record(talk: Talk, tape: Path, mutations: Sequence[str]) -> Live:
    standin = Standin(scenario=talk.scenario, speed=SPEED, mutations=mutations)
    async with standin, use_cassette(tape, mode=RecordMode.ALL, source=Source.STAND_IN):
        return Live(talk, await _ask(standin.url, talk), tape)


async def _ask_cassette(live: Live) -> str:
    async with use_cassette(live.tape):
        return await _ask(_base_url(live), live.talk)


async def _ask_server(live: Live) -> str:
    async with ReplayServer(live.tape) as server:
        return await _ask(server.url, live.talk)


async def _ask(base_url: str, talk: Talk) -> str:
    class Client(Vitalentum):
        url = base_url

    pieces = Client.create_async_generator("", [{"role": "user", "content": talk.question}])
    return "".join([piece async for piece in pieces])


async def _read_pieces(live: Live) -> tuple[tuple[float, bytes], ...]:
    """The replay as a bare aiohttp client sees it, at the pace of the recording."""
    request = live.interaction.request
    clock = asyncio.get_running_loop().time
    async with use_cassette(live.tape, pace="recorded"), aiohttp.ClientSession() as session:
        began = clock()
        async with session.post(request.uri, data=request.body, headers=request.headers) as response:
            return tuple([((clock() - began) * 1000, data) async for data in response.content.iter_any()])


def _base_url(live: Live) -> str:
    return live.interaction.request.uri.removesuffix("/api/converse-edge")
