"""Strategies for whole chat streams: valid by construction, because each is a walk of the stream grammar's one table.

A stream varies in everything the contract leaves open: how many answers, how long, which of their pieces share a chunk,
how the JSON is spaced and escaped, how lines end, and where comments stand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
from hypothesis import strategies as st

from harness.chat.events import Delta, Done, Finished, Stamp, Started, ToolDelta, Usage
from harness.chat.machine import Kind, Machine, Move, State
from harness.errors import UsageError
from harness.sse import Event, encode_comment, encode_event
from harness.upstreams.reading import machine_for
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import Framing, Upstream
from harness.upstreams.writing import Said, can_say, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_FRAGMENTS = {
    Kind.CALL: ToolDelta(0, "call", "name"),
    Kind.CALL_NAME: ToolDelta(0, None, "name"),
    Kind.CALL_PIECE: ToolDelta(0, None, None, "{"),
}
_PROBES: dict[Kind, Said] = {
    Kind.STARTED: Started("assistant"),
    Kind.DELTA: Delta("x"),
    Kind.FINISHED: Finished("stop"),
    Kind.USAGE: Usage(),
    Kind.DONE: Done(),
    **_FRAGMENTS,
}
"""A saying of each kind, to ask an upstream's templates about."""

_GROWING = frozenset({Kind.DELTA, Kind.USAGE, *_FRAGMENTS})
"""What can be said without end."""

