"""Tries a client: for each trial a server of its own, the client as a process beside it, and what came of it.

An edge: sockets and the clock are here; the process is that of `harness.net.running`. What is to be expected, and
whether it came, is said elsewhere (`harness.fuzz.trials`, `harness.fuzz.judge`).
"""

from __future__ import annotations

import asyncio
import math
import shlex
import sys
import time
from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.fuzz.judge import Outcome
from harness.net.running import run_program
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

    After *until* (`time.monotonic`) no trial is begun, and one that would go on is stopped and not told. Raises
    UsageError for a command that does not exist.
    """
    for start in range(0, len(trials), AT_ONCE):
        left = math.inf if until is None else until - time.monotonic()
        if left <= 0:
            return
        some = trials[start : start + AT_ONCE]
        outcomes = await asyncio.gather(
            *(try_once(words, each, patience=min(patience, left)) for each in some)
        )
        for trial, outcome in zip(some, outcomes, strict=True):
            if not outcome.hung or left >= patience:
                yield trial, outcome


async def try_once(words: Sequence[str], trial: Trial, *, patience: float) -> Outcome:
    """What the client does in one trial."""
    async with TrialServer(trial) as server:
        ran = await run_program([word.replace("{url}", server.url) for word in words], patience=patience)
        return Outcome(
            text=_text(ran.printed),
            failure=None if ran.status in (0, None) else ran.words[:_SHOWN] or f"exit status {ran.status}",
            hung=ran.status is None,
            asked=tuple(server.asked),
        )


def _text(data: bytes) -> str:
    """What was printed, without the line end that printing adds."""
    return data.decode("utf-8", "replace").removesuffix("\n")
