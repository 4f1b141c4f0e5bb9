"""`harness fuzz`: search for what breaks a parser or an encoder, keep what was found, and try it again."""

from __future__ import annotations

import os
import random
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from harness.cli import options
from harness.cli.aside import aside, each_aside
from harness.cli.campaigning import Board, shown, summary_of
from harness.cli.clientfuzz import PATIENCE, REPLIES, Client, tried
from harness.cli.command import command as command_
from harness.cli.options import Duration, File, NearChoice, Output, output
from harness.cli.reporting import emit_report
from harness.cli.screen import say
from harness.cli.status import Status
from harness.errors import CassetteError, SecretError, UsageError
from harness.report import Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.finding import Finding
    from harness.fuzz.campaign import Failure, Progress
    from harness.fuzz.law import Law
    from harness.fuzz.targets import Target

EXAMPLES = (
    "harness fuzz mychat.stream:parse",
    "harness fuzz mychat.prompt:encode --as encoder --seconds 10",
    "harness fuzz parser --examples 1000 --seed 7",
    "harness fuzz mychat.stream:parse --engine atheris --seconds 300",
    "harness fuzz client --command 'python ask.py {url}'",
    "harness fuzz --replay",
)
SECONDS = 30.0
"""How long to look where nothing else is said."""

ENGINES = ("hypothesis", "atheris")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """How to search, and where to keep what is found."""

    seconds: float | None
    examples: int | None
    seed: int
    engine: str
    skip: frozenset[str]
    first: bool
    out: Path


@command_("fuzz", examples=EXAMPLES)
@click.argument("target", required=False)
@click.option(
    "--as", "kind", type=NearChoice(["parser", "encoder", "client"]), default="parser", help="What it is."
)
@click.option("--seconds", type=Duration(), help="Look so long.  [default: 30]")
@click.option("--examples", type=click.IntRange(1), help="Try so many inputs for each law, at most.")
@click.option("--seed", type=click.IntRange(0), help="Where chance begins; told at the end.")
@click.option(
    "--engine",
    type=NearChoice(ENGINES),
    default=ENGINES[0],
    show_default=True,
    help="What chooses the inputs: chance, or what your code has run (extra atheris).",
)
@click.option(
    "--out",
    type=File(),
    metavar="DIR",
    default="cassettes/found",
    show_default=True,
    help="Keep cases there.",
)
@click.option("--skip", multiple=True, metavar="LAW", help="A law that need not hold. Repeatable.")
@click.option("--first", is_flag=True, help="Stop at the first finding.")
@click.option("--replay", is_flag=True, help="Try the kept cases again instead: FIXED, FAILED or ERROR.")
@click.option("--command", "line", metavar="TEXT", help="Clients: how to run it, with {url} in it.")
@click.option("--case", metavar="NAME", help="Clients: try this case only.")
@click.option(
    "--patience",
    type=Duration(),
    default=PATIENCE,
    show_default=True,
    help="Clients: seconds for one case.",
)
@options.upstream
@output(*Format, exit_zero=True)
def command(
    target: str | None,
    kind: str,
    seconds: float | None,
    examples: int | None,
    seed: int | None,
    engine: str,
    out: Path,
    skip: tuple[str, ...],
    first: bool,
    replay: bool,
    line: str | None,
    case: str | None,
    patience: float,
    upstream: str | None,
    output: Output,
) -> int:
    """Search for inputs that break TARGET: encoder, parser, client, or module:callable for your own.

    A parser takes an iterable of bytes and gives an iterable of events, or of their data as str; an encoder takes
    messages and gives str; a client is a --command, or takes a base URL and gives the reply's text. What breaks a law
    or a rule is kept as a cassette below --out.
    """
    _asked_for_hypothesis()
    if replay:
        return _replayed(target, out, output)
    if engine == "atheris":
        _asked_for_atheris(target, kind)
    if target == "client" or kind == "client" or line is not None:
        name = None if target == "client" else target
        client = Client(
            name=name,
            command=line,
            upstream=upstream or "vitalentum",
            case=case,
            patience=patience,
            examples=REPLIES if examples is None else examples,
            seed=seed or 0,
        )
        return tried(client, seconds=seconds, out=out, output=output)
    if target is None:
        raise UsageError("There is no target.", expected="encoder, parser or module:callable")
    asked = Asked(
        seconds=SECONDS if seconds is None and examples is None else seconds,
        examples=examples,
        seed=random.SystemRandom().randrange(10**6) if seed is None else seed,
        engine=engine,
        skip=frozenset(skip),
        first=first,
        out=out,
    )
    return _searched(_target(target, kind), asked, output)


