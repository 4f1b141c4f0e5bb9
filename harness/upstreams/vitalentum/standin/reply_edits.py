"""Small changes of an answer on the wire, out of which mutations are made: its pieces, their pauses, its head.

Pure. Each function takes what is to change and gives a function from the old to the new, or is one.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import msgspec

from harness.upstreams.vitalentum.standin.mutation import DONE, blocks
from harness.upstreams.vitalentum.standin.script import Script, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Steps = tuple[Step, ...]
GZIP = 16 + zlib.MAX_WBITS


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
