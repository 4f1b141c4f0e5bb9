"""A recorder killed in the middle leaves what it had, says so, and the tape that was there before is whole."""

import ast
import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from harness import Cassette, Interaction, Request, Response, load_cassette, save_cassette, use_cassette
from harness.disk.cassettes import find_cassettes
from tests.net.wire import PIECES, chunked, served

RECORDER = """
import asyncio, sys
from harness import Vitalentum, use_cassette
from harness.net.standin import Standin

async def main(tape, mode):
    async with Standin(speed=2.0) as standin:
        Vitalentum.url = standin.url
        with use_cassette(tape, mode=mode):
            async for _ in Vitalentum.create_async_generator("m", [{"role": "user", "content": "first"}]):
                pass
            print("FIRST DONE", flush=True)
            async for text in Vitalentum.create_async_generator("m", [{"role": "user", "content": "second"}]):
                print(repr(text), flush=True)

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


def killed(tape: Path, mode: str, *, after: int, how: signal.Signals) -> list[str]:
    """Record, and kill the recorder when the second reply has come so far. Returns the texts it had handed out."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(tape), mode], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        if line.startswith("'"):
            said.append(line.strip())
        if len(said) == after:
            process.send_signal(how)
            break
    said += [line.strip() for line in process.stdout if line.startswith("'")]
    process.stdout.close()
    process.wait()
    return [ast.literal_eval(text) for text in said]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_finished_exchanges_and_the_pieces_of_the_open_one_are_kept(tmp_path, how):
    tape = tmp_path / "t.yaml"
    said = killed(tape, "all", after=8, how=how)
    first, second = load_cassette(tape).interactions
    assert first.response.stream.end == "complete"
    assert second.response.stream.end == "crash"
    body = second.response.body.decode()
    assert all(text.replace('"', '\\"') in body for text in said)
    assert sum(frame.size for frame in second.response.stream.frames) == len(second.response.body)


def test_the_tape_that_was_there_is_whole_and_gains_what_was_rescued(tmp_path):
    tape = tmp_path / "t.yaml"
    save_cassette(
        Cassette((Interaction(Request("GET", "http://x/"), Response(200, "OK", (), b"old")),)), tape
    )
    before = tape.read_bytes()
    killed(tape, "new_episodes", after=3, how=signal.SIGKILL)
    assert tape.read_bytes() == before
    assert [item.response.body[:3] for item in load_cassette(tape).interactions] == [b"old", b"dat", b"dat"]


def test_the_next_recorder_writes_the_rescued_onto_the_tape_and_clears_the_journal_away(tmp_path):
    tape = tmp_path / "t.yaml"
    killed(tape, "all", after=3, how=signal.SIGKILL)
    kept = load_cassette(tape)
    with pytest.raises(ZeroDivisionError), use_cassette(tape, mode="new_episodes"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == [tape]
    assert [item.response.body for item in load_cassette(tape).interactions] == [
        item.response.body for item in kept.interactions
    ]


def test_a_folder_lists_what_is_there_as_a_journal_only(tmp_path):
    killed(tmp_path / "t.yaml", "all", after=1, how=signal.SIGKILL)
    assert not (tmp_path / "t.yaml").exists()
    assert find_cassettes(tmp_path) == [tmp_path / "t.yaml"]
    assert len(load_cassette(tmp_path / "t.yaml").interactions) == 2


WAITER = """
import asyncio, sys, aiohttp
from harness import use_cassette

async def main(tape, url):
    with use_cassette(tape, mode="all"):
        async with aiohttp.request("GET", url) as response:
            await response.read()

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


def has_written(folder: Path, words: bytes) -> bool:
    return any(words in journal.read_bytes() for journal in folder.glob("*.journal"))


async def test_killed_in_the_silence_after_a_broken_chunk_a_recorder_has_written_down_that_it_broke(tmp_path):
    tape, environment = tmp_path / "t.yaml", {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    async with served([*chunked(*PIECES[:-1], whole=False), b"ZZ\r\n"], then="fin") as url:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WAITER, str(tape), url, env=environment
        )
        async with asyncio.timeout(20):
            while not has_written(tmp_path, b'"short"'):  # noqa: ASYNC110  # another process tells of nothing
                await asyncio.sleep(0.01)
        process.kill()
        await process.wait()
    (item,) = load_cassette(tape).interactions
    stream = item.response.stream
    assert item.response.body == b"".join(PIECES[:-1])
    assert (stream.end, stream.broken_chunk_ms) == ("short", stream.end_ms)
