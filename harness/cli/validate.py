"""`harness validate`: does what was recorded fit the schemas and the grammar of streams?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from harness.cassette.cases import is_case
from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import File, NearChoice, Output, output
from harness.cli.reporting import emit_report
from harness.cli.screen import say
from harness.cli.status import Status
from harness.cli.tapes import cassette_paths
from harness.disk.cassettes import load_cassette
from harness.disk.lines import lines_of
from harness.errors import CassetteError
from harness.finding import Finding, Report, Severity, Verdict
from harness.report import Format

if TYPE_CHECKING:
    from pathlib import Path

    from harness.contract.documents import Reading

EXAMPLES = (
    "harness validate cassettes/",
    "harness validate hello.yaml --format json",
    "harness validate cassettes/ --format junit --output report.xml",
)
WORST_FIRST = (Verdict.INVALID, Verdict.INCONCLUSIVE, Verdict.DRIFT, Verdict.BENIGN, Verdict.CLEAN)
ORDER = list(Severity)


@command_("validate", examples=EXAMPLES)
@click.argument("path", type=File())
@options.upstream
@click.option(
    "--reading",
    type=NearChoice(["strict", "tolerant"]),
    default="strict",
    show_default=True,
    help="Whether a field that no schema lists is a finding (strict) or not (tolerant).",
)
@output(*Format, exit_zero=True)
def command(path: Path, upstream: str | None, reading: Reading, output: Output) -> int:
    """Check requests, chunks, whole streams and error replies against the contract of their upstream.

    PATH is a cassette, or a folder of them.
    """
    paths = cassette_paths(path)
    reports, damaged = _reports(paths, upstream, reading)
    for error in damaged:
        say(f"error: {error}")
    status = emit_report(together(reports, unreadable=len(damaged)), command="validate", output=output)
    return Status.DAMAGED if damaged else status


def together(reports: dict[Path, Report], *, unreadable: int = 0) -> Report:
    """One report for several cassettes: every finding with its file, the worst verdict, the counts added up.

    What could not be read was not checked, so that nothing is clean beside it.
    """
    findings = [finding for path, report in reports.items() for finding in _placed(report.findings, path)]
    found = {report.verdict for report in reports.values()}
    if unreadable or not reports:
        found.add(Verdict.INCONCLUSIVE)
    verdict = next(verdict for verdict in WORST_FIRST if verdict in found)
    return Report(verdict, tuple(sorted(findings, key=_severity)), _summary(reports, unreadable))


def _placed(findings: tuple[Finding, ...], path: Path) -> list[Finding]:
    """The findings with their file, and the line of it on which their interaction begins."""
    lines = lines_of(path) if findings else None
    return [
        msgspec.structs.replace(
            finding, cassette=str(path), line=lines.line_of(finding.interaction or 1) if lines else None
        )
        for finding in findings
    ]


def _severity(finding: Finding) -> int:
    return ORDER.index(finding.severity)


def _summary(reports: dict[Path, Report], unreadable: int) -> dict[str, object]:
    counts = {"cassettes": len(reports), **({"unreadable_files": unreadable} if unreadable else {})}
    for report in reports.values():
        for name in ("interactions", "events"):
            value = report.summary.get(name, 0)
            counts[name] = counts.get(name, 0) + (value if isinstance(value, int) else 0)
    return dict(counts)


def _reports(
    paths: list[Path], upstream: str | None, reading: Reading
) -> tuple[dict[Path, Report], list[CassetteError]]:
    """A report for each cassette that can be read, and the errors of the others."""
    from harness.disk.validation import validate

    reports: dict[Path, Report] = {}
    damaged: list[CassetteError] = []
    for path in paths:
        try:
            cassette = load_cassette(path)
            if len(paths) == 1 or not is_case(cassette):  # what `harness fuzz` keeps is no exchange
                reports[path] = validate(cassette, upstream=upstream, reading=reading)
        except CassetteError as error:
            damaged.append(error)
    return reports, damaged