def _asked_for_hypothesis() -> None:
    try:
        import harness.fuzz  # noqa: F401 - its absence has words of its own
    except ImportError as missing:
        raise UsageError(str(missing).partition("\n")[0], help="pip install 'stream-harness[fuzz]'") from None


def _asked_for_atheris(target: str | None, kind: str) -> None:
    from harness.disk.guided import ensure_atheris

    if "client" in (target, kind):
        raise UsageError("A client is not tried by atheris.", expected="a parser or an encoder")
    ensure_atheris()


def _target(name: str, kind: str) -> Target:
    from harness.disk.found import load_target
    from harness.fuzz.targets import Kind

    with aside(sys.stderr):
        return load_target(name, Kind(kind))


def _searched(target: Target, asked: Asked, output: Output) -> int:
    """Run the campaign, keep what it finds as soon as it is found, and report."""
    from harness.fuzz.laws import laws_for
    from harness.fuzz.targets import Kind
    from harness.fuzz.telling import report_of

    laws = laws_for(target, skip=asked.skip)
    findings: list[Finding] = []
    board = Board(time.monotonic())
    edges = target.kind is Kind.PARSER and "chat" not in asked.skip
    with Path(os.devnull).open("w") as nowhere, shown(board, edges=edges) as take:
        interrupted = False
        try:
            for progress in each_aside(_campaign(target, laws, asked, board.began), nowhere):
                findings += [_kept(failure, target, asked.out) for failure in take(progress)]
        except KeyboardInterrupt:
            interrupted = True
            say("interrupted")  # what was found until then is told all the same
    if board.last.examples:
        say(board.words(f"seed {asked.seed}", edges=edges))
    summary = summary_of(board, laws=len(laws), seed=asked.seed, edges=edges)
    report = report_of(findings, summary, tried=board.last.examples > 0 and not interrupted)
    status = emit_report(report, command="fuzz", output=output)
    return Status.INTERRUPTED if interrupted else status


def _campaign(target: Target, laws: Sequence[Law], asked: Asked, began: float) -> Iterator[Progress]:
    from harness.fuzz.campaign import Budget, campaign

    until = began + asked.seconds if asked.seconds is not None else None
    budget = Budget(clock=time.monotonic, until=until, examples=asked.examples)
    if asked.engine == "hypothesis":
        return campaign(target, laws, budget, seed=asked.seed, first=asked.first)
    from harness.disk.guided import atheris_engine
    from harness.fuzz.bytewise import bytewise

    engine = partial(atheris_engine, target, budget=budget, seed=asked.seed)
    return bytewise(target, laws, budget, engine, seed=asked.seed, first=asked.first)


def _kept(failure: Failure, target: Target, out: Path) -> Finding:
    """The finding of a failure, whose case is a file now; what looks like a secret, or cannot be written, is told."""
    from harness.disk.found import keep_found
    from harness.fuzz.found import found_of
    from harness.fuzz.telling import finding_of

    found = found_of(failure, target.name)
    try:
        path: str | None = str(keep_found(found, out))
    except (SecretError, CassetteError) as error:
        say(f"not kept: {error}")
        path = None
    return finding_of(found, failure.breach, cassette=path)


def _replayed(name: str | None, out: Path, output: Output) -> int:
    """Try kept cases again: those of one target, or all."""
    from harness.disk.found import replay_files
    from harness.fuzz.telling import finding_of

    findings: list[Finding] = []
    outcomes: list[str] = []
    for path, found, replayed in each_aside(replay_files(out, target=name), sys.stderr):
        outcomes.append(replayed.outcome)
        say(f"{replayed.outcome}  {path}{f': {replayed.words}' if replayed.words else ''}")
        if found and replayed.breach:
            findings.append(finding_of(found, replayed.breach, cassette=str(path)))
    if not outcomes:
        say(f"there is no case in {out}" + (f" of {name}" if name else ""))
    return _ended(findings, outcomes, output)


def _ended(findings: Sequence[Finding], outcomes: Sequence[str], output: Output) -> int:
    from harness.fuzz.telling import report_of

    tried = bool(outcomes) and "ERROR" not in outcomes
    summary = {f"{word.lower()}_cases": outcomes.count(word) for word in ("FIXED", "FAILED")}
    status = emit_report(report_of(findings, summary, tried=tried), command="fuzz", output=output)
    return status if tried or output.exit_zero else Status.USAGE
