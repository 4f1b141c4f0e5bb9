"""A recorded body is handed out in its pieces, at its moments, with its ending: the same to both colours."""

import asyncio
import time

import anyio
import pytest

from harness.cassette.framing import Piece, Playback
from harness.cassette.model import End
from harness.net.streamplay import StreamPlay

PIECES = (Piece(0.0, b"one"), Piece(0.0, b"two"), Piece(0.0, b"three"))


def play(*pieces: Piece, end_s: float = 0.0, error=None, patience_s=None) -> StreamPlay:
    shown = Playback(pieces, End.COMPLETE, end_s)
    return StreamPlay(shown, error=error, impatient=TimeoutError(), patience_s=patience_s)


async def handed_out(playing: StreamPlay, *, is_async: bool) -> list[bytes]:
    if is_async:
        return [piece async for piece in playing.pieces_async()]
    return await asyncio.to_thread(lambda: list(playing.pieces()))


colours = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


@colours
async def test_pieces_stay_apart(is_async):
    assert await handed_out(play(*PIECES), is_async=is_async) == [b"one", b"two", b"three"]


@colours
async def test_the_error_comes_after_the_last_piece(is_async):
    got = []
    playing = play(*PIECES, error=ConnectionResetError())
    with pytest.raises(ConnectionResetError):
        if is_async:
            async for piece in playing.pieces_async():
                got.append(piece)
        for piece in playing.pieces():
            got.append(piece)
    assert got == [b"one", b"two", b"three"]


@colours
async def test_pieces_and_the_end_come_at_their_moments(is_async):
    began = time.monotonic()
    await handed_out(play(Piece(0.02, b"one"), end_s=0.08), is_async=is_async)
    assert 0.08 <= time.monotonic() - began < 5  # late on a busy machine, never early


@colours
async def test_a_pause_longer_than_the_clients_patience_ends_in_its_error(is_async):
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        await handed_out(play(Piece(60.0, b"one"), patience_s=0.05), is_async=is_async)
    assert 0.05 <= time.monotonic() - began < 20  # and not the minute of the piece


async def test_others_get_their_turn_between_two_pieces():
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await handed_out(play(*PIECES), is_async=True)
    counting.cancel()
    assert turns >= len(PIECES)


def test_it_plays_under_trio_as_well():
    async def run() -> list[bytes]:
        return [piece async for piece in play(*PIECES).pieces_async()]

    assert anyio.run(run, backend="trio") == [b"one", b"two", b"three"]
