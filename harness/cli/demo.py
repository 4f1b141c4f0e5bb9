"""`harness demo`: everything at work within seconds, with no key and no network."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import tempfile
import textwrap
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import File
from harness.cli.screen import Screen, result, say, screen_of
from harness.cli.status import Status
from harness.report import render
from harness.report.demo_page import broken_section, demo_page, drift_part, fuzz_section

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from harness.cli.rehearsal import Live
    from harness.finding import Report
    from harness.report.demo_page import Shown
    from harness.report.page import Section

EXAMPLES = ("harness demo", "harness demo --output report.html --keep tapes/")
REPORT = Path("demo-report.html")
NEXT = """Done in {took:.1f} s, without a key and without a network. Next: open the report, or

  {program} {look}
  {program} record --help
"""


class Where(msgspec.Struct, frozen=True):
    """Where the tapes lie, and from which folder the reader sees them: a temporary one is gone at the end."""

    tapes: Path
    seen_from: Path


@command_("demo", examples=EXAMPLES)
@click.option("-o", "--output", type=File(), default=REPORT, show_default=True, help="The page to write.")
@click.option("--keep", type=File(), metavar="DIR", help="Keep the cassettes there.")
@options.color
def command(output: Path, keep: Path | None, color: str) -> int:
    """Record three conversations, replay them without a network, compare, check, fuzz, and find a drift.

    Then one chunk is broken on purpose, a naive parser is fuzzed, and the stand-in changes overnight: three ways to see
    what findings look like.
    """
    began = time.monotonic()
    with _folder(keep) as folder:
        where = Where(Path(folder), Path() if keep and not keep.is_absolute() else Path(folder))
        status = _run(where, output, screen_of(sys.stdout, color))
    look = f"show {shlex.quote(str(keep / 'russian.yaml'))}" if keep else "demo --keep tapes"
    result(NEXT.format(took=time.monotonic() - began, program=_program(), look=look))
    return status


def _program() -> str:
    """How the reader can call this program: inside nox it is not on the path of the reader's own shell."""
    return shlex.quote(os.path.relpath(sys.argv[0])) if "NOX_CURRENT_SESSION" in os.environ else "harness"


def _folder(keep: Path | None) -> AbstractContextManager[str | Path]:
    if keep is None:
        return tempfile.TemporaryDirectory(prefix="harness-demo-")
    keep.mkdir(parents=True, exist_ok=True)
    return nullcontext(keep)


def _run(where: Where, output: Path, screen: Screen) -> int:
    recorded, shows = _record_and_play(where.tapes, screen)
    clean = _check(recorded, screen)
    fuzzed, fuzzing = _fuzz(screen)
    broken = _break_one(recorded[1], screen)
    drifted, drift = _overnight(recorded, where, screen)
    parts = [broken_section(broken, where=shows[1].name), *fuzzing, *drift]
    _write(output, demo_page(shows, parts))
    kept = all(show.agrees for show in shows) and clean and broken.findings and fuzzed and drifted
    return Status.CLEAN if kept else Status.FINDINGS


def _record_and_play(folder: Path, screen: Screen) -> tuple[list[Live], list[Shown]]:
    from harness.cli import rehearsal

    with _step("Recording three conversations from the stand-in", screen):
        recorded = asyncio.run(rehearsal.record(folder))
    _line(screen, True, "recorded", _recorded(recorded))
    with _step("Playing them back with the network shut", screen):
        played = asyncio.run(rehearsal.play(recorded))
    shows = [rehearsal.compare(*pair) for pair in zip(recorded, played, strict=True)]
    for show in shows:
        _line(screen, show.agrees, "replayed", f"{show.name}: {_compared(show)}")
    return recorded, shows


