"""A request's body is passed on as it comes, kept for the tape, and refused past its limits."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.http_exceptions import TransferEncodingError

from harness.net.upload import Upload


class Content:
    """A body as aiohttp's server has it: pieces, then nothing; a number is a pause, an error is raised."""

    def __init__(self, *steps: bytes | float | Exception) -> None:
        self._steps = [*steps, b""]

    async def readany(self) -> bytes:
        step = self._steps.pop(0)
        if isinstance(step, Exception):
            raise step
        if isinstance(step, float):
            await asyncio.sleep(step)
            return await self.readany()
        return step


async def test_pieces_go_on_as_they_come_and_are_kept():
    upload = Upload(Content(b"one", b"two"))
    passed = []
    async for piece in upload.pieces():
        passed.append((piece, upload.kept))
    assert passed == [(b"one", b"one"), (b"two", b"onetwo")]
    assert upload.refusal is None


async def test_a_body_that_is_too_large_is_refused_and_nothing_past_the_limit_goes_on(monkeypatch):
    monkeypatch.setattr("harness.net.upload.MAX_BODY", 5)
    upload = Upload(Content(b"five!", b"more"))
    passed = []
    with pytest.raises(ValueError, match="too large"):
        async for piece in upload.pieces():
            passed.append(piece)
    assert (passed, upload.refusal.status) == ([b"five!"], 413)


async def test_a_dripped_body_is_refused_however_steady_it_drips(monkeypatch):
    monkeypatch.setattr("harness.net.upload.BODY_S", 0.05)
    upload = Upload(Content(b"a", 0.02, b"b", 0.02, b"c", 0.02, b"d"))
    with pytest.raises(TimeoutError):
        async for _ in upload.pieces():
            pass
    assert upload.kept in {b"a", b"ab", b"abc"}  # as far as a busy machine comes
    assert upload.refusal.status == 408


async def test_the_time_that_the_upstream_takes_is_not_the_senders(monkeypatch):
    monkeypatch.setattr("harness.net.upload.BODY_S", 0.05)
    upload = Upload(Content(b"a", b"b"))
    async for _ in upload.pieces():
        await asyncio.sleep(0.06)
    assert (upload.kept, upload.refusal) == (b"ab", None)


class Come(Content):
    """A body that has come whole."""

    def __init__(self, data: bytes, *, is_eof: bool = True) -> None:
        super().__init__(data)
        self._data, self._is_eof = data, is_eof
        self.total_bytes = len(data)

    def is_eof(self) -> bool:
        return self._is_eof

    def read_nowait(self) -> bytes:
        return self._data


async def test_a_body_that_has_come_goes_as_it_is_and_any_other_in_pieces(monkeypatch):
    upload = Upload(Come(b"all of it"))
    assert (upload.body(), upload.kept) == (b"all of it", b"all of it")
    assert [piece async for piece in Upload(Come(b"begun", is_eof=False)).body()] == [b"begun"]
    monkeypatch.setattr("harness.net.upload.MAX_BODY", 5)
    with pytest.raises(ValueError, match="too large"):
        await anext(Upload(Come(b"too much")).body())


@pytest.mark.parametrize("error", [web.RequestPayloadError("?"), TransferEncodingError("?")])
async def test_a_body_that_breaks_its_framing_is_the_senders_fault(error):
    upload = Upload(Content(b"one", error))
    with pytest.raises(type(error)):
        async for _ in upload.pieces():
            pass
    assert (upload.kept, upload.refusal.status) == (b"one", 400)
