"""`harness fuzz client`: try a client with good, odd and broken replies, and tell what it made of each."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shlex
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from harness.cli.reporting import emit_report
from harness.cli.screen import say
from harness.errors import SecretError, UsageError
from harness.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.cli.options import Output
    from harness.fuzz.judge import Outcome
    from harness.fuzz.trial import Trial

PATIENCE = 10.0
"""Seconds that a client may take for one case where nothing else is said."""

REPLIES = 4
"""Replies written by chance where nothing else is said."""

_LONGEST = 60
"""Characters of a folder's name; a longer title is told from others by its digest."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """The client under test, a command or a `module:callable`, and how to try it."""

    name: str | None
    command: str | None
    upstream: str
    case: str | None = None
    patience: float = PATIENCE
    examples: int = REPLIES
    seed: int = 0

    @property
    def title(self) -> str:
        """The callable, or the command."""
        return self.command or self.name or ""

    @property
    def folder(self) -> str:
        """Its title as the name of a folder."""
        plain = re.sub(r"[^A-Za-z0-9.]+", "-", self.title.replace(":", ".")).strip("-.") or "client"
        if len(plain) <= _LONGEST:
            return plain
        return f"{plain[:_LONGEST]}-{hashlib.sha256(self.title.encode()).hexdigest()[:8]}"

    def words(self) -> tuple[str, ...]:
        """How it is run. Raises UsageError where that cannot be known."""
        from harness.disk.callables import load_callable
        from harness.net.trying import callable_words, command_words

        if self.command is not None and self.name is not None:
            raise UsageError("There are two clients.", found=f"{self.name} and a command", expected="one")
        if self.command is not None:
            return command_words(self.command)
        if self.name is None or ":" not in self.name:
            raise UsageError(
                "There is no client.",
                expected="harness fuzz client --command '... {url}', or module:callable with --as client",
            )
        load_callable(self.name)  # what is wrong with the name is said once, and not by every case
        return callable_words(self.name)

    def again(self, case: str) -> str:
        """The line that tries one case again."""
        how = f"client --command {shlex.quote(self.command)}" if self.command else f"{self.name} --as client"
        other = "" if self.upstream == "vitalentum" else f" --upstream {self.upstream}"
        numbers = {"patience": PATIENCE, "examples": REPLIES, "seed": 0}
        changed = {
            name: getattr(self, name) for name, usual in numbers.items() if getattr(self, name) != usual
        }
        more = "".join(f" --{name} {value:g}" for name, value in changed.items())
        return f"harness fuzz {how} --case {case}{other}{more}"


class Verdict(msgspec.Struct, frozen=True):
    """What came of one trial: whether the server was asked at all, and the finding if there is one."""

    asked: bool
    finding: Finding | None


def tried(client: Client, *, seconds: float | None, out: Path, output: Output) -> int:
    """Try the client, tell each verdict as it comes, keep what shows a fault, and report."""
    from harness.fuzz.telling import report_of

    trials = _trials(client)
    until = None if seconds is None else time.monotonic() + seconds
    try:
        verdicts = asyncio.run(_verdicts(client, trials, until, out))
    except asyncio.CancelledError:  # by a signal
        raise KeyboardInterrupt from None
    if left := len(trials) - len(verdicts):
        say(f"the time is over; {left} of {len(trials)} cases were not tried")
    if silent := sum(not verdict.asked for verdict in verdicts):
        say(f"in {silent} of {len(verdicts)} cases the client asked nothing: does it use the base URL,")
        say("  and has it the time to start (--patience)?")
    findings = [verdict.finding for verdict in verdicts if verdict.finding is not None]
    summary = {"cases": len(verdicts), "ok_cases": len(verdicts) - len(findings)}
    return emit_report(report_of(findings, summary, tried=not left), command="fuzz", output=output)


def _trials(client: Client) -> Sequence[Trial]:
    from harness.disk.upstreams import get_upstream
    from harness.fuzz.trials import trials_for

    trials = trials_for(get_upstream(client.upstream), examples=client.examples, seed=client.seed)
    names = [trial.name for trial in trials]
    if client.case is not None and client.case not in names:
        raise UsageError(f"There is no case {client.case!r}.", expected=f"one of {', '.join(names)}")
    return [trial for trial in trials if client.case in (None, trial.name)]


async def _verdicts(client: Client, trials: Sequence[Trial], until: float | None, out: Path) -> list[Verdict]:
    """The verdict of each trial; a line about it, and its cassette if it shows a fault, as it comes."""
    from harness.fuzz.judge import judge
    from harness.net.trying import try_client

    _end_on_signals()
    verdicts = []
    width = max(len(trial.name) for trial in trials)
    async for trial, outcome in try_client(client.words(), trials, patience=client.patience, until=until):
        rule = judge(trial, outcome)
        say(f"{trial.name:<{width}}  {rule or 'ok'}")
        finding = None if rule is None else _kept(client, trial, outcome, rule, out)
        verdicts.append(Verdict(bool(outcome.asked), finding))
    return verdicts


def _end_on_signals() -> None:
    """A signal that would end this process ends the client first: it is in a session of its own, and would stay."""
    task = asyncio.current_task()
    assert task is not None  # this runs in one
    for number in (signal.SIGTERM, signal.SIGHUP):
        with suppress(ValueError, RuntimeError):  # not in the main thread
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)


def _kept(client: Client, trial: Trial, outcome: Outcome, rule: str, out: Path) -> Finding:
    """The finding, whose answer is a file now; what looks like a secret is told and not kept."""
    from harness.disk.cassettes import save_cassette
    from harness.fuzz.judge import client_finding
    from harness.fuzz.trial import tape_of

    path: Path | None = out / client.folder / f"{rule}-{trial.name}.yaml"
    assert path is not None
    try:
        save_cassette(tape_of(trial, client.folder, rule), path)
    except SecretError as error:
        say(f"not kept: {error}")
        path = None
    return client_finding(trial, outcome, rule, client.again(trial.name), str(path) if path else None)
