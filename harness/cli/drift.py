"""`harness drift`: what has moved upstream between two sets of recordings?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import File, NearChoice, Output, output
from harness.cli.reporting import emit_report
from harness.cli.screen import say
from harness.cli.status import Status
from harness.cli.tapes import cassette_paths
from harness.disk.cassettes import load_cassette
from harness.errors import CassetteError
from harness.finding import Severity, Verdict
from harness.report import Format

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cassette.model import Interaction
    from harness.finding import Report

EXAMPLES = (
    "harness drift cassettes/ --against new/",
    "harness drift cassettes/ --against new/ --fail-on breaking --format markdown",
)
ORDER = list(Severity)


@command_("drift", examples=EXAMPLES)
@click.argument("baseline", type=File())
@click.option(
    "--against", type=File(), metavar="PATH", required=True, help="The new recordings: a file or a folder."
)
@click.option(
    "--fail-on",
    type=NearChoice([severity.value for severity in Severity]),
    default=Severity.ADDITIVE.value,
    show_default=True,
    help="End with status 1 from this severity on.",
)
@options.upstream
@output(*Format, exit_zero=True)
def command(baseline: Path, against: Path, fail_on: str, upstream: str | None, output: Output) -> int:
    """Compare recordings of an upstream with newer ones: what has moved, how bad it is, how sure that is.

    BASELINE is a cassette, or a folder of them. Other texts, ids, times and cuts are no drift. Where the new recordings
    show no reply at all, but a guard, a limit or a failure, the answer is inconclusive.
    """
    from harness.disk.comparison import compare

    damaged: list[CassetteError] = []
    before, now = _interactions(baseline, damaged), _interactions(against, damaged)
    report = compare(before, now, upstream=upstream or "vitalentum")
    for error in damaged:
        say(f"error: {error}")
    status = emit_report(report, command="drift", output=output)
    if damaged:
        return Status.DAMAGED
    return Status.CLEAN if status == Status.FINDINGS and not fails(report, Severity(fail_on)) else status


def fails(report: Report, threshold: Severity) -> bool:
    """Whether a finding is as bad as *threshold*, or worse."""
    worst = min((ORDER.index(finding.severity) for finding in report.findings), default=len(ORDER))
    return report.verdict is Verdict.DRIFT and worst <= ORDER.index(threshold)


def _interactions(path: Path, damaged: list[CassetteError]) -> list[Interaction]:
    """Every exchange on the tapes below *path*; tapes that cannot be read are noted."""
    found: list[Interaction] = []
    for tape in cassette_paths(path):
        try:
            found += load_cassette(tape).interactions
        except CassetteError as error:
            damaged.append(error)
    return found
