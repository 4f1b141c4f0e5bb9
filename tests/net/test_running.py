"""Programs that do not do what one hopes: each is run to its end or stopped, and nothing of it stays."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.net.running import MAX_KEPT, MAX_WORDS, run_program

SLEEP = "import time; time.sleep(60)"
CHILD = f"import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); "


async def ran(code, *, patience=20.0):
    return await run_program((sys.executable, "-c", code), patience=patience)


def is_there(number):
    """Whether a process lives; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return False


async def gone(number):
    for _ in range(100):
        if not is_there(number):
            return True
        await asyncio.sleep(0.05)
    return False


def _written(note):
    while not (note.exists() and note.read_text().endswith("\n")):
        time.sleep(0.05)


async def test_what_it_prints_says_and_ends_with_is_told():
    found = await ran("import sys; print('text'); print('one\\ntwo', file=sys.stderr); sys.exit(3)")
    assert (found.printed, found.words, found.status) == (b"text\n", "two", 3)


async def test_nothing_is_there_to_be_read_on_stdin():
    assert (await ran("print(repr(input()))")).words.startswith("EOFError")


async def test_a_program_that_does_not_end_is_stopped_and_what_it_printed_is_kept():
    found = await ran(f"print('begun', flush=True); {SLEEP}", patience=1.0)
    assert (found.printed, found.status) == (b"begun\n", None)


async def test_a_program_that_ignores_every_signal_it_can_is_stopped():
    ignoring = "import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 15, 1)]; "
    assert (await ran(ignoring + SLEEP, patience=1.0)).status is None


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc whether a process lives")
@pytest.mark.parametrize("ends", [True, False], ids=["ends itself", "waits for it"])
async def test_what_it_started_ends_with_it(ends):
    found = await ran(f"{CHILD}print(child.pid, flush=True); {'child.wait()' * (not ends)}", patience=2.0)
    assert (found.status is None) is not ends
    assert await gone(int(found.printed))


async def test_a_program_that_leaves_a_child_with_its_pipes_is_not_waited_for():
    began = time.monotonic()
    found = await ran(f"{CHILD}print('done')")
    assert (found.printed, found.status) == (b"done\n", 0)
    assert time.monotonic() - began < 15


@pytest.mark.skipif(sys.platform != "linux", reason="ends the process by what it printed")
async def test_a_child_in_a_session_of_its_own_cannot_hold_anybody_up():
    code = CHILD.replace("Popen([", "Popen(start_new_session=True, args=[") + "print(child.pid)"
    found = await ran(code)
    os.kill(int(found.printed), 9)  # it lives on: that is said in the docs
    assert found.status == 0


async def test_megabytes_are_read_and_not_kept():
    found = await ran("import sys; print('x' * 20_000_000); print('y' * 9_000_000, file=sys.stderr)")
    assert (len(found.printed), found.status) == (MAX_KEPT, 0)
    assert found.words == "y" * (MAX_WORDS - 1)


async def test_a_program_that_prints_for_ever_is_stopped():
    found = await ran("while True: print('x' * 1000)", patience=1.0)
    assert (len(found.printed), found.status) == (MAX_KEPT, None)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc whether a process lives")
async def test_when_the_caller_is_cancelled_nothing_stays(tmp_path):
    note = tmp_path / "pid"
    code = f"import os; open({str(note)!r}, 'w').write(str(os.getpid()) + '\\n'); {SLEEP}"
    running = asyncio.ensure_future(ran(code))
    await asyncio.to_thread(_written, note)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await gone(int(note.read_text()))


async def test_no_pipe_is_left_open():
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(5):
        await ran("print('x')")
    with pytest.raises(UsageError):
        await run_program(("no-such-program-anywhere",), patience=1.0)
    await asyncio.sleep(0)
    assert len(list(Path("/dev/fd").iterdir())) == before


@pytest.mark.parametrize("word", ["no-such-program-anywhere", "/", "", "nul\0"], ids=repr)
async def test_what_is_no_program_is_refused(word):
    with pytest.raises(UsageError, match="cannot be run"):
        await run_program((word,), patience=1.0)
