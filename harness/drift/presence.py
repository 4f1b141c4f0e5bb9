"""Which fields came, went, moved, or are there now and then: by interaction, and for chunks phase by phase. Pure.

What was never missing and is missing now is certain; a rate is asked for its chance. What is new beside something lost
is the new name, or the new place, of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.drift.change import Change, share
from harness.drift.layout import ANY
from harness.drift.statistics import LEVEL, fewer, more, needed
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.view import View

MOSTLY, HALF = 0.9, 0.5
"""Shares of the streams between which a rate has to fall to be told of a field that some streams never had."""
STRANGER = 3
"""Fields that are missing together, from which on it is the object that is new."""


def presence_changes(view: View, phase: str) -> Iterator[Change]:
    """The differences of one phase; `ANY` is all of them."""
    changes = [change for pair in view.fields for change in _field(view, phase, *pair)]
    strangers = _of_a_stranger(changes)
    gone = [change for change in changes if change.rule.endswith("-removed")]
    names = {change.where for change in changes if change.rule.endswith("-added")}
    for change in changes:
        if change in gone and view.kind == "request" and (new := _renamed(change.where, names)):
            yield msgspec.structs.replace(change, severity=Severity.BREAKING, detail=f"{new} now")
        elif change not in strangers and not (
            (gone or strangers) and change.rule.endswith(("-field-added", "-field-moved"))
        ):
            yield change


def _field(view: View, phase: str, parent: str, path: str) -> Iterator[Change]:
    total, size = view.counts("type", phase, parent, "object")
    if not total or not size:
        return
    had, has = view.counts("present", phase, path)
    always, still = view.counts("every", phase, path)
    is_whole = phase == ANY and view.is_chunk
    if had and not has:
        if not (is_whole and view.is_lost_with_phase(path)):
            yield from _gone(view, phase, path, (had, total), size, always=always == total)
    elif has and not had:
        if not (is_whole and view.is_of_tools("present", path)):
            yield from _new(view, phase, path, total, (has, size))
    elif is_whole and view.is_kept(parent, path):
        yield from _everywhere(view, parent, path)
    elif always == total >= view.least and still < size:
        yield _optional(view, phase, path, total, (still, size))
    elif is_whole:
        yield from _rarer(view, path, (had, total), (has, size))
        yield from _everywhere(view, parent, path)


def _gone(
    view: View, phase: str, path: str, before: tuple[int, int], size: int, *, always: bool
) -> Iterator[Change]:
    had, total = before
    words = share(had, total), share(0, size)
    if phase != ANY:
        if always and total >= view.least:
            core = "removed" if phase == "text" else "moved"
            kind = core if path in view.core else "optional"
            yield view.change(kind, path, *words, f"no longer in the {phase} chunk")
    elif had == total >= view.least:
        yield view.change("removed", path, *words)
    elif view.kind == "request":
        return  # how often callers set a field is theirs to choose
    else:
        p, short = fewer(had, total, 0, size), needed(had, total, size)
        yield view.change("removed", path, *words, p=p, needed=short, severity=Severity.RISKY)


def _new(view: View, phase: str, path: str, total: int, now: tuple[int, int]) -> Iterator[Change]:
    has, size = now
    p = more(0, total, has, size)
    is_rate = view.kind == "request" or p >= LEVEL  # how often callers set a field is theirs to choose
    if (is_rate and has < size) or (p >= 0.05 and view.kind != "error"):
        return
    if phase == ANY:
        yield view.change("added", path, share(0, total), share(has, size))
    else:
        kind = "moved" if view.counts("present", ANY, path)[0] else "added"
        yield view.change(kind, path, share(0, total), share(has, size), f"now in the {phase} chunk")


def _optional(view: View, phase: str, path: str, total: int, now: tuple[int, int]) -> Change:
    words = share(total, total), share(*now)
    if view.kind == "request":
        return view.change("removed", path, *words, p=fewer(total, total, *now))
    was_null, _ = view.counts("type", phase, path, "null")
    bad = view.is_chunk and (bool(was_null) or path in view.core)
    detail = "absent where it was null" if was_null else f"in the {phase} chunk" if phase else ""
    return view.change("optional", path, *words, detail, severity=Severity.BREAKING if bad else None)


def _rarer(view: View, path: str, before: tuple[int, int], now: tuple[int, int]) -> Iterator[Change]:
    """A field that every stream had somewhere, and that too many have nowhere; or nearly every one, and now few."""
    missed = before[0] == before[1] and now[0] < now[1]
    if (missed or _is_landslide(before, now)) and path != view.paths.get("usage"):
        p = fewer(*before, *now)
        if p < LEVEL:
            yield view.change("optional", path, share(*before), share(*now), p=p)


def _is_landslide(before: tuple[int, int], now: tuple[int, int]) -> bool:
    """From nine of ten to half: what callers ask for moves a rate too, and seldom so far."""
    return before[0] >= MOSTLY * before[1] and now[0] <= HALF * now[1]


def _everywhere(view: View, parent: str, path: str) -> Iterator[Change]:
    """A field that stood in some chunks of a stream and stands in all of them."""
    if (path in view.core and path != view.paths.get("role")) or view.was_everywhere(parent, path):
        return  # the order of the stream speaks of these
    several, many = view.counts("several", ANY, path)
    was, every = view.counts("every", ANY, path)
    if several >= 2 and not was and many == every == view.counts("present", ANY, path)[1]:
        yield view.change("everywhere", path, share(0, several), share(every, many))


def _renamed(where: str, names: set[str]) -> str | None:
    """The new sibling of a field that is gone, if there is just one."""
    parent = where.rpartition(".")[0]
    found = [name for name in names if name.rpartition(".")[0] == parent]
    return found[0] if len(found) == 1 else None


def _of_a_stranger(changes: list[Change]) -> list[Change]:
    """Where several fields are missing equally often, an object of another kind came: all but the worst of them."""
    optional = [change for change in changes if change.rule.endswith("-optional")]
    counts = [(change.before, change.now) for change in optional]
    alike = [change for change in optional if counts.count((change.before, change.now)) >= STRANGER]
    return sorted(alike, key=lambda change: change.severity is not Severity.BREAKING)[1:]
