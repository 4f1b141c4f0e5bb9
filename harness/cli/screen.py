"""What the reader's screen can show, and the two channels to it: results on stdout, everything else on stderr."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from harness.cli.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

COLORS = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Screen:
    """One channel's abilities."""

    color: bool
    signs: bool
    """False where it can show ASCII only."""
    live: bool
    """Whether a person watches: progress may be drawn over itself."""

    def mark(self, good: bool) -> str:
        """The sign before a line: done well, or not."""
        signs = ("✗", "✓") if self.signs else ("FAILED", "ok")
        return signs[good]


def screen_of(stream: TextIO, choice: str = "auto", environ: Mapping[str, str] = os.environ) -> Screen:
    """The abilities of *stream*: the flag wins, then NO_COLOR, then FORCE_COLOR, then what the stream is."""
    live = stream.isatty() and environ.get("TERM") != "dumb"
    wished = {"always": True, "never": False}.get(choice)
    if wished is None:
        wished = not environ.get("NO_COLOR") and (bool(environ.get("FORCE_COLOR")) or live)
    return Screen(color=wished, signs=_shows(stream, "✓▁"), live=live)


def result(text: str) -> None:
    """Write a result, as it is, at once. Where the reader, such as `head`, has had enough, the command ends well."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(Status.CLEAN) from None


def say(words: str) -> None:
    """Tell the person a line, with nothing in it that could play tricks on the terminal."""
    from harness.report.visible import visible_lines  # not at the top: `--help` has no use for the reports

    click.echo(visible_lines(words), err=True)


def be_lenient() -> None:
    """Let no character stop a command that a screen's encoding cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _shows(stream: TextIO, sample: str) -> bool:
    try:
        sample.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
