"""The chunks of a stream into facts about their order: what follows what, where role, finish and usage stand. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.chunks import Chunk
    from harness.drift.notes import Notes


def look_at_order(notes: Notes, chunks: list[Chunk]) -> None:
    """Note the order of these chunks; there is at least one."""
    for pair in set(pairwise(["start", *_labels(chunks), "end"])):
        notes.note("pair", *pair)
    _look_at_role(notes, chunks)
    _look_at_finish(notes, chunks)
    _look_at_usage(notes, chunks)
    if any(chunk.kind.phase == "error" for chunk in chunks):
        notes.note("fact", "error-in-stream")


def _labels(chunks: list[Chunk]) -> Iterator[str]:
    """The label of each chunk; one of the same kind, with a text as well, has that of the one before."""
    last, label = None, ""
    for chunk in chunks:
        if chunk.kind is not last or not chunk.text:
            last, label = chunk.kind if chunk.text else None, label_of(chunk)
        yield label


def label_of(chunk: Chunk) -> str:
    """What a chunk brings, in words joined by `+`."""
    kind = chunk.kind
    parts = (
        ("error", kind.phase == "error"),
        ("role", kind.role),
        ("text", chunk.text),
        ("tool", kind.phase == "tool"),
        ("finish", kind.finish),
        ("usage", kind.usage),
    )
    return "+".join(name for name, holds in parts if holds) or "empty"


def _look_at_role(notes: Notes, chunks: list[Chunk]) -> None:
    first, text = chunks[0].kind, chunks[0].text
    notes.note("fact", "role-first" if first.role else "role-not-first")
    if any(chunk.kind.role for chunk in chunks[1:]):
        notes.note("fact", "role-again" if first.role else "role-late")
    if first.role and text:
        notes.note("fact", "role-with-text")


def _look_at_finish(notes: Notes, chunks: list[Chunk]) -> None:
    ends = [(number, chunk) for number, chunk in enumerate(chunks) if chunk.kind.finish]
    notes.note("fact", "finish" if ends else "finish-missing")
    if not ends:
        return
    seen = [chunk.kind.choice for _, chunk in ends]
    if len(set(seen)) < len(seen):
        notes.note("fact", "finish-again")
    if any(chunk.text for _, chunk in ends):
        notes.note("fact", "finish-with-text")
    if seen[0] == seen[-1] and any(chunk.text for chunk in chunks[ends[-1][0] + 1 :]):
        notes.note("fact", "text-after-finish")
    notes.words((chunk.kind.finish or "" for _, chunk in ends), "finish-reason")


def _look_at_usage(notes: Notes, chunks: list[Chunk]) -> None:
    places = [number for number, chunk in enumerate(chunks) if chunk.kind.usage]
    notes.note("fact", "usage" if places else "usage-missing")
    if not places:
        return
    if len(places) > 1:
        notes.note("fact", "usage-again")
    last = places[-1]
    finish = next((number for number, chunk in enumerate(chunks) if chunk.kind.finish), len(chunks))
    where = "with" if last == finish else "before" if last < finish else "after"
    notes.note("fact", f"usage-{where}-finish")
    notes.note("fact", "usage-with-choices" if chunks[last].kind.choices else "usage-alone")
