"""`harness fuzz client`: try a client with good, odd and broken replies, and tell what it made of each."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING

import msgspec

from harness.cli.reporting import emit_report
from harness.cli.screen import say
from harness.errors import SecretError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harness.cli.options import Output
    from harness.finding import Finding
    from harness.fuzz.judge import Outcome
    from harness.fuzz.trial import Trial

PATIENCE = 10.0
"""Seconds that a client may take for one case where nothing else is said."""

EXAMPLES = 4
"""Replies written by chance where nothing else is said."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """The client under test, a command or a `module:callable`, and how to try it."""

    name: str | None
    command: str | None
    case: str | None
    patience: float
    upstream: str

    @property
    def title(self) -> str:
        """The callable, or the command."""
        return self.command or self.name or ""

    @property
    def folder(self) -> str:
        """Its title as the name of a folder."""
        return re.sub(r"[^A-Za-z0-9.]+", "-", self.title.replace(":", ".")).strip("-.")[:60] or "client"

    def words(self) -> tuple[str, ...]:
        """How it is run. Raises UsageError where that cannot be known."""
        from harness.disk.callables import load_callable
        from harness.net.trying import callable_words, command_words

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
        how = f"client --command {self.command!r}" if self.command else f"{self.name} --as client"
        other = "" if self.upstream == "vitalentum" else f" --upstream {self.upstream}"
        return f"harness fuzz {how} --case {case}{other}"


def tried(
    client: Client,
    *,
    examples: int | None,
    seconds: float | None,
    seed: int,
    out: Path,
    output: Output,
) -> int:
    """Try the client, tell each verdict as it comes, keep what shows a fault, and report."""
    from harness.fuzz.telling import report_of

    trials = _trials(client, EXAMPLES if examples is None else examples, seed)
    until = None if seconds is None else time.monotonic() + seconds
    verdicts = asyncio.run(_verdicts(client, trials, until))
    findings = [
        _kept(client, trial, outcome, rule, out) for trial, outcome, rule in verdicts if rule is not None
    ]
    if left := len(trials) - len(verdicts):
        say(f"the time is over; {left} cases were not tried")
    summary = {"cases": len(verdicts), "ok_cases": len(verdicts) - len(findings)}
    return emit_report(report_of(findings, summary, tried=not left), command="fuzz", output=output)


def _trials(client: Client, examples: int, seed: int) -> Sequence[Trial]:
    from harness.disk.upstreams import get_upstream
    from harness.fuzz.trials import trials_for

    trials = trials_for(get_upstream(client.upstream), examples=examples, seed=seed)
    names = [trial.name for trial in trials]
    if client.case is not None and client.case not in names:
        raise UsageError(f"There is no case {client.case!r}.", expected=f"one of {', '.join(names)}")
    return [trial for trial in trials if client.case in (None, trial.name)]


async def _verdicts(
    client: Client, trials: Sequence[Trial], until: float | None
) -> list[tuple[Trial, Outcome, str | None]]:
    """Each trial with its outcome and its verdict; a line about each as it comes."""
    from harness.fuzz.judge import judge
    from harness.net.trying import try_client

    verdicts = []
    width = max(len(trial.name) for trial in trials)
    async for trial, outcome in try_client(client.words(), trials, patience=client.patience, until=until):
        rule = judge(trial, outcome)
        verdicts.append((trial, outcome, rule))
        say(f"{trial.name:<{width}}  {rule or 'ok'}")
    return verdicts


def _kept(client: Client, trial: Trial, outcome: Outcome, rule: str, out: Path) -> Finding:
    """The finding, whose answer is a file now; what looks like a secret is told and not kept."""
    from harness.disk.cassettes import save_cassette
    from harness.fuzz.judge import client_finding
    from harness.fuzz.trial import tape_of

    path: Path | None = out / client.folder / f"{rule}-{trial.name}.yaml"
    assert path is not None
    try:
        if not path.exists():
            save_cassette(tape_of(trial, client.folder, rule), path)
    except SecretError as error:
        say(f"not kept: {error}")
        path = None
    return client_finding(trial, outcome, rule, client.again(trial.name), str(path) if path else None)
