"""Tries a client: for each trial a server of its own, the client as a process beside it, and what came of it.

An edge: processes, sockets and the clock are here. What is to be expected, and whether it came, is said elsewhere
(`harness.fuzz.trials`, `harness.fuzz.judge`).
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.fuzz.judge import Outcome
from harness.net.trial_server import TrialServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from harness.fuzz.trial import Trial

AT_ONCE = 2
"""Trials that run beside each other."""

_SHOWN = 200
"""Characters of a failure that are shown."""


def command_words(command: str) -> tuple[str, ...]:
    """The words of a command with `{url}` in it. Raises UsageError for one without."""
    if "{url}" not in command:
        raise UsageError(
            "The command does not say where the base URL goes.",
            found=command,
            expected="{url} in it, such as --command 'python ask.py {url}'",
        )
    try:
        return tuple(shlex.split(command))
    except ValueError as error:
        raise UsageError(f"The command cannot be read: {error}.", found=command) from None


def callable_words(name: str) -> tuple[str, ...]:
    """The words that run `module:callable` as a command."""
    return (sys.executable, "-m", "harness.net.trial_caller", name, "{url}")


async def try_client(
    words: Sequence[str], trials: Sequence[Trial], *, patience: float, until: float | None = None
) -> AsyncIterator[tuple[Trial, Outcome]]:
    """Each trial and what the client did, in order; *patience* is the seconds that it may take for one.

    After *until* (`time.monotonic`) no trial is begun. Raises UsageError for a command that does not exist.
    """
    for start in range(0, len(trials), AT_ONCE):
        if until is not None and time.monotonic() >= until:
            return
        some = trials[start : start + AT_ONCE]
        outcomes = await asyncio.gather(*(try_once(words, trial, patience=patience) for trial in some))
        for pair in zip(some, outcomes, strict=True):
            yield pair


async def try_once(words: Sequence[str], trial: Trial, *, patience: float) -> Outcome:
    """What the client does in one trial."""
    async with TrialServer(trial) as server:
        process = await _started([word.replace("{url}", server.url) for word in words])
        text = bytearray()
        reading = asyncio.ensure_future(_read(process, text))
        try:
            words_ = await asyncio.wait_for(reading, patience)
            hung = False
        except TimeoutError:
            words_, hung = "", True
        finally:
            await _stopped(process)
        status = process.returncode
        return Outcome(
            text=_text(bytes(text)),
            failure=None if hung or status == 0 else words_ or f"exit status {status}",
            hung=hung,
            asked=tuple(server.asked),
        )


async def _started(words: Sequence[str]) -> asyncio.subprocess.Process:
    try:
        return await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise UsageError(
            f"The command cannot be run: {error.strerror}.", found=words[0], expected="a program"
        ) from None


async def _read(process: asyncio.subprocess.Process, text: bytearray) -> str:
    """Gather stdout as it comes; the last line of stderr at the end."""
    assert process.stdout is not None  # both were asked for
    assert process.stderr is not None
    errors = asyncio.ensure_future(process.stderr.read())
    try:
        while piece := await process.stdout.read(65536):
            text += piece
        await process.wait()
        lines = (await errors).decode("utf-8", "replace").strip().splitlines()
    finally:
        errors.cancel()
    return lines[-1][:_SHOWN] if lines else ""


async def _stopped(process: asyncio.subprocess.Process) -> None:
    """End the client, and what it started, if it has not ended by itself."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _text(data: bytes) -> str:
    """What was printed, without the line end that printing adds."""
    return data.decode("utf-8", "replace").removesuffix("\n")
