"""The options that say how findings of drift weigh and which are accepted; and what they make of a report."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from harness.cli.options import Command, File, NearChoice, setting
from harness.cli.screen import say
from harness.disk.accepted import read_accepted
from harness.disk.environment import environment_redactor
from harness.disk.settings import accepted_file, severities
from harness.drift.accept import has_expired, settle
from harness.drift.clients import Clients
from harness.drift.weigh import check_levels, weigh
from harness.finding import Verdict
from harness.report.context import counted
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.redact import Redactor
    from harness.drift.accept import Entry
    from harness.finding import Finding, Report

CLIENTS = setting(
    "--clients",
    type=NearChoice([kind.value for kind in Clients]),
    default=Clients.SDK.value,
    show_default=True,
    help="Whose compatibility matters.",
)
LEVELS = click.option(
    "--severity",
    "levels",
    multiple=True,
    metavar="RULE=LEVEL",
    help="The severity of a rule, or off. Repeatable.  [env var: HARNESS_SEVERITY]",
)
ACCEPTED = click.option(
    "--accepted",
    "file",
    type=File(),
    metavar="FILE",
    help="Accepted findings.  [env var: HARNESS_ACCEPTED; default: harness-accepted.json]",
)


class Weighing(msgspec.Struct, frozen=True):
    """How findings weigh, and the file of those that are accepted."""

    clients: str
    levels: Mapping[str, str]
    file: Path

    def weighed(self, report: Report, upstream: str) -> Report:
        """The report for these clients, under these severities, and without secrets."""
        made = weigh(report, get_upstream(upstream), clients=self.clients, levels=self.levels)
        return without_secrets(made, environment_redactor())


def weighing_options(command: Command) -> Command:
    """The options, handed to the command as one value named `weighing`."""

    @functools.wraps(command)
    def gathered(*args: Any, clients: str, levels: tuple[str, ...], file: Path | None, **others: Any) -> Any:
        here = Path.cwd()
        said = severities(here, os.environ, levels)
        check_levels(said)  # now: a probe that ends in an error has asked in vain
        weighing = Weighing(clients, said, accepted_file(here, os.environ, file))
        read_accepted(weighing.file)
        return command(*args, weighing=weighing, **others)

    return CLIENTS(LEVELS(ACCEPTED(gathered)))


def without_secrets(report: Report, redactor: Redactor) -> Report:
    """The report with no secret in what it quotes: recordings of other tools may hold anything, in any place."""
    findings = tuple(_finding_without(finding, redactor) for finding in report.findings)
    undecided = [
        {name: redactor.text(value) if isinstance(value, str) else value for name, value in row.items()}
        for row in _rows(report.summary.get("undecided"))
    ]
    summary = {**report.summary, **({"undecided": undecided} if undecided else {})}
    return msgspec.structs.replace(report, findings=findings, summary=summary)


def _finding_without(finding: Finding, redactor: Redactor) -> Finding:
    said = finding.evidence
    evidence = msgspec.structs.replace(
        said,
        before=said.before and redactor.text(said.before),
        now=said.now and redactor.text(said.now),
    )
    return msgspec.structs.replace(
        finding, message=redactor.text(finding.message), where=redactor.text(finding.where), evidence=evidence
    )


def _rows(value: object) -> list[dict[str, object]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def today() -> date:
    """The day on which this runs."""
    return date.today()


def settled(report: Report, weighing: Weighing, upstream: str) -> Report:
    """The report as it weighs, its accepted findings apart; what the file holds in vain is told on stderr."""
    day = today()
    entries = read_accepted(weighing.file)
    made = settle(weighing.weighed(report, upstream), entries, today=day)
    if made.verdict is not Verdict.INCONCLUSIVE:
        _tell(entries, report, day, weighing.file)
    return made


def _tell(entries: Iterable[Entry], report: Report, day: date, file: Path) -> None:
    found = {finding.fingerprint for finding in report.findings}
    lapsed = [entry for entry in entries if has_expired(entry, day)]
    idle = [entry for entry in entries if entry.fingerprint not in found and entry not in lapsed]
    for number, what in ((len(lapsed), "expired"), (len(idle), "not found any more")):
        if number:
            say(f"{file}: {counted(number, 'accepted finding')} {what}; harness drift accept --prune")
