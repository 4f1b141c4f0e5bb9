"""From a result to the reader: in the form asked for, on stdout or in a file, and the exit status it stands for."""

from __future__ import annotations

import sys
from shlex import quote
from typing import TYPE_CHECKING

from harness.cli.screen import result, say, screen_of
from harness.cli.status import Status
from harness.errors import UsageError
from harness.finding import Verdict
from harness.report import render

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cli.options import Output
    from harness.finding import Report

OF_VERDICT: dict[Verdict, Status] = {
    Verdict.CLEAN: Status.CLEAN,
    Verdict.BENIGN: Status.CLEAN,
    Verdict.DRIFT: Status.FINDINGS,
    Verdict.INVALID: Status.FINDINGS,
    Verdict.INCONCLUSIVE: Status.INCONCLUSIVE,
}


def refuse_unwritable(*files: Path | None) -> None:
    """Raise UsageError for a file that cannot be written, before work is done that would be lost with it."""
    for file in files:
        if file is not None and file.is_dir():
            raise UsageError("This is a folder.", where=str(file), expected="the name of a file")
        if file is not None and not file.parent.is_dir():
            raise UsageError(
                "There is no such folder.", where=str(file.parent), help=f"mkdir -p {quote(str(file.parent))}"
            )


def emit_report(report: Report, *, command: str, output: Output, show_accepted: bool = False) -> int:
    """Write the report and return the exit status of its verdict."""
    screen = screen_of(sys.stdout, output.color)
    to_screen = output.file is None
    text = render(
        report,
        command=command,
        format=output.format,
        color=screen.color and to_screen,
        signs=screen.signs or not to_screen,
        show_accepted=show_accepted,
    )
    emit(text, output)
    return status_of(report, output)


def status_of(report: Report, output: Output) -> int:
    """The exit status that the report's verdict stands for."""
    return Status.CLEAN if output.exit_zero else OF_VERDICT[report.verdict]


def emit(text: str, output: Output) -> None:
    """Write *text* where it is wanted."""
    if output.file is None:
        result(text)
    else:
        write(text, output.file)


def write(text: str, file: Path) -> None:
    """Write *text* into the file, and say so."""
    file.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    say(f"Written to {file}")
