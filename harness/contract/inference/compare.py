"""Two schemas of replies in, a report out: what moved, and how bad it is for those who read the reply.

Phases are compared one by one where both documents tell them apart. Places that differ in the same way in several
phases are one finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from harness.contract.inference.changes import Change, Pair, Place, changes, seen_in_words
from harness.contract.inference.flat import Opened, Schema, together
from harness.contract.inference.phases import Phase
from harness.contract.inference.rules import RULES
from harness.contract.wording import any_path
from harness.finding import Evidence, Finding, Report, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Key: TypeAlias = tuple[str, Place, str]
"""What makes two changes the same in several phases: rule, place and message."""


def compare_schemas(old: Schema, new: Schema) -> Report:
    """Each difference that matters to readers of what *new* describes, who were used to *old*.

    Where both documents tell phases apart they are compared phase by phase, else as wholes. Raises `UsageError` for a
    reference that leads nowhere.
    """
    one, other = Opened(old), Opened(new)
    before, now = one.phases(), other.phases()
    if before is None or now is None:
        return _report(
            (change, []) for change in changes(_whole(one, old), _whole(other, new), Pair(one, other))
        )
    told: dict[Key, tuple[Change, list[str]]] = {}
    for phase in (name for name in before if name in now):
        for change in changes(before[phase], now[phase], Pair(one, other)):
            told.setdefault((change.rule, change.place, change.message), (change, []))[1].append(phase)
    return _report(
        [*told.values(), *_phases("phase-removed", before, now), *_phases("phase-added", now, before)]
    )


def _phases(
    rule: str, these: Mapping[str, Schema], others: Mapping[str, Schema]
) -> Iterator[tuple[Change, list[str]]]:
    """The phases that *others* does not have, as one change."""
    names = [name for name in these if name not in others]
    if names:
        says = (
            "there is no such chunk any more" if rule == "phase-removed" else "there is a new kind of chunk"
        )
        seen = "; ".join(f"{name} {words}" for name in names if (words := seen_in_words(these[name])))
        yield Change(rule, (), says, **{"before" if rule == "phase-removed" else "now": seen or None}), names


def _whole(document: Opened, schema: Schema) -> Schema:
    """A schema in one piece. An error in the place of a chunk is none: it would make every field optional."""
    phases = document.phases()
    if phases is None:
        return schema
    chunks = [each for name, each in phases.items() if name.split(".")[-1] != Phase.ERROR]
    return together(chunks or list(phases.values()), document)


def _report(told: Iterable[tuple[Change, list[str]]]) -> Report:
    findings = sorted(
        (_finding(change, phases) for change, phases in told),
        key=lambda each: (list(Severity).index(each.severity), each.where, each.rule),
    )
    return Report(_verdict(findings), tuple(findings), {"differences": len(findings)})


def _finding(change: Change, phases: list[str]) -> Finding:
    row = RULES[f"schema-{change.rule}"]
    in_phases = f" ({', '.join(phases)})" if phases else ""
    return Finding(
        rule=row.id,
        severity=row.severity,
        layer=row.layer,
        where=any_path(change.place),
        message=change.message + in_phases,
        help=row.help,
        evidence=Evidence(before=change.before, now=change.now),
    )


def _verdict(findings: Iterable[Finding]) -> Verdict:
    severities = {finding.severity for finding in findings}
    if severities & {Severity.BREAKING, Severity.RISKY}:
        return Verdict.DRIFT
    return Verdict.BENIGN if severities else Verdict.CLEAN
