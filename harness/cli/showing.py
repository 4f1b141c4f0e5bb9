"""From what drifted to where it can be seen: files and numbers for findings, recordings for the page.

Recordings are redacted once more before anything of them is shown: those of other tools may hold anything.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.cassette.cases import is_case
from harness.cassette.interaction import Interaction
from harness.cli.tapes import cassette_paths
from harness.disk.cassettes import load_cassette
from harness.disk.environment import environment_redactor
from harness.disk.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.drift.showing import Excerpt, Sheet
    from harness.drift.showing.days import Dated
    from harness.finding import Finding, Report
    from harness.report.drift_page import DriftShown, Told

MOST = 300
"""Recordings of one side that are looked through for pictures, spread evenly: a change shows in the first few."""


class Recording(msgspec.Struct, frozen=True):
    """One exchange, and where it lies: the file, and its number on that tape, from 1."""

    interaction: Interaction
    cassette: str
    number: int
    kept: bool = True
    """False for an answer whose file is gone when it is told of."""


def recordings(path: Path, *, kept: bool = True) -> list[Recording]:
    """Every exchange below *path*; what `harness fuzz` keeps is none. Without *kept* they are named, and in no file."""
    found = [(file, load_cassette(file)) for file in cassette_paths(path)]
    return [
        Recording(each, str(file) if kept else f"the answer {file.stem}", number, kept)
        for file, cassette in found
        if not is_case(cassette)
        for number, each in enumerate(cassette.interactions, start=1)
    ]


def shown(
    report: Report,
    before: Sequence[Recording],
    now: Sequence[Recording],
    *,
    upstream: str,
    otherwise: str | None,
) -> tuple[Report, DriftShown]:
    """The report with a place for each finding (*otherwise* the path that was checked), and what its page shows."""
    from harness.disk.upstreams import get_upstream
    from harness.drift.showing.days import days_of
    from harness.report.drift_page import DriftShown

    profile, sides = get_upstream(upstream), (spread(before), spread(now))
    dated = (_dated(sides[0], upstream), _dated(sides[1], upstream))
    told = tuple(_told(finding, sides, dated, otherwise) for finding in report.findings)
    days = days_of(report.findings, *dated, profile)
    left = len(before) + len(now) - sum(map(len, sides))
    accepted = tuple(_told(finding, sides, dated, otherwise).finding for finding in report.accepted)
    located = msgspec.structs.replace(
        report, findings=tuple(each.finding for each in told), accepted=accepted
    )
    return located, DriftShown(told, days, left)


def spread(recordings: Sequence[Recording]) -> list[Recording]:
    """At most `MOST` of them, from the first to the last."""
    count = len(recordings)
    return list(recordings) if count <= MOST else [recordings[place * count // MOST] for place in range(MOST)]


def _dated(side: Sequence[Recording], upstream: str) -> list[Dated]:
    from harness.disk.upstreams import get_upstream
    from harness.drift.showing import sheet_of

    redactor, profile = environment_redactor(), get_upstream(upstream)
    return [(_when(each), sheet_of(redactor.interaction(each.interaction), profile)) for each in side]


def _when(recording: Recording) -> str | None:
    stream = recording.interaction.response.stream
    return stream.recorded_at if stream else None


def _told(
    finding: Finding,
    sides: tuple[list[Recording], list[Recording]],
    dated: tuple[list[Dated], list[Dated]],
    otherwise: str | None,
) -> Told:
    from harness.drift.showing import pair_for
    from harness.report.drift_page import Told

    pair = pair_for(finding, _sheets(dated[0]), _sheets(dated[1]))
    if pair is None:
        return Told(msgspec.structs.replace(finding, cassette=otherwise))
    old, new, left, right = *sides, *pair
    place = new[right.recording]
    located = _located(finding, place, right) if place.kept else _unkept(finding)
    return Told(located, pair, _name(old[left.recording], left), _name(place, right))


def _located(finding: Finding, place: Recording, shown: Excerpt) -> Finding:
    """The finding with the place that shows it, which its help may name as well."""
    words = finding.help.replace("FILE", shlex.quote(place.cassette))
    marked = next((line.text for line in shown.lines if line.marked), "")
    return msgspec.structs.replace(
        finding,
        cassette=place.cassette,
        interaction=place.number,
        event=shown.event,
        line=lines_of(Path(place.cassette)).line_of(place.number, marked),
        help=words,
    )


def _unkept(finding: Finding) -> Finding:
    """The finding whose help names a file that there would have been."""
    words = finding.help.replace("FILE", "FILE (--out DIR keeps the answers)")
    return msgspec.structs.replace(finding, help=words)


def _sheets(dated: list[Dated]) -> list[Sheet]:
    return [sheet for _, sheet in dated]


def _name(recording: Recording, excerpt: Excerpt) -> str:
    place = excerpt.part if excerpt.event is None else f"event {excerpt.event}"
    number = f", interaction {recording.number}" if recording.kept else ""
    return f"{recording.cassette}{number}, {place}"
