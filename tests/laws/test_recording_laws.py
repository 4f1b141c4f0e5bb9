"""Laws of recordings: what is taken down has no secret in it and adds up, and what is played is what was taken down.

The streams are any valid ones, in any pieces. Each law is one sentence; `docs/reference/laws.md` lists them.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness import use_cassette
from harness.cassette.digest import seal
from harness.cassette.format import dumps, loads
from harness.cassette.framing import frames_add_up, playback
from harness.cassette.model import Cassette, End, Interaction, Request
from harness.cassette.recovery import Began
from harness.cassette.redact import Redactor
from harness.cassette.scan import scan
from harness.disk.tape import Take
from harness.fuzz.strategies import chat_streams, cuts
from harness.sse import SSEParser

if TYPE_CHECKING:
    from collections.abc import Sequence

ASKED = Request("POST", "http://127.0.0.1:1/api/converse-edge", (), b'{"n": 1}')
CLEAN = (End.COMPLETE, End.TRUNCATED)
SHAPES = json.loads((Path(__file__).parents[1] / "vectors" / "redact" / "shapes.json").read_text())["shapes"]
HEADERS = (("Content-Type", "text/event-stream;charset=utf-8"), ("Transfer-Encoding", "chunked"))

few = settings(max_examples=settings().max_examples // 2)
"""A whole recording is costly to draw."""

arrivals = chat_streams(longest=6).flatmap(cuts)


def recorded(pieces: Sequence[bytes], end: End) -> Interaction:
    """What is on the tape when these pieces have come, one a millisecond, and the tape was written and read."""
    take = Take(Began(1, ASKED, "2026-11-22T12:00:00Z"), [], Redactor())  # type: ignore[arg-type]  # a journal appends
    take.head(200, "OK", HEADERS, http_version="1.1")
    for number, piece in enumerate(pieces, start=1):
        take.piece(float(number), piece)
    take.end(end, len(pieces) + 1.0)
    interaction = take.interaction()
    assert interaction is not None  # a head came
    (kept,) = loads(dumps(seal(Cassette((interaction,))))).interactions
    return kept


@st.composite
def leaks(draw: st.DrawFn) -> tuple[bytes, str]:
    """A stream whose text holds a token, in as many deltas as you like; and the part that nobody may see."""
    shape = draw(st.sampled_from([each for each in SHAPES if "\n" not in each["secret"]]))
    text = f"the key is {shape['head']}{shape['secret']} and so on"
    places = sorted(draw(st.sets(st.integers(1, len(text) - 1), max_size=12)))
    words = [text[begin:end] for begin, end in zip([0, *places], [*places, len(text)], strict=True)]
    chunks = [json.dumps({"choices": [{"index": 0, "delta": {"content": word}}]}) for word in words]
    return b"".join(f"data: {chunk}\n\n".encode() for chunk in [*chunks, "[DONE]"]), shape["secret"]


def text_of(body: bytes) -> str:
    """All that the deltas say."""
    chunks = [json.loads(event.data) for event in SSEParser().feed(body) if event.data != "[DONE]"]
    return "".join(chunk["choices"][0]["delta"]["content"] for chunk in chunks)


@few
@given(leaks(), st.data())
def test_no_secret_is_left(leak: tuple[bytes, str], data: st.DataObject) -> None:
    """A token in the text of a reply is on no tape, over however many deltas and pieces it came."""
    stream, secret = leak
    kept = recorded(data.draw(cuts(stream)), End.COMPLETE)
    tape = dumps(Cassette((kept,)))
    tells = (secret[:10], secret[-10:])
    assert not [tell for tell in tells if tell in text_of(kept.response.body) or tell.encode() in tape]
    assert scan(kept.response.body) == []


@few
@given(leaks(), st.data())
def test_what_is_redacted_stays_what_it_was(leak: tuple[bytes, str], data: st.DataObject) -> None:
    """Where a secret was removed, JSON is still JSON, and every other letter is where it was."""
    stream, secret = leak
    kept = recorded(data.draw(cuts(stream)), End.COMPLETE)
    before, after = text_of(stream), text_of(kept.response.body)
    at = before.index(secret)
    assert len(after) == len(before)
    assert (after[:at], after[at + len(secret) :]) == (before[:at], before[at + len(secret) :])


@few
@given(leaks() | arrivals.map(lambda pieces: (b"".join(pieces), "")), st.data(), st.sampled_from([*End]))
def test_frames_add_up(leak: tuple[bytes, str], data: st.DataObject, end: End) -> None:
    """The frames of a recording add up to its body's length, and each is as long as the piece that came."""
    pieces = data.draw(cuts(leak[0]))
    kept = recorded(pieces, end)
    assert kept.response.stream is not None
    assert [frame.size for frame in kept.response.stream.frames] == [len(piece) for piece in pieces if piece]
    assert frames_add_up(kept.response)
    assert len(kept.response.body) == len(leak[0])


@few
@given(arrivals, st.sampled_from([*End]))
def test_a_replay_is_its_recording(pieces: list[bytes], end: End) -> None:
    """A replay gives the bytes of the recording, in its pieces, at its times, and ends as it ended."""
    shown = playback(recorded(pieces, end).response, pace="recorded", cut="recorded")
    came = [(number / 1000, piece) for number, piece in enumerate(pieces, start=1) if piece]
    assert [(piece.at_s, piece.data) for piece in shown.pieces] == came
    assert (shown.end, shown.end_s) == (end, (len(pieces) + 1) / 1000)


@few
@pytest.mark.parametrize("client", ["aiohttp", "httpx"])
@given(pieces=arrivals, end=st.sampled_from([*End]))
def test_a_client_reads_the_recording(client: str, pieces: list[bytes], end: End) -> None:
    """A client of aiohttp or httpx reads the pieces that were recorded, and an error exactly where one was."""
    with use_cassette(Cassette((recorded(pieces, end),))):
        read, failed = READERS[client]()
    assert read == [piece for piece in pieces if piece]
    assert failed == (end not in CLEAN)


def _read_with_aiohttp() -> tuple[list[bytes], bool]:
    return asyncio.run(_read())


async def _read() -> tuple[list[bytes], bool]:
    read: list[bytes] = []
    async with aiohttp.ClientSession() as session:
        try:
            async with session.post(ASKED.uri, data=ASKED.body) as response:
                async for piece in response.content.iter_any():
                    read.append(piece)
        except (aiohttp.ClientError, TimeoutError):
            return read, True
    return read, False


def _read_with_httpx() -> tuple[list[bytes], bool]:
    read: list[bytes] = []
    with httpx.Client(trust_env=False, verify=False) as client:
        try:
            with client.stream("POST", ASKED.uri, content=ASKED.body) as response:
                for piece in response.iter_raw():
                    read.append(piece)  # what came before an error is kept
        except httpx.HTTPError:
            return read, True
    return read, False


READERS = {"aiohttp": _read_with_aiohttp, "httpx": _read_with_httpx}
