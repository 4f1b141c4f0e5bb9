"""Runs one program to its end, or stops it when its time is over, and what it started with it.

An edge: processes and pipes are here. The pipes are our own: a process that the program leaves behind may hold them
open for ever, and nobody waits for that. What is kept of the output is bounded, however much is printed.
"""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import asynccontextmanager, suppress
from typing import IO, TYPE_CHECKING

import msgspec

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

MAX_KEPT = 1024 * 1024
"""Bytes of stdout that are kept, the first ones; the replies of trials are a few hundred bytes long."""

MAX_WORDS = 4096
"""Bytes of stderr that are kept, the last ones."""

GRACE_S = 0.5
"""How long the end of the output may take after the program's end; it is in the pipe by then."""


class Ran(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a program: what it printed, its last words on stderr, its exit status if it ended by itself."""

    printed: bytes
    words: str
    status: int | None


async def run_program(words: Sequence[str], *, patience: float) -> Ran:
    """Run a program for at most *patience* seconds. Raises UsageError for one that cannot be run.

    However this ends, also by being cancelled, the program has ended, and all of its process group.
    """
    printed, told = _Gathered(), _Gathered()
    async with _pipe(printed) as stdout, _pipe(told) as stderr:
        process = await _started(words, stdout, stderr)
        try:
            status = await asyncio.wait_for(process.wait(), patience)
        except TimeoutError:
            status = None
        finally:
            await _stopped(process)
        await _ended(printed, told)
    lines = told.last.decode("utf-8", "replace").strip().splitlines()
    return Ran(printed=bytes(printed.first), words=lines[-1] if lines else "", status=status)


class _Gathered(asyncio.Protocol):
    """What comes out of a pipe: its first bytes, its last ones, and that it is over."""

    def __init__(self) -> None:
        self.first = bytearray()
        self.last = b""
        self.over = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.first += data[: MAX_KEPT - len(self.first)]
        self.last = (self.last + data)[-MAX_WORDS:]

    def connection_lost(self, error: Exception | None) -> None:
        self.over.set()


@asynccontextmanager
async def _pipe(gathered: _Gathered) -> AsyncIterator[IO[bytes]]:
    """A pipe that is gathered from: its end for the program, to be closed here once the program has it."""
    reading, writing = os.pipe()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(lambda: gathered, os.fdopen(reading, "rb", 0))
    with os.fdopen(writing, "wb", 0) as end:
        try:
            yield end
        finally:
            transport.close()


async def _started(words: Sequence[str], stdout: IO[bytes], stderr: IO[bytes]) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True
        )
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"The command cannot be run: {why}.", found=words[0], expected="a program") from None
    finally:
        stdout.close()
        stderr.close()


async def _stopped(process: asyncio.subprocess.Process) -> None:
    """End the program, and what it started, if it has not ended by itself."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


async def _ended(*outputs: _Gathered) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_S):
            for output in outputs:
                await output.over.wait()