STAMPS = st.builds(
    Stamp,
    id=st.from_regex(r"chatcmpl-[A-Za-z0-9]{4,12}", fullmatch=True),
    created=st.integers(0, 99_999_999_999),
    model=st.sampled_from(["gpt-3.5-turbo", "gpt-3.5-turbo-0613"]),
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_COUNTS = st.integers(0, 2**20)
_ARGUMENTS = st.dictionaries(
    _TEXTS, st.integers() | st.booleans() | _TEXTS | st.lists(_TEXTS, max_size=2), max_size=3
).map(lambda arguments: json.dumps(arguments, ensure_ascii=False))


class Tongue(msgspec.Struct, frozen=True):
    """What an upstream has words for."""

    upstream: Upstream
    kinds: frozenset[Kind]
    several: bool
    """Choices can be told apart."""
    at_once: bool
    """A tool call can say its arguments where it begins."""
    reasons: tuple[str, ...]
    counts: dict[str, st.SearchStrategy[int | None]]
    ends_in_chunk: bool
    """The last chunk says itself that it is the last, and why."""


def chat_streams(upstream: str | Upstream = "vitalentum", *, longest: int = 24) -> st.SearchStrategy[bytes]:
    """The bytes of a valid stream of *upstream*, from its first chunk to its terminal event.

    After *longest* events the walk makes for the end, so a stream is a few events longer at most. Raises `UsageError`
    for an upstream whose profile has no templates to write chunks from.
    """
    found = get_upstream(upstream) if isinstance(upstream, str) else upstream
    tongue = tongue_of(found)
    needed = {Kind.STARTED, Kind.FINISHED, *([Kind.DONE] if found.has_end else [])}
    if not needed <= tongue.kinds:
        raise UsageError(
            f"no chat streams are known for {found.name!r}",
            help="give its profile templates that say role, finish and done",
        )
    return _streams(tongue, longest)


def tongue_of(upstream: Upstream) -> Tongue:
    counts: dict[str, st.SearchStrategy[int | None]] = {
        name: _COUNTS if can_say(upstream, Usage(**{name: 1})) else st.none()
        for name in Usage.__struct_fields__
    }
    return Tongue(
        upstream=upstream,
        kinds=frozenset(kind for kind, said in _PROBES.items() if can_say(upstream, said)),
        several=can_say(upstream, Finished("stop", 1)),
        at_once=can_say(upstream, ToolDelta(0, None, "name", "{}")),
        reasons=next((each.reasons for each in upstream.events if each.reasons), ("stop", "length")),
        counts=counts,
        ends_in_chunk=any(each.done for each in upstream.events),
    )


@st.composite
def _streams(draw: st.DrawFn, tongue: Tongue, longest: int) -> bytes:
    stamp, framing = draw(STAMPS), draw(framings(tongue.upstream))
    said = draw(walks(tongue, longest))
    chunks = draw(_chunked(tongue, draw(with_arguments(tongue, said))))
    return b"".join(framing(event) for chunk in chunks for event in write(tongue.upstream, chunk, stamp))


@st.composite
def walks(draw: st.DrawFn, tongue: Tongue, longest: int) -> list[Said]:
    """What a stream says, in the order of one walk of the grammar's table."""
    choices = draw(st.sampled_from([1, 1, 1, 2, 3])) if tongue.several else 1
    machine = machine_for(tongue.upstream, choices=choices)
    said: list[Said] = []
    while machine.stream is not State.ENDED:
        move = draw(st.sampled_from(_moves(tongue, machine, hurry=len(said) >= longest)))
        machine.make(move)
        if move.kind is not Kind.END:
            said.append(draw(_saying(tongue, move)))
    return said


def _moves(tongue: Tongue, machine: Machine, *, hurry: bool) -> Sequence[Move]:
    """The steps that break nothing and can be said. A role is said once, also where it may be said in every chunk.

    Those that lead to the end come first, so that the plainest walk is the shortest.
    """
    kinds = tongue.kinds - _GROWING if hurry else tongue.kinds
    moves = [move for move in machine.moves() if move.kind in kinds or move.kind is Kind.END]
    once = [move for move in moves if move.kind is not Kind.STARTED or _is_silent(machine, move)]
    return sorted(once, key=lambda move: move.kind in _GROWING)


def _is_silent(machine: Machine, move: Move) -> bool:
    return move.index is not None and machine.choices[move.index] is State.SILENT


def _saying(tongue: Tongue, move: Move) -> st.SearchStrategy[Said]:
    if move.kind in _FRAGMENTS:
        return st.just(_fragment(move))
    index = st.just(move.index)
    sayings: dict[Kind, st.SearchStrategy[Said]] = {
        Kind.STARTED: st.builds(Started, st.just("assistant"), index=index),
        Kind.DELTA: st.builds(Delta, _TEXTS, index=index),
        Kind.FINISHED: st.builds(Finished, st.sampled_from(tongue.reasons), index=index),
        Kind.USAGE: st.builds(Usage, **tongue.counts),
        Kind.DONE: st.just(Done()),
    }
    return sayings[move.kind]


def _fragment(move: Move) -> ToolDelta:
    """A piece of a tool call, without its arguments as yet: only the whole walk knows how many pieces there are."""
    assert move.index is not None  # a tool call belongs to a choice
    assert move.call is not None
    name = f"call_{move.index}_{move.call}"
    return ToolDelta(
        move.call,
        name if move.kind is Kind.CALL else None,
        None if move.kind is Kind.CALL_PIECE else "get_" + name,
        index=move.index,
    )


@st.composite
def with_arguments(draw: st.DrawFn, tongue: Tongue, said: list[Said]) -> list[Said]:
    """The same sayings; the pieces of each tool call, joined, are the JSON text of an object."""
    filled = list(said)
    places: dict[tuple[int, int], list[int]] = {}
    for place, event in enumerate(said):
        if isinstance(event, ToolDelta) and (tongue.at_once or event.name is None):
            places.setdefault((event.index, event.call), []).append(place)
    for mine in places.values():
        for place, piece in zip(mine, draw(_pieces(len(mine))), strict=True):
            filled[place] = msgspec.structs.replace(filled[place], arguments=piece)
    return filled


@st.composite
def _pieces(draw: st.DrawFn, number: int) -> list[str]:
    """A JSON text in so many pieces, some of them empty."""
    text = draw(_ARGUMENTS)
    cuts = draw(st.lists(st.integers(0, len(text)), min_size=number - 1, max_size=number - 1).map(sorted))
    return [text[begin:end] for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@st.composite
def _chunked(draw: st.DrawFn, tongue: Tongue, said: list[Said]) -> list[list[Said]]:
    """The same sayings, some of them together in one chunk, as far as one can hold them."""
    chunks: list[list[Said]] = []
    finished = False
    for event in said:
        if chunks and (finished or draw(st.booleans())):
            chunks[-1].append(event)
        else:
            chunks.append([event])
        finished = finished or (tongue.ends_in_chunk and isinstance(event, Finished))
    return chunks


@st.composite
def framings(draw: st.DrawFn, upstream: Upstream) -> Callable[[Event], bytes]:
    """How one stream turns an event into bytes, the same for all of its events."""
    style: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {"ensure_ascii": st.booleans(), "separators": st.sampled_from([(",", ":"), (", ", ": ")])},
            optional={"indent": st.just(1)},
        )
    )
    line_ends = [b"\n", b"\r\n"] if upstream.framing is Framing.NDJSON else [b"\n", b"\r\n", b"\r"]
    line_end = draw(st.sampled_from(line_ends))
    comment = encode_comment(draw(st.sampled_from(["", "keep-alive"]))) if draw(st.booleans()) else b""

    def line(event: Event) -> bytes:
        return event.data.encode() + line_end

    def frame(event: Event) -> bytes:
        data = event.data
        text = json.dumps(json.loads(data), **style) if data.startswith("{") else data
        return (comment + encode_event(Event(text, event.event))).replace(b"\n", line_end)

    return line if upstream.framing is Framing.NDJSON else frame
