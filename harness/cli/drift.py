"""`harness drift`: what moved between two sets of recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from harness.cassette.cases import is_case
from harness.cli import options
from harness.cli.accept import command as accept
from harness.cli.command import forked
from harness.cli.options import File, NearChoice, Output, output
from harness.cli.probe import asking, live_options
from harness.cli.reporting import emit_report
from harness.cli.status import Status
from harness.cli.tapes import cassette_paths
from harness.cli.weighing import settled, weighing_options
from harness.disk.cassettes import load_cassette
from harness.errors import UsageError
from harness.finding import Report, Severity, Verdict
from harness.report import Format

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cassette.model import Interaction
    from harness.cli.probe import Live
    from harness.cli.weighing import Weighing

EXAMPLES = (
    "harness drift cassettes/ --against new/",
    "harness drift cassettes/ --live --base-url http://127.0.0.1:8080",
    "harness drift cassettes/ --against new/ --fail-on breaking",
    "harness drift cassettes/ --against new/ --clients strict-typed",
    "harness drift cassettes/ --against new/ --format markdown --output drift.md",
)
UPSTREAM = "vitalentum"
ORDER = list(Severity)


@forked("drift", examples=EXAMPLES)
@click.argument("baseline", type=File())
@click.option("--against", type=File(), metavar="PATH", help="The new recordings.")
@live_options
@options.upstream
@click.option(
    "--fail-on",
    type=NearChoice([severity.value for severity in ORDER]),
    default=Severity.ADDITIVE.value,
    show_default=True,
    help="End with status 1 from this severity on.",
)
@weighing_options
@click.option("--show-accepted", is_flag=True, help="Text: show accepted findings too.")
@output(*Format, exit_zero=True)
def command(
    baseline: Path,
    against: Path | None,
    live: Live | None,
    upstream: str | None,
    fail_on: str,
    weighing: Weighing,
    show_accepted: bool,
    output: Output,
) -> int:
    """Compare new recordings with old ones of the same upstream: what moved, and how bad that is.

    BASELINE is a cassette, or a folder of them. The new recordings are those at --against; or --live makes them, by
    asking the recorded questions again.
    """
    if (against is None) == (live is None):
        raise UsageError(
            "There must be one of the two: --against PATH, or --live.", help="harness drift --help"
        )
    where = against if live is None else live.out
    report = _compared(baseline, against, live, upstream or UPSTREAM)
    named = tuple(
        msgspec.structs.replace(finding, cassette=str(where) if where else None)
        for finding in report.findings
    )
    report = settled(msgspec.structs.replace(report, findings=named), weighing, upstream or UPSTREAM)
    status = emit_report(report, command="drift", output=output, show_accepted=show_accepted)
    return Status.CLEAN if status == Status.FINDINGS and not fails(report, fail_on) else status


command.add_command(accept)


def _compared(baseline: Path, against: Path | None, live: Live | None, upstream: str) -> Report:
    from harness.disk.comparison import compare

    before = recordings(baseline)
    if live is not None:
        with asking(baseline, live, upstream) as asked:
            return asked.settled(lambda answers: compare(before, answers, upstream=upstream))
    assert against is not None  # it is one of the two
    return compare(before, recordings(against), upstream=upstream)


def recordings(path: Path) -> list[Interaction]:
    """Every exchange below *path*; what `harness fuzz` keeps is none."""
    cassettes = map(load_cassette, cassette_paths(path))
    return [each for cassette in cassettes if not is_case(cassette) for each in cassette.interactions]


def fails(report: Report, fail_on: str) -> bool:
    """Whether the report holds something as bad as *fail_on*, or worse."""
    limit = ORDER.index(Severity(fail_on))
    return report.verdict is Verdict.DRIFT and any(
        ORDER.index(finding.severity) <= limit for finding in report.findings
    )
