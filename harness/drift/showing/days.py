"""Which share of the recordings of each day show a field: a table of places and days. Pure.

A day is that of `recorded_at`; columns of before and of now stay apart, even for the same day. Only places that can be
there or not have a row: a status or a pace has none.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from harness.drift.showing.paths import MISSING, steps_of, values_at
from harness.drift.showing.sheet import Sheet
from harness.drift.showing.signs import readings_of
from harness.drift.stream import places_of
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from harness.finding import Finding
    from harness.upstreams.upstream import Upstream

MOST_COLUMNS = 12
"""Of one side; more days than that are gathered, so that a page stays as wide as a screen."""
MOST_ROWS = 60
UNDATED = "undated"

Shows: TypeAlias = Callable[[Sheet], bool | None]
"""Whether a recording shows a field; None where it could not, as an error reply shows no chunk."""


class Column(msgspec.Struct, frozen=True):
    """The recordings of one day, or of several days in a row."""

    now: bool
    first: str
    last: str
    recordings: int


class Row(msgspec.Struct, frozen=True):
    """One place, with the share of recordings that show it in each column; None where none could."""

    where: str
    severity: Severity | None
    """Of the worst finding there; None for a main field that nothing was found about."""
    shares: tuple[float | None, ...]


class Days(msgspec.Struct, frozen=True):
    """The table."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


Dated: TypeAlias = tuple[str | None, Sheet]
"""When it was recorded (RFC 3339), and the recording."""


def days_of(
    findings: Iterable[Finding], before: Sequence[Dated], now: Sequence[Dated], upstream: Upstream
) -> Days:
    """The table for these findings and for the main fields of the upstream."""
    groups = [(False, group) for group in _groups(before)] + [(True, group) for group in _groups(now)]
    columns = tuple(_column(is_now, group) for is_now, group in groups)
    worst: dict[str, Severity | None] = {}
    for finding in findings:  # worst first, so the first one of a place counts
        worst.setdefault(finding.where, finding.severity)
    for where in _main_places(upstream):
        worst.setdefault(where, None)
    sheets = [[sheet for _, sheet in group] for _, group in groups]
    rows = [
        Row(where, severity, tuple(_share(shows, each) for each in sheets))
        for where, severity in worst.items()
        if (shows := shows_at(where)) is not None
    ]
    return Days(columns, tuple(rows[:MOST_ROWS]))


def shows_at(where: str) -> Shows | None:
    """How to tell whether a recording shows the field; None for what cannot be there or not."""
    if where in LABELS:
        return lambda sheet: _if_events(sheet, any(LABELS[where] in block.label for block in sheet.blocks))
    if where in SIGNS:
        reading = readings_of(where)[0]
        return lambda sheet: _if_events(sheet, any(True for _ in reading(sheet)))
    if "$" in where:
        return _document(where.partition("$")[0], where.partition("$")[2])
    return _header(where) if "header:" in where else None


LABELS = {"sentinel": "end", "last-chunk": "finish", "usage-chunk": "usage", "first-chunk": "role"}
"""What an event of the stream says, for places that are told by it."""
SIGNS = {"comments", "event", "id", "retry"}
"""Places whose lines are there or not."""


def _document(prefix: str, path: str) -> Shows | None:
    steps = steps_of(path)
    if not steps:
        return None
    if prefix == "request:":
        return lambda sheet: _holds([sheet.asked], steps) if sheet.asked is not None else None
    if prefix == "error:":
        return lambda sheet: _holds([sheet.answered], steps) if sheet.answered is not None else None
    return lambda sheet: _if_events(sheet, _holds([block.document for block in sheet.blocks], steps))


def _holds(documents: list[object], steps: tuple[str | int, ...]) -> bool:
    return any(found is not MISSING for each in documents for found in values_at(each, steps))


def _header(where: str) -> Shows:
    side, _, name = where.rpartition("header:")
    if side == "request:":
        return lambda sheet: any(key.lower() == name for key, _ in sheet.request_headers)
    has = side == "error:"
    return lambda sheet: (
        any(key.lower() == name for key, _ in sheet.headers) if has is not bool(sheet.blocks) else None
    )


def _if_events(sheet: Sheet, shows: bool) -> bool | None:
    return shows if sheet.blocks else None


def _main_places(upstream: Upstream) -> list[str]:
    """The fields of the upstream's main kind of event, and its end."""
    fields = places_of(upstream)
    names = ("role", "text", "finish", "usage", "id", "created", "model")
    ends = ["sentinel"] if upstream.terminal or upstream.terminal_event else []
    return [fields[name] for name in names if name in fields] + ends


def _share(shows: Shows, sheets: list[Sheet]) -> float | None:
    told = [answer for sheet in sheets if (answer := shows(sheet)) is not None]
    return sum(told) / len(told) if told else None


def _groups(dated: Sequence[Dated]) -> list[list[Dated]]:
    """The recordings by day, in order; of too many days some in a row together."""
    days: dict[str, list[Dated]] = {}
    for each in sorted(dated, key=lambda pair: pair[0] or ""):
        days.setdefault(_day(each[0]), []).append(each)
    count = min(MOST_COLUMNS, len(days))
    groups = list(days.values())
    edges = [len(groups) * place // count for place in range(count + 1)] if count else []
    return [[each for group in groups[start:stop] for each in group] for start, stop in pairwise(edges)]


def _column(is_now: bool, group: list[Dated]) -> Column:
    return Column(is_now, _day(group[0][0]), _day(group[-1][0]), len(group))


def _day(recorded_at: str | None) -> str:
    """Undated recordings come first: they are older than the habit of dating them, or edited by hand."""
    return recorded_at[:10] if recorded_at else UNDATED
