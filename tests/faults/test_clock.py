"""F27 to F30: what clocks do. Times within a recording come from the one clock that never goes back; the wall clock
only dates it.
"""

import time
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from harness import load_cassette, save_cassette, use_cassette
from tests.faults.asking import PATH, ask
from tests.faults.tapes import NEW, PIECES, record
from tests.net.wire import chunked, served

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

WALL_CLOCKS = {
    "F27-back-an-hour": (timedelta(0), timedelta(hours=-1)),
    "F28-forward-a-day": (timedelta(0), timedelta(days=1)),
    "F29-the-same-second-twice": (timedelta(0), timedelta(0)),
}
"""What the wall clock says at the first exchange and at the second, from noon."""


class WallClock:
    """In the place of `datetime`: says one moment after the other."""

    def __init__(self, *moments: datetime) -> None:
        self._moments = iter(moments)

    def now(self, zone: object) -> datetime:
        assert zone is UTC
        return next(self._moments)


@pytest.mark.parametrize("steps", WALL_CLOCKS.values(), ids=WALL_CLOCKS)
async def test_whatever_the_wall_clock_does_times_and_order_are_those_of_the_exchanges(
    tmp_path, monkeypatch, steps
):
    tape = tmp_path / "t.yaml"
    monkeypatch.setattr("harness.net.connecting.datetime", WallClock(*(NOON + step for step in steps)))
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tape, mode="all"):
            for n in (1, 2):
                assert (await ask(url, n=n)).in_all == (200, NEW, "")
    streams = [item.response.stream for item in load_cassette(tape).interactions]
    dated = [datetime.fromisoformat(stream.recorded_at) for stream in streams]
    assert dated == [NOON + step for step in steps]
    for stream in streams:
        moments = [0.0, *(frame.at_ms for frame in stream.frames), stream.end_ms]
        assert moments == sorted(moments)
        assert moments[-1] < 5000
    assert [item.request.body for item in load_cassette(tape).interactions] == [b'{"n": 1}', b'{"n": 2}']
    with use_cassette(tape, pace="recorded"):
        assert (await ask(url, n=2)).in_all == (200, NEW, "")


def test_f29_a_tape_dated_in_a_leap_second_is_read_and_written_as_it_is(tmp_path):
    tape = tmp_path / "t.yaml"
    record(tape)
    text = tape.read_text()
    assert "2026-11-22T12:00:00Z" in text
    tape.write_text(text.replace("2026-11-22T12:00:00Z", "2016-12-31T23:59:60Z"))
    save_cassette(load_cassette(tape), tape)
    assert load_cassette(tape).interactions[0].response.stream.recorded_at == "2016-12-31T23:59:60Z"


async def test_f30_a_stream_that_a_night_fell_into_keeps_the_gap_and_plays_at_once(tmp_path, monkeypatch):
    """A machine is put to sleep between two pieces, and its clock counts the night."""
    tape, real, night_s = tmp_path / "t.yaml", time.perf_counter, [0.0]
    monkeypatch.setattr(time, "perf_counter", lambda: real() + night_s[-1])
    async with served(chunked(*PIECES)) as url, aiohttp.ClientSession() as session:
        with use_cassette(tape, mode="all"):
            async with session.post(url + PATH, json={"n": 1}) as response:
                await response.content.readany()
                night_s.append(8 * 3600.0)
                await response.read()
    stream = load_cassette(tape).interactions[0].response.stream
    moments = [*(frame.at_ms for frame in stream.frames), stream.end_ms]
    assert moments == sorted(moments)
    assert [moment > 8 * 3_600_000 for moment in moments] == [False, True, True, True, True]
    with use_cassette(tape):
        assert (await ask(url)).in_all == (200, NEW, "")