def _check(recorded: list[Live], screen: Screen) -> bool:
    """Hold every chunk against the contract; whether all was clean."""
    from harness.disk.cassettes import load_cassette
    from harness.disk.validation import validate

    reports = [validate(load_cassette(live.tape)) for live in recorded]
    clean = not any(report.findings for report in reports)
    _line(screen, clean, "validated", f"{_events(reports)} chunks against schemas and the grammar of streams")
    return clean


def _break_one(live: Live, screen: Screen) -> Report:
    """Show what it looks like when an upstream changes overnight."""
    from harness.cli import rehearsal
    from harness.disk.validation import validate

    report = validate(rehearsal.broken(live.interaction))
    result(
        "\nNow one chunk is broken on purpose: its field `delta` renamed, as if the upstream had changed.\n\n"
    )
    result(_findings(report, screen, "validate"))
    return report


def _fuzz(screen: Screen) -> tuple[bool, list[Section]]:
    """Fuzz this package's parser and a naive one; whether all came as it should, and the page's part on it."""
    from harness.cli.bout import bout

    with _step("Fuzzing two parsers", screen):
        found = bout()
    if found is None:
        result("- not fuzzed  pip install 'stream-harness[fuzz]' brings what it needs\n")
        return True, []
    words = f"{found.examples} streams against {found.laws} laws: this package's parser keeps them all"
    _line(screen, not found.ours.findings, "fuzzed", words)
    _line(
        screen,
        bool(found.naive.findings),
        "broken",
        "a naive parser, and what it fails on cut down to its smallest:",
    )
    result(f"\n{_findings(found.naive, screen, 'fuzz')}")
    return found.as_expected, [fuzz_section(found.naive, words=words)]


def _overnight(recorded: list[Live], where: Where, screen: Screen) -> tuple[bool, list[Section]]:
    """Ask again, of a stand-in that has changed; whether that was found, and the page's part on it."""
    from harness.cli import overnight

    result(f"\nNow the stand-in changes overnight: {overnight.TOLD}.\n\n")
    folder = where.tapes / "overnight"
    folder.mkdir(exist_ok=True)
    with _step("Asking the same questions again", screen):
        again = asyncio.run(overnight.record(folder))
    report, pictures = overnight.drift(recorded, again, folder=where.seen_from)
    result(_findings(report, screen, "drift"))
    return len(report.findings) >= len(overnight.CHANGES), drift_part(report, pictures, told=overnight.TOLD)


def _line(screen: Screen, good: bool, step: str, words: str) -> None:
    result(f"{screen.mark(good)} {step:<10} {words}\n")


def _recorded(recorded: list[Live]) -> str:
    streams = [stream for live in recorded if (stream := live.interaction.response.stream)]
    pieces = sum(len(stream.frames) for stream in streams)
    size = sum(frame.size for stream in streams for frame in stream.frames)
    return f"{len(recorded)} conversations in {pieces} pieces, {size:,} bytes"


def _compared(show: Shown) -> str:
    return ", ".join(f"{name} {'the same' if same else 'DIFFERENT'}" for name, same in show.same.items())


def _events(reports: list[Report]) -> int:
    return sum(value for report in reports if isinstance(value := report.summary.get("events"), int))


def _findings(report: Report, screen: Screen, command: str) -> str:
    text = render(report, command=command, color=screen.color, signs=screen.signs)
    return textwrap.indent(text, "  ")


def _write(output: Path, page: str) -> None:
    """Write the report; a folder that cannot be written to does not spoil the demo."""
    try:
        output.write_text(page, encoding="utf-8", errors="surrogatepass")
    except OSError as error:
        say(f"\nThe report could not be written: {error.strerror}: {output}")
        say("  help: name another place with --output FILE")
        return
    result(f"\nReport: {output.resolve()}\n")


@contextmanager
def _step(words: str, screen: Screen) -> Iterator[None]:
    """Show that something goes on: a spinner where a person watches, a line where not."""
    if not screen.live:
        result(f"{words} ...\n")
        yield
        return
    from rich.console import Console

    with Console().status(words):
        yield
