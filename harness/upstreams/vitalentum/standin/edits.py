"""Small changes, out of which mutations are made: of chunks, of pieces, of heads, of questions and of refusals.

Pure. Each function takes what is to change and gives a function from the old to the new.
"""

from __future__ import annotations

import copy
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from harness.upstreams.vitalentum.standin.intake import Refusal
from harness.upstreams.vitalentum.standin.mutation import DONE, Asked, Chunk, Chunks, blocks
from harness.upstreams.vitalentum.standin.script import Script, Step

Document = dict[str, Any]
Change = Callable[[Document], None]
Steps = tuple[Step, ...]

JSON = "application/json"
GZIP = 16 + zlib.MAX_WBITS

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


# Pieces.


def swap(old: bytes, new: bytes) -> Callable[[Steps], Iterable[Step]]:
    """Other bytes in each event."""
    return lambda steps: [Step(step.delay_s, step.data.replace(old, new)) for step in blocks(steps)]


def before_first(data: bytes) -> Callable[[Steps], Iterable[Step]]:
    """Bytes more at the beginning."""
    return lambda steps: [Step(steps[0].delay_s, data + steps[0].data), *steps[1:]]


def behind(data: bytes) -> Callable[[Steps], Iterable[Step]]:
    """One piece more at the end."""
    return lambda steps: [*steps, Step(0, data)]


def before_each(data: bytes) -> Callable[[Steps], Iterable[Step]]:
    """Bytes before each event that holds a chunk."""
    return lambda steps: [
        step if step.data == DONE else Step(step.delay_s, data + step.data) for step in blocks(steps)
    ]


def quoted(steps: Steps) -> Iterator[Step]:
    """The JSON of each chunk as a string of JSON."""
    for step in blocks(steps):
        text = step.data.removeprefix(b"data: ").strip().decode("utf-8", "replace")
        said = b"data: " + json.dumps(text, ensure_ascii=False).encode() + b"\n\n"
        yield Step(step.delay_s, said) if text.startswith("{") else step


def bare(steps: Steps) -> Iterator[Step]:
    """The JSON of each chunk on a line of its own, and nothing else."""
    for step in blocks(steps):
        if step.data != DONE:
            yield Step(step.delay_s, step.data.removeprefix(b"data: ").rstrip() + b"\n")


def paced(first: float = 1.0, others: float = 1.0) -> Callable[[Steps], Iterable[Step]]:
    """The pause before the first piece, and those before the others, so many times as long."""
    return lambda steps: [
        Step(steps[0].delay_s * first, steps[0].data),
        *(Step(step.delay_s * others, step.data) for step in steps[1:]),
    ]


def pausing(times: float) -> Callable[[Steps], Iterable[Step]]:
    """One long pause half-way: so many times as long as the first."""

    def changed(steps: Steps) -> Iterable[Step]:
        half = len(steps) // 2
        return [*steps[:half], Step(steps[0].delay_s * times, steps[half].data), *steps[half + 1 :]]

    return changed


def at_once(steps: Steps) -> Iterable[Step]:
    """All pieces when the last would have come."""
    whole = sum(step.delay_s for step in steps)
    return [Step(0 if number else whole, step.data) for number, step in enumerate(steps)]


# Whole answers.


def header(name: str, value: str | None) -> Callable[[Script], Script]:
    """A header with this value, or none."""

    def change(script: Script) -> Script:
        kept = tuple(pair for pair in script.headers if pair[0].lower() != name.lower())
        more = () if value is None else ((name, value),)
        return msgspec.structs.replace(script, headers=kept + more)

    return change


def measured(script: Script) -> Script:
    """In one piece, under a Content-Length."""
    whole = Step(sum(step.delay_s for step in script.steps), script.body)
    made = msgspec.structs.replace(script, steps=(whole,))
    return header("Content-Length", str(len(script.body)))(made)


def compressed(script: Script) -> Script:
    """Under gzip, each piece flushed by itself."""
    packer = zlib.compressobj(wbits=GZIP)
    steps = [
        Step(step.delay_s, packer.compress(step.data) + packer.flush(zlib.Z_SYNC_FLUSH))
        for step in script.steps
    ]
    made = msgspec.structs.replace(script, steps=(*steps, Step(0, packer.flush())))
    return header("Content-Encoding", "gzip")(made)


def instead(status: int, body: bytes, *headers: tuple[str, str]) -> Callable[[Script], Script]:
    """Another answer altogether."""
    return lambda script: Script(status=status, headers=headers, steps=(Step(0, body),))


# Questions.


def refuses(status: int, body: str, content_type: str = JSON) -> Callable[[Asked], Asked | Refusal]:
    """No question is answered any more."""
    return lambda asked: Refusal(status, content_type, body.encode())


def wants_header(name: str, status: int, body: str) -> Callable[[Asked], Asked | Refusal]:
    """A question without this header is refused."""
    refusal = Refusal(status, JSON, body.encode())
    return lambda asked: asked if name in asked.headers else refusal


def wants_body(
    read: Callable[[Document], Document | None], status: int, body: str
) -> Callable[[Asked], Asked | Refusal]:
    """A question in another form than *read* knows is refused; *read* gives the form of before."""

    def admit(asked: Asked) -> Asked | Refusal:
        try:
            document = json.loads(asked.body)
        except ValueError:
            return asked
        before = read(document) if isinstance(document, dict) else None
        if before is None:
            return Refusal(status, JSON, body.encode())
        return msgspec.structs.replace(asked, body=json.dumps(before).encode())

    return admit


# Refusals.


def refusal(**parts: Any) -> Callable[[Refusal], Refusal]:
    """A refusal with these parts exchanged."""
    return lambda refused: msgspec.structs.replace(refused, **parts)


def words(make: Callable[[str], Document]) -> Callable[[Refusal], Refusal]:
    """The words of a refusal in another document."""

    def change(refused: Refusal) -> Refusal:
        try:
            text = json.loads(refused.body)["message"]
        except (ValueError, KeyError):
            return refused
        return msgspec.structs.replace(refused, body=json.dumps(make(text), separators=(",", ":")).encode())

    return change
