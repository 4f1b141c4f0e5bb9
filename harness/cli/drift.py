"""`harness drift`: what moved between two sets of recordings."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from harness.cli import options
from harness.cli.accept import command as accept
from harness.cli.command import forked
from harness.cli.options import File, NearChoice, Output, output
from harness.cli.probe import asking, live_options
from harness.cli.reporting import emit, emit_report, refuse_unwritable, status_of, write
from harness.cli.screen import say
from harness.cli.showing import Recording, recordings, shown
from harness.cli.status import Status
from harness.cli.tapes import cassette_paths
from harness.cli.weighing import settled, weighing_options
from harness.disk.cassettes import SUFFIXES
from harness.errors import UsageError
from harness.finding import Report, Severity, Verdict
from harness.report import Format, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harness.cassette.model import Interaction
    from harness.cli.probe import Live
    from harness.cli.weighing import Weighing
    from harness.report.drift_page import DriftShown

EXAMPLES = (
    "harness drift cassettes/ --against new/",
    "harness drift cassettes/ --live --base-url http://127.0.0.1:8080",
    "harness drift cassettes/ --against new/ --fail-on breaking",
    "harness drift cassettes/ --against new/ --report drift.html",
    "harness drift cassettes/ --against new/ --also sarif=drift.sarif",
    "harness drift cassettes/ --against new/ --clients strict-typed",
)
UPSTREAM = "vitalentum"
ORDER = list(Severity)


class Copy(NamedTuple):
    """The report once more: in which form, and where."""

    form: Format
    file: Path


class Also(click.ParamType[Copy]):
    """`FORM=FILE`."""

    name = "copy"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Copy:
        """The two parts."""
        if isinstance(value, Copy):
            return value
        form, sign, file = str(value).partition("=")
        if not sign or not file:
            self.fail(f"{value!r} is no FORM=FILE, such as sarif=drift.sarif.", param, ctx)
        return Copy(Format(NearChoice([each.value for each in Format]).convert(form, param, ctx)), Path(file))


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
@click.option("--report", "page", type=File(), metavar="FILE", help="Write the HTML report there as well.")
@click.option(
    "--also",
    type=Also(),
    multiple=True,
    metavar="FORM=FILE",
    help="Write the report there in another form too. Repeatable.",
)
@click.option(
    "--summary",
    type=File(),
    metavar="FILE",
    help="Keep there what BASELINE is like; only new files are read again.",
)
@output(*Format, exit_zero=True)
def command(
    baseline: Path,
    against: Path | None,
    live: Live | None,
    upstream: str | None,
    fail_on: str,
    weighing: Weighing,
    show_accepted: bool,
    page: Path | None,
    also: tuple[Copy, ...],
    summary: Path | None,
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
    copies = also if page is None else (Copy(Format.HTML, page), *also)
    refuse_unwritable(output.file, *(copy.file for copy in copies))
    name = upstream or UPSTREAM
    compared = _compared(baseline, against, live, name, summary)
    report = settled(compared.report, weighing, name)
    where = against if live is None else live.out
    pictures = None
    if report.findings or report.accepted or Format.HTML in (output.format, *(copy.form for copy in copies)):
        report, pictures = shown(
            report, compared.before(), compared.now, upstream=name, otherwise=str(where) if where else None
        )
    for copy in copies:
        write(_text(report, pictures, copy.form), copy.file)
    status = _emit(report, pictures, output, show_accepted=show_accepted)
    return Status.CLEAN if status == Status.FINDINGS and not fails(report, fail_on) else status


command.add_command(accept)


class Compared(NamedTuple):
    """What moved, and the old and the new recordings that show it; the old ones are read when they are asked for."""

    report: Report
    before: Callable[[], list[Recording]]
    now: list[Recording]


def _compared(
    baseline: Path, against: Path | None, live: Live | None, upstream: str, summary: Path | None
) -> Compared:
    before = functools.cache(lambda: recordings(baseline))
    compared = _comparison(baseline, before, upstream, summary)
    if live is not None:
        with asking(baseline, live, upstream) as asked:
            return Compared(asked.settled(compared), before, asked.answers)
    assert against is not None  # it is one of the two
    _warn_of_overlap(baseline, against)
    now = recordings(against)
    return Compared(compared([each.interaction for each in now]), before, now)


def _warn_of_overlap(baseline: Path, against: Path) -> None:
    """One folder within the other is a slip, most likely: what lies in both hides a change, and looks like none."""
    old, new = baseline.resolve(), against.resolve()
    if old != new and (new.is_relative_to(old) or old.is_relative_to(new)):
        inner, outer = (against, baseline) if new.is_relative_to(old) else (baseline, against)
        say(f"{inner} lies within {outer}: its recordings count as old ones and as new ones")


def _comparison(
    baseline: Path, before: Callable[[], list[Recording]], upstream: str, kept: Path | None
) -> Callable[[Iterable[Interaction]], Report]:
    """How recordings are compared with the baseline: with all of it, or with the summary that is kept of it."""
    from harness.disk.comparison import compare, compare_with
    from harness.disk.summaries import summary_of
    from harness.disk.upstreams import get_upstream

    def exchanges() -> list[Interaction]:
        return [each.interaction for each in before()]

    if kept is None:
        return lambda answers: compare(exchanges(), answers, upstream=upstream)
    _refuse_among(kept, baseline)
    summary = summary_of(list(cassette_paths(baseline)), get_upstream(upstream), kept)
    return lambda answers: compare_with(summary, exchanges, answers, upstream=upstream)


def _refuse_among(kept: Path, baseline: Path) -> None:
    """A summary among the recordings, named as they are, would be taken for one of them next time."""
    if kept.suffix in SUFFIXES and kept.resolve().is_relative_to(baseline.resolve()):
        raise UsageError(
            "The summary would be taken for a cassette.",
            where=str(kept),
            expected=f"a name that does not end in {', '.join(SUFFIXES)}, or a file outside of {baseline}",
            help=f"--summary {kept.with_suffix('.summary')}",
        )


def _text(report: Report, pictures: DriftShown | None, form: Format) -> str:
    """The report in this form, for a file."""
    from harness.report.drift_page import drift_page

    return (
        drift_page(report, pictures)
        if pictures and form is Format.HTML
        else render(report, command="drift", format=form)
    )


def _emit(report: Report, pictures: DriftShown | None, output: Output, *, show_accepted: bool) -> int:
    """The report in the form asked for."""
    if output.format is not Format.HTML:
        return emit_report(report, command="drift", output=output, show_accepted=show_accepted)
    emit(_text(report, pictures, output.format), output)
    return status_of(report, output)


def fails(report: Report, fail_on: str) -> bool:
    """Whether the report holds something as bad as *fail_on*, or worse."""
    limit = ORDER.index(Severity(fail_on))
    return report.verdict is Verdict.DRIFT and any(
        ORDER.index(finding.severity) <= limit for finding in report.findings
    )
