"""Small changes of chunks, out of which mutations are made: a field set, a chunk put in, texts joined.

Pure. Each function takes what is to change and gives a function from the old to the new.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from harness.upstreams.vitalentum.standin.mutation import Chunk, Chunks

Document = dict[str, Any]
Change = Callable[[Document], None]

# One object, changed in place: rows of the table are read as sentences with these.


def put(name: str, value: object) -> Change:
    """Set a field."""
    return lambda part: part.update({name: copy.deepcopy(value)})


def drop(name: str) -> Change:
    """Leave a field out."""
    return lambda part: part.pop(name, None)


def rename(old: str, new: str) -> Change:
    """Give a field another name, at its place."""

    def change(part: Document) -> None:
        renamed = {new if name == old else name: value for name, value in part.items()}
        part.clear()
        part.update(renamed)

    return change


def turn(name: str, value_of: Callable[[Any], object], *, only: type = object) -> Change:
    """Make another value of a field that is there, and holds *only* this kind."""

    def change(part: Document) -> None:
        if name in part and isinstance(part[name], only):
            part[name] = value_of(part[name])

    return change


# Chunks.


def every(change: Change) -> Callable[[Chunks], Chunks]:
    """The change in each chunk."""
    return lambda chunks: [_changed(chunk, change) for chunk in chunks]


def choices(change: Change) -> Callable[[Chunks], Chunks]:
    """The change in each choice of each chunk."""
    return every(lambda document: _each(document.get("choices", ()), change))


def deltas(change: Change) -> Callable[[Chunks], Chunks]:
    """The change in each delta."""
    return choices(lambda choice: change(choice.get("delta", {})))


def numbered(change: Callable[[int, Document], None]) -> Callable[[Chunks], Chunks]:
    """The change in each chunk, which is told its number."""

    def changed(chunks: Chunks) -> Chunks:
        return [
            _changed(chunk, lambda document, number=number: change(number, document))  # type: ignore[misc]
            for number, chunk in enumerate(chunks)
        ]

    return changed


def first(change: Change) -> Callable[[Chunks], Chunks]:
    """The change in the first chunk."""
    return lambda chunks: [_changed(chunks[0], change), *chunks[1:]]


def middle(change: Change) -> Callable[[Chunks], Chunks]:
    """The change in a chunk half-way."""

    def changed(chunks: Chunks) -> Chunks:
        half = len(chunks) // 2
        return [*chunks[:half], _changed(chunks[half], change), *chunks[half + 1 :]]

    return changed


def inserted(change: Change, *, at_end: bool = False) -> Callable[[Chunks], Chunks]:
    """One chunk more, half-way or behind the last: a copy of the one before, changed."""

    def changed(chunks: Chunks) -> Chunks:
        place = len(chunks) if at_end else len(chunks) // 2
        return [*chunks[:place], _changed(chunks[place - 1], change), *chunks[place:]]

    return changed


def says(text: str) -> Change:
    """The chunk says these words and nothing else."""
    return put("choices", [{"index": 0, "delta": {"content": text}, "finish_reason": None}])


def becomes(document: Document) -> Change:
    """The whole object is another."""

    def change(part: Document) -> None:
        part.clear()
        part.update(copy.deepcopy(document))

    return change


def text_of(chunk: Chunk) -> str:
    """What the chunk says."""
    said = [choice.get("delta", {}).get("content") for choice in chunk.document.get("choices", ())]
    return "".join(text for text in said if isinstance(text, str))


def with_text(chunk: Chunk, text: str) -> Chunk:
    """The chunk with other words."""
    (changed,) = deltas(put("content", text))([chunk])
    return changed


def joined(chunks: Chunks, count: int) -> Chunks:
    """So many texts in one chunk, which comes with the last of them."""
    spoken = [chunk for chunk in chunks if text_of(chunk)]
    if not spoken:
        return chunks
    groups = [spoken[start : start + count] for start in range(0, len(spoken), count)]
    made = [with_text(_late(group), "".join(map(text_of, group))) for group in groups]
    before, after = chunks[: chunks.index(spoken[0])], chunks[chunks.index(spoken[-1]) + 1 :]
    return [*before, *made, *after]


def _late(group: Chunks) -> Chunk:
    return msgspec.structs.replace(group[-1], delay_s=sum(chunk.delay_s for chunk in group))


def _changed(chunk: Chunk, change: Change) -> Chunk:
    document = copy.deepcopy(chunk.document)
    change(document)
    return msgspec.structs.replace(chunk, document=document)


def _each(parts: Iterable[Document], change: Change) -> None:
    for part in parts:
        change(part)
