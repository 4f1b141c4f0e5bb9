"""What differs in the documents of one kind, path by path: first for the whole stream, then phase by phase.

A phase speaks only of places of which nothing was said for the whole, so that one change is told once. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.layout import ANY
from harness.drift.presence import presence_changes
from harness.drift.values import length_changes, type_changes, value_changes
from harness.drift.view import PHASES, PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.change import Change
    from harness.drift.view import View


def document_changes(view: View) -> list[Change]:
    """Every difference in this kind of document; none where one side has no such document."""
    if not all(view.counts("seen", ANY, "$")):
        return []
    found = [*_pooled(view)]
    told = {_place(view, change) for change in found}
    for phase in PHASES if view.is_chunk else ():
        total, size = view.counts("seen", phase, "$")
        if total >= view.least and size:
            fresh = [change for change in _phased(view, phase, told) if _place(view, change) not in told]
            told |= {_place(view, change) for change in fresh}
            found += fresh
    return found


def _pooled(view: View) -> Iterator[Change]:
    """Differences that do not depend on the place in the stream."""
    yield from presence_changes(view, ANY)
    for path in view.shared(ANY):
        yield from type_changes(view, ANY, path)
        yield from length_changes(view, ANY, path)
        yield from value_changes(view, path)


def _phased(view: View, phase: str, told: set[str]) -> Iterator[Change]:
    """Differences at one place of the stream."""
    yield from presence_changes(view, phase)
    for path in view.shared(phase):
        if path not in told:
            yield from type_changes(view, phase, path)
            yield from length_changes(view, phase, path)


def _place(view: View, change: Change) -> str:
    return change.where.removeprefix(PREFIX[view.kind])
