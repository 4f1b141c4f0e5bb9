"""One change of the stand-in, and how changes are made on a question that comes and on an answer that goes.

Pure. A mutation has a function for each stage that it changes; the stages follow one another as they stand below,
whatever the order in which mutations are named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from harness.finding import Layer
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum.standin.intake import Refusal
from harness.upstreams.vitalentum.standin.script import Script, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

VITALENTUM = get_upstream("vitalentum")
DATA = b"data: "
END = b"\n\n"
DONE = DATA + (VITALENTUM.terminal or "").encode() + END

_BLOCK = re.compile(rb".*?\n\n|.+\Z", re.DOTALL)

Value = TypeVar("Value")


class Asked(msgspec.Struct, frozen=True):
    """A question as it came: names of headers are in lower case."""

    method: str
    path: str
    headers: Mapping[str, str] = {}
    body: bytes = b""


class Chunk(msgspec.Struct, frozen=True):
    """One chunk of a stream, and how long after the one before it comes."""

    delay_s: float
    document: dict[str, Any]
    lead: bytes = b""
    """What stands before it: comments."""


Chunks = list[Chunk]


class Mutation(msgspec.Struct, frozen=True):
    """One row of the table. Stages without a function stay as they are."""

    layer: Layer
    """Where `harness drift` must see it."""
    description: str
    admit: Callable[[Asked], Asked | Refusal] | None = None
    """The question: refused, or in the form that the service had before."""
    refuse: Callable[[Refusal], Refusal] | None = None
    """A refusal."""
    chunks: Callable[[Chunks], Chunks] | None = None
    """The chunks of a stream."""
    steps: Callable[[tuple[Step, ...]], Iterable[Step]] | None = None
    """The pieces of a stream: bytes and pauses, `[DONE]` among them."""
    reply: Callable[[Script], Script] | None = None
    """The whole answer: status, headers, ending."""
    scenario: str = "reply"
    """The scenario that has what is changed."""


def admitted(mutations: Sequence[Mutation], asked: Asked) -> Asked | Refusal:
    """The question as the unchanged stand-in takes it, or the first refusal."""
    for mutation in mutations:
        if mutation.admit is not None:
            taken = mutation.admit(asked)
            if isinstance(taken, Refusal):
                return taken
            asked = taken
    return asked


def refused(mutations: Sequence[Mutation], refusal: Refusal) -> Refusal:
    """The refusal after these changes."""
    return _through([mutation.refuse for mutation in mutations], refusal)


def replied(mutations: Sequence[Mutation], script: Script) -> Script:
    """The answer after these changes."""
    if is_stream(script):
        script = msgspec.structs.replace(script, steps=_steps(mutations, script.steps))
    return _through([mutation.reply for mutation in mutations], script)


def is_stream(script: Script) -> bool:
    """Whether the answer is a stream of events; a page and a bare error are none."""
    return any(step.data.startswith(DATA) for step in script.steps)


def blocks(steps: Iterable[Step]) -> list[Step]:
    """The same bytes, one event a piece; events that came together come together still."""
    found: list[Step] = []
    for step in steps:
        for number, part in enumerate(_BLOCK.findall(step.data)):
            found.append(Step(0 if number else step.delay_s, part))
    return found


def chunk_of(block: Step) -> Chunk | None:
    """The chunk in this block; None where it holds something else."""
    lines = [line.removeprefix(DATA) for line in block.data.split(b"\n") if line.startswith(DATA)]
    try:
        document = json.loads(b"\n".join(lines))
    except ValueError:
        return None
    return Chunk(block.delay_s, document) if isinstance(document, dict) else None


def step_of(chunk: Chunk) -> Step:
    """The chunk as a piece."""
    text = json.dumps(chunk.document, ensure_ascii=False, separators=(",", ":"))
    return Step(chunk.delay_s, chunk.lead + DATA + text.encode("utf-8", "surrogatepass") + END)


def _steps(mutations: Sequence[Mutation], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    changes = [mutation.chunks for mutation in mutations if mutation.chunks is not None]
    changed = _rewritten(changes, steps) if changes and any(map(chunk_of, blocks(steps))) else steps
    for mutation in mutations:
        if mutation.steps is not None:
            changed = tuple(mutation.steps(changed))
    return changed


def _rewritten(changes: Sequence[Callable[[Chunks], Chunks]], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The chunks changed; what follows the last of them follows it still."""
    chunks: Chunks = []
    waiting: list[Step] = []
    for block in blocks(steps):
        chunk = chunk_of(block)
        if chunk is None:
            waiting.append(block)
            continue
        lead, pause_s = b"".join(each.data for each in waiting), sum(each.delay_s for each in waiting)
        chunks.append(Chunk(chunk.delay_s + pause_s, chunk.document, lead))
        waiting = []
    changed: Chunks = _through(changes, chunks)
    return (*map(step_of, changed), *waiting)


def _through(changes: Iterable[Callable[[Value], Value] | None], value: Value) -> Value:
    return reduce(lambda so_far, change: change(so_far) if change is not None else so_far, changes, value)
