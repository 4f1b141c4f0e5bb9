"""`harness drift accept`: findings that may stay for a while, with a reason, written into a file that people review."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click
import msgspec

from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import File
from harness.cli.probe import recorded
from harness.cli.screen import result, say
from harness.cli.weighing import today, weighing_options
from harness.disk.accepted import changing
from harness.disk.schemafile import MAX_FILE
from harness.drift.accept import Pruned, accept, prune
from harness.errors import UsageError
from harness.finding import Acceptance, Finding, Verdict
from harness.report.context import counted
from harness.report.visible import visible
from harness.upstreams.jsontext import parse_json

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from pathlib import Path

    from harness.cassette.model import Interaction
    from harness.cli.weighing import Weighing
    from harness.drift.accept import Entry

EXAMPLES = (
    "harness drift accept 1f0c9a2b7d4e --from report.json \\\n"
    "    --reason 'the app reads it since 2.3' --owner ann --expires 2027-03-01",
    "harness drift accept 1f0c9a2b7d4e --baseline cassettes/ --against new/ \\\n"
    "    --reason 'agreed with the service' --owner ann --expires 2027-03-01",
    "harness drift accept --prune --from report.json",
)


class Day(click.ParamType[date]):
    """A day, as the file has it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no day of the calendar; one is written as 2027-03-01.", param, ctx)


class Looked(msgspec.Struct, frozen=True):
    """What a comparison found: all its findings, accepted ones too, and since when there are such recordings."""

    findings: tuple[Finding, ...]
    verdict: Verdict
    since: date | None = None


class _Summary(msgspec.Struct):
    accepted: tuple[Finding, ...] = ()


class _Document(msgspec.Struct):
    version: int
    command: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    summary: _Summary


@command_("accept", examples=EXAMPLES)
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@click.option("--reason", metavar="TEXT", help="Why it may stay.")
@click.option("--owner", metavar="NAME", help="Who answers for it.")
@click.option("--expires", type=Day(), metavar="DATE", help="The last day, such as 2027-03-01.")
@click.option(
    "--from", "source", type=File(), metavar="FILE", help="A report of harness drift as JSON; - is stdin."
)
@click.option("--baseline", type=File(), metavar="PATH", help="Instead of --from: compare these recordings,")
@click.option("--against", type=File(), metavar="PATH", help="with these.")
@click.option("--prune", "pruning", is_flag=True, help="Remove what has expired or is not found any more.")
@options.upstream
@weighing_options
def command(
    fingerprints: tuple[str, ...],
    reason: str | None,
    owner: str | None,
    expires: date | None,
    source: Path | None,
    baseline: Path | None,
    against: Path | None,
    pruning: bool,
    upstream: str | None,
    weighing: Weighing,
) -> None:
    """Accept findings for a while: they stay in the reports, and do not count.

    The file of accepted findings belongs into version control.
    """
    if not fingerprints and not pruning:
        raise UsageError("There is nothing to accept.", expected="fingerprints, or --prune")
    day = today()
    terms = _terms(reason, owner, expires, day) if fingerprints else None
    looked = _looked(source, baseline, against, upstream or "vitalentum", weighing)
    if terms and not looked:
        raise UsageError(
            "There is no report to look in.", expected="--from FILE, or --baseline and --against"
        )
    with changing(weighing.file) as change:
        if terms and looked:
            since = msgspec.structs.replace(terms, first_seen=min(looked.since or day, day))
            change.entries = accept(change.entries, looked.findings, fingerprints, since)
        pruned = (
            prune(change.entries, today=day, found=_found(looked)) if pruning else Pruned(change.entries, ())
        )
        change.entries = pruned.kept
    _tell(fingerprints, pruned, weighing.file)


def _terms(reason: str | None, owner: str | None, expires: date | None, day: date) -> Acceptance:
    said = {"--reason": (reason or "").strip(), "--owner": (owner or "").strip(), "--expires": expires}
    missing = [name for name, value in said.items() if not value]
    if missing or expires is None:
        raise UsageError(
            f"An acceptance needs {' and '.join(missing)}.",
            expected="--reason TEXT --owner NAME --expires DATE: somebody reads them in a year",
        )
    if expires < day:
        raise UsageError(
            "This acceptance would have expired already.",
            expected=f"a last day from {day} on",
            found=f"--expires {expires}",
        )
    return Acceptance(str(said["--reason"]), str(said["--owner"]), day, expires, day)


def _looked(
    source: Path | None, baseline: Path | None, against: Path | None, upstream: str, weighing: Weighing
) -> Looked | None:
    """What was found, by a report or by a comparison made now; None where neither is asked for."""
    if source and not baseline and not against:
        return _read(source)
    if baseline and against and not source:
        return _compared(baseline, against, upstream, weighing)
    if source or baseline or against:
        raise UsageError(
            "These do not go together.", expected="--from FILE, or --baseline PATH and --against PATH"
        )
    return None


def _compared(baseline: Path, against: Path, upstream: str, weighing: Weighing) -> Looked:
    from harness.disk.comparison import compare

    before, now = ([each for _, each in recorded(path)] for path in (baseline, against))
    report = weighing.weighed(compare(before, now, upstream=upstream), upstream)
    return Looked(report.findings, report.verdict, _since(now))


def _since(interactions: Sequence[Interaction]) -> date | None:
    """The day of the oldest of these recordings, as far as their tapes say."""
    streams = [each.response.stream for each in interactions]
    days = [stream.recorded_at[:10] for stream in streams if stream is not None and stream.recorded_at]
    try:
        return min(map(date.fromisoformat, days), default=None)
    except ValueError:  # a tape that was written by hand
        return None


def _read(source: Path) -> Looked:
    """A report that `harness drift --format json` wrote."""
    try:
        if str(source) == "-":
            text = sys.stdin.buffer.read(MAX_FILE + 1)
        else:
            with source.open("rb") as file:
                text = file.read(MAX_FILE + 1)
        document = msgspec.convert(parse_json(text), _Document)
    except OSError as error:
        raise _refused("The report cannot be read.", source, error.strerror) from None
    except ValueError as why:
        raise _refused("This is no report of harness drift as JSON.", source, str(why)) from None
    if document.command != "drift" or document.version != 1:
        raise _refused("This is no report of harness drift.", source, f"a report of {document.command}")
    return Looked((*document.findings, *document.summary.accepted), document.verdict)


def _refused(what: str, source: Path, found: str | None) -> UsageError:
    made = "make one: harness drift BASELINE --against PATH --format json --output report.json"
    return UsageError(what, where=str(source), found=found, help=made)


def _found(looked: Looked | None) -> set[str] | None:
    """The fingerprints that are found; None where nobody looked, or nothing could be seen."""
    if looked is None:
        return None
    if looked.verdict is Verdict.INCONCLUSIVE:
        say("Nothing could be seen, so nothing is known to be gone: only what has expired is removed.")
        return None
    return {finding.fingerprint for finding in looked.findings}


def _tell(wanted: Container[str], pruned: Pruned, file: Path) -> None:
    lines = [
        _line("accepted", entry, f"until {entry.expires}")
        for entry in pruned.kept
        if entry.fingerprint in wanted
    ]
    lines += [_line("removed", entry, why) for entry, why in pruned.removed]
    result("".join(lines))
    say(f"{file}: {counted(len(pruned.kept), 'accepted finding')}")


def _line(what: str, entry: Entry, more: str) -> str:
    return visible(f"{what}  {entry.fingerprint}  {entry.rule} at {entry.where}, {more}") + "\n"
