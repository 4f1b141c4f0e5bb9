"""What a rendering needs beside the report: which command asks, what the reader's screen can show. Values only."""

from __future__ import annotations

import re
from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.finding import Evidence, Finding, Report


class Format(StrEnum):
    """The forms a report comes in."""

    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    JUNIT = "junit"
    SARIF = "sarif"
    MARKDOWN = "markdown"
    GITHUB = "github"
    GITLAB = "gitlab"
    ISSUE = "issue"
    HTML = "html"


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what the screen can show. `version` is this package's."""

    command: str
    version: str
    color: bool = False
    signs: bool = True
    """False where the screen can show ASCII only."""
    show_accepted: bool = False
    """Whether the text shows the findings that do not count, and not their number alone."""


def tally(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each severity, worst first; those that do not occur are left out."""
    counts = Counter(finding.severity for finding in findings)
    return {severity.value: counts[severity] for severity in Severity if counts[severity]}


def in_words(findings: tuple[Finding, ...]) -> str:
    """`no findings`, `1 finding (1 risky)`, `3 findings (2 breaking, 1 risky)`."""
    if not findings:
        return "no findings"
    each = ", ".join(f"{count} {severity}" for severity, count in tally(findings).items())
    return f"{counted(len(findings), 'finding')} ({each})"


def in_one_line(finding: Finding) -> str:
    """`breaking: chunk-not-json: the data is no JSON (exchange 2, event 5)`; without the event where there is none."""
    event = "" if finding.event is None else f", event {finding.event}"
    return (
        f"{finding.severity}: {finding.rule}: {finding.message} (exchange {finding.interaction or 1}{event})"
    )


LISTED = {
    "undecided": "that may be chance: more recordings would tell",
}
"""Lists of a summary, and what is said of their length."""
TOLD_APART = {
    "old_recordings": "recording| before",
    "new_recordings": "recording| now",
    "old_answers": "answer| before",
    "new_answers": "answer| now",
    "blocked_answers": "blocked answer| now",
}
"""Counts of drift in words, with the place where an ending for several goes."""
SILENT_ZERO = {"blocked_answers"}
"""Counts that are worth a word only where there is something."""


def facts(report: Report) -> list[str]:
    """The counts of a report's summary in words; those by severity are told with the findings."""
    severities = set(Severity)
    return [
        _fact(name, count)
        for name, count in report.summary.items()
        if isinstance(count, int) and name not in severities and (count or name not in SILENT_ZERO)
    ] + [
        f"{len(rows):,} {LISTED[name]}"
        for name, rows in report.summary.items()
        if name in LISTED and isinstance(rows, list) and rows
    ]


def _fact(name: str, count: int) -> str:
    word, _, rest = TOLD_APART.get(name, name.removesuffix("s").replace("_", " ")).partition("|")
    return counted(count, word) + rest


def counted(number: int, name: str) -> str:
    """`1 event`, `1,204 events`, `2 replies`."""
    if number == 1:
        return f"1 {name}"
    return f"{number:,} {name.removesuffix('y')}ies" if name.endswith("ply") else f"{number:,} {name}s"


def place(finding: Finding) -> str:
    """Where the finding is first seen: file, interaction and event, as far as they are known."""
    parts = [finding.cassette] if finding.cassette else []
    parts += [f"interaction {finding.interaction}"] if finding.interaction is not None else []
    parts += [f"event {finding.event}"] if finding.event is not None else []
    return ", ".join(parts)


def acceptance(finding: Finding) -> str:
    """Who accepted it, why and until when; nothing for a finding that counts."""
    said = finding.accepted
    return f"by {said.owner} until {said.expires}, since {said.accepted}: {said.reason}" if said else ""


COUNTS = re.compile(r"\d+ of \d+")
"""How drift tells in how many recordings it saw something."""
MOVERS = {
    "upstream": "the upstream: the schema refuses what it sends now",
    "baseline": "the schema: it refuses what was recorded, and allows what is sent now",
    "schema": "the upstream, and the schema refuses both: it is behind",
    "within": "the upstream, within what the schema allows",
}
"""Who moved, in words."""


def evidence(finding: Finding) -> dict[str, str]:
    """What a finding rests on, as labelled words."""
    said = finding.evidence
    rows = {
        "before": said.before,
        "now": said.now,
        "p": _chance(said),
        "needed": f"{said.needed} more recordings would settle it" if said.needed else None,
        "who moved": MOVERS.get(said.moved or ""),
    }
    return {label: words for label, words in rows.items() if words}


def _chance(said: Evidence) -> str | None:
    """What chance has to do with it; where no recordings were counted, the question does not arise."""
    if isinstance(said.p, float):
        return f"{said.p:.3g}"
    counted_both = all(COUNTS.search(words or "") for words in (said.before, said.now))
    return said.p if counted_both or said.moved else None


def evidence_lines(finding: Finding) -> list[str]:
    """The same as lines: `before: 12 of 12`."""
    return [f"{label}: {words}" for label, words in evidence(finding).items()]
