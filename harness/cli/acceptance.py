"""`harness drift accept`: a finding that need not be mended is written down, with who, why, and until when."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import click
import msgspec

from harness.cli.command import command as command_
from harness.cli.options import Command, File, setting
from harness.cli.screen import say
from harness.disk.acceptance import NAME, changing, read_accepted
from harness.drift.accepted import accept, prune, without_accepted
from harness.errors import UsageError
from harness.finding import Finding
from harness.report.context import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harness.finding import Report

EXAMPLES = (
    'harness drift accept 1f2e3d4c5b6a --reason "a new model" --owner ann --expires 2027-03-01',
    'harness drift accept 1f2e3d4c5b6a --from drift.json --reason "a new model" --owner ann',
    "harness drift accept --prune --from drift.json",
)
_FINGERPRINT = re.compile(r"[0-9a-f]{12}\Z")


class Day(click.ParamType[date]):
    """A day as `2027-03-01`."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day such as 2027-03-01.", param, ctx)


def accepted_option(function: Command) -> Command:
    """Where accepted findings are kept."""
    words = "The file of accepted findings."
    return setting("--accepted", type=File(), default=NAME, show_default=True, metavar="FILE", help=words)(
        function
    )


@command_("accept", examples=EXAMPLES)
@click.argument("fingerprints", nargs=-1, metavar="[FINGERPRINT]...")
@click.option("--reason", metavar="TEXT", help="Why it need not be mended.")
@click.option("--owner", metavar="NAME", help="Who answers for it.")
@click.option("--expires", type=Day(), metavar="DATE", help="The last day on which it is accepted.")
@click.option("--from", "report", type=File(), metavar="FILE", help="The JSON report that has the findings.")
@click.option("--prune", "pruned", is_flag=True, help="Take out what is over, or not in the report any more.")
@accepted_option
def command(
    fingerprints: tuple[str, ...],
    reason: str | None,
    owner: str | None,
    expires: date | None,
    report: Path | None,
    pruned: bool,
    accepted: Path,
) -> None:
    """Accept findings of drift: from now on they are told, and do not count.

    A finding's FINGERPRINT stands in the reports; it stays the same when the same change is recorded again.
    """
    known = _known(report) if report is not None else None
    _checked(fingerprints, known)
    today = datetime.now(UTC).date()
    if not fingerprints and not pruned:
        raise UsageError("There is nothing to accept.", help="give fingerprints, or --prune")
    if fingerprints and not (reason and owner):
        raise UsageError(
            "What is accepted needs a reason and an owner.", help="add --reason TEXT --owner NAME"
        )
    with changing(accepted) as entries:
        if pruned:
            entries[:] = prune(entries, today, seen=None if known is None else known.values())
        entries[:] = accept(
            entries,
            fingerprints,
            known=known or {},
            reason=reason or "",
            owner=owner or "",
            today=today,
            expires=expires,
        )
        say(f"{counted(len(entries), 'accepted finding')} in {accepted}")


def as_counted(report: Report, accepted: Path) -> Report:
    """The report without what is accepted today."""
    return without_accepted(report, read_accepted(accepted), datetime.now(UTC).date())


def _known(report: Path) -> Mapping[str, Finding]:
    """The findings of a JSON report by their fingerprints, those accepted already among them."""
    try:
        document = msgspec.json.decode(report.read_bytes())
        findings = msgspec.convert(document["findings"], list[Finding])
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise UsageError(
            f"the report cannot be read: {why}",
            where=str(report),
            expected="what `harness drift ... --format json --output FILE` writes",
        ) from None
    return {finding.fingerprint: finding for finding in findings}


def _checked(fingerprints: tuple[str, ...], known: Mapping[str, Finding] | None) -> None:
    for fingerprint in fingerprints:
        if not _FINGERPRINT.match(fingerprint):
            raise UsageError(
                f"{fingerprint!r} is no fingerprint.", expected="twelve hex digits, as reports show them"
            )
        if known is not None and fingerprint not in known:
            raise UsageError(
                f"There is no finding {fingerprint} in the report.",
                expected=", ".join(known) or "a report with findings",
                help="take the fingerprint from the newest report",
            )
