"""F01 to F05: what strikes a recorder from outside, or takes its memory away."""

import ast
import asyncio
import itertools
import signal
from pathlib import Path

import pytest

from harness import load_cassette, use_cassette
from harness.disk.tape import Take
from tests.faults import dying
from tests.faults.asking import ask
from tests.faults.processes import PATIENCE_S, python, recorder, until_pieces_arrive
from tests.faults.tapes import HALF, NEW, OLD, PIECES, bodies, litter, old_tape, record
from tests.net.wire import chunked, served


@pytest.fixture(scope="module", params=["F01-SIGKILL", "F03-SIGINT"])
def struck(request, tmp_path_factory) -> list[tuple[Path, int]]:
    """The tapes of recorders that were struck before each call of the disk, and the pieces each had taken in."""
    folder = tmp_path_factory.mktemp("struck")
    done = python("-m", "tests.faults.dying", str(folder), request.param.partition("-")[2])
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(folder / at / dying.TAPE, int(told)) for at, told in lines]


def test_struck_between_any_two_calls_the_old_tape_is_whole_and_what_was_taken_in_is_there(struck):
    for tape, told in struck:
        old, *new = bodies(tape)
        assert old == OLD
        assert b"".join(new).startswith(b"".join(PIECES[:told]))
        assert NEW.startswith(b"".join(new))
    assert len(struck) > 20
    assert bodies(struck[-1][0]) == [OLD, NEW]


def test_the_next_recorder_puts_what_a_struck_one_left_onto_the_tape(struck):
    for tape, _ in struck:
        there = bodies(tape)
        record(tape)
        assert bodies(tape) == [*there, NEW]
        assert [name for name in litter(tape) if name.endswith(".journal")] == []


async def test_f03_two_interrupts_end_the_recorder_at_once_and_what_came_is_kept(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    async with served(chunked(*PIECES[:2], whole=False), then="stall") as url:
        process = recorder(tape, url)
        await until_pieces_arrive(tape, 1)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        _, said = await asyncio.to_thread(process.communicate, timeout=PATIENCE_S)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert bodies(tape)[0] == OLD
    assert HALF.startswith(bodies(tape)[1])


async def test_f04_out_of_memory_the_stream_goes_on_and_the_tape_says_where_the_recording_stopped(
    tmp_path, monkeypatch
):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    taken = Take.piece

    def starving(take: Take, at_ms: float, data: bytes) -> None:
        if b"two" in data:
            raise MemoryError
        taken(take, at_ms, data)

    monkeypatch.setattr(Take, "piece", starving)
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(MemoryError), use_cassette(tape, mode="new_episodes"):
            assert (await ask(url)).in_all == (200, NEW, "")
    assert bodies(tape) == [OLD, HALF]
    assert load_cassette(tape).interactions[1].response.stream.end == "crash"


async def test_f05_a_recorder_that_is_stopped_for_a_while_records_the_stream_to_its_end(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    pieces = [b"data: %d\n\n" % n for n in range(30)] + [b"data: [DONE]\n\n"]
    async with served(chunked(*pieces), gap_s=0.02) as url:
        process = recorder(tape, url)
        await until_pieces_arrive(tape, 3)
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        said, trouble = await asyncio.to_thread(process.communicate, timeout=PATIENCE_S)
    assert (ast.literal_eval(said), trouble) == (b"".join(pieces), "")
    stream = load_cassette(tape).interactions[1].response.stream
    gaps = [b.at_ms - a.at_ms for a, b in itertools.pairwise(stream.frames)]
    assert stream.end == "complete"
    assert min(gaps) >= 0
    assert max(gaps) > 400
