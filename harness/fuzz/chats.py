"""Strategies for whole chat streams: valid by construction, because each is a walk of the stream grammar's one table.

A stream varies in everything the contract leaves open: how many answers, how long, which of their pieces share a chunk,
how the JSON is spaced and escaped, how lines end, and where comments stand.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeAlias

from hypothesis import strategies as st

from harness.chat.events import ChatEvent, Delta, Done, Finished, Stamp, Started, Usage
from harness.chat.machine import Kind, Machine, Move, State
from harness.errors import UsageError
from harness.sse import Event, encode_comment, encode_event
from harness.upstreams.reading import machine_for
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum.standin.chunks import write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Chunk: TypeAlias = list[ChatEvent]
"""What one event of the stream says."""

_WRITERS: dict[str, Callable[[Any, Stamp], Event]] = {"vitalentum": write}
_LEFT_OUT = frozenset({Kind.STAMP, Kind.TOOL})
"""A chunk without a choice is no valid chunk here, and these upstreams call no tools."""
_WITHIN = (Started, Delta, Finished)
"""The order in which one chunk may say several things of one choice."""

_STAMPS = st.builds(
    Stamp,
    id=st.from_regex(r"chatcmpl-[A-Za-z0-9]{4,12}", fullmatch=True),
    created=st.integers(0, 99_999_999_999),
    model=st.sampled_from(["gpt-3.5-turbo", "gpt-3.5-turbo-0613"]),
)
_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
_COUNTS = st.integers(0, 2**20)


def chat_streams(upstream: str = "vitalentum", *, longest: int = 24) -> st.SearchStrategy[bytes]:
    """The bytes of a valid stream of *upstream*, from its first chunk to its terminal event.

    After *longest* events the walk makes for the end, so a stream is a few events longer at most.
    """
    if upstream not in _WRITERS:
        raise UsageError(f"no chat streams are known for {upstream!r}", expected=" or ".join(_WRITERS))
    return _streams(upstream, longest)


@st.composite
def _streams(draw: st.DrawFn, upstream: str, longest: int) -> bytes:
    stamp, framing = draw(_STAMPS), draw(_framings())
    said = draw(_walks(upstream, longest))
    return b"".join(framing(_written(upstream, chunk, stamp)) for chunk in draw(_chunked(said)))


@st.composite
def _walks(draw: st.DrawFn, upstream: str, longest: int) -> list[ChatEvent]:
    """What a stream says, in the order of one walk of the grammar's table."""
    machine = machine_for(get_upstream(upstream), choices=draw(st.sampled_from([1, 1, 1, 2, 3])))
    said: list[ChatEvent] = []
    while machine.stream is not State.ENDED:
        move = draw(st.sampled_from(_moves(machine, hurry=len(said) >= longest)))
        machine.make(move)
        if move.kind is not Kind.END:
            said.append(draw(_saying(move)))
    return said


def _moves(machine: Machine, *, hurry: bool) -> Sequence[Move]:
    moves = [move for move in machine.moves() if move.kind not in _LEFT_OUT]
    return [move for move in moves if move.kind is not Kind.DELTA] if hurry else moves


def _saying(move: Move) -> st.SearchStrategy[ChatEvent]:
    index = st.just(move.index)
    sayings: dict[Kind, st.SearchStrategy[ChatEvent]] = {
        Kind.STARTED: st.builds(Started, st.just("assistant"), index=index),
        Kind.DELTA: st.builds(Delta, _TEXTS, index=index),
        Kind.FINISHED: st.builds(
            Finished, st.sampled_from(["stop", "length", "content_filter"]), index=index
        ),
        Kind.USAGE: st.builds(Usage, _COUNTS, _COUNTS, _COUNTS),
        Kind.DONE: st.just(Done()),
    }
    return sayings[move.kind]


@st.composite
def _chunked(draw: st.DrawFn, said: list[ChatEvent]) -> list[Chunk]:
    """The same sayings, some of them together in one chunk."""
    chunks: list[Chunk] = []
    for event in said:
        if chunks and _may_join(chunks[-1], event) and draw(st.booleans()):
            chunks[-1].append(event)
        else:
            chunks.append([event])
    return chunks


def _may_join(chunk: Chunk, event: ChatEvent) -> bool:
    if isinstance(event, Usage):
        return True
    return isinstance(event, _WITHIN) and all(
        isinstance(earlier, _WITHIN)
        and (earlier.index != event.index or _WITHIN.index(type(earlier)) < _WITHIN.index(type(event)))
        for earlier in chunk
    )


def _written(upstream: str, chunk: Chunk, stamp: Stamp) -> str:
    """The data of one event; parts of one choice are laid together."""
    first, *more = (_WRITERS[upstream](event, stamp).data for event in chunk)
    if not more:
        return first
    document = json.loads(first)
    for data in more:
        _lay_onto(document, json.loads(data))
    return json.dumps(document)


def _lay_onto(document: dict[str, Any], more: dict[str, Any]) -> None:
    choices = {choice["index"]: choice for choice in document["choices"]}
    for choice in more.pop("choices"):
        there = choices.get(choice["index"])
        if there is None:
            document["choices"].append(choice)
        else:
            there["delta"] |= choice["delta"]
            there["finish_reason"] = choice["finish_reason"]
    document.update(more)


@st.composite
def _framings(draw: st.DrawFn) -> Callable[[str], bytes]:
    """How one stream turns the data of an event into bytes, the same for all of its events."""
    style: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {"ensure_ascii": st.booleans(), "separators": st.sampled_from([(",", ":"), (", ", ": ")])},
            optional={"indent": st.just(1)},
        )
    )
    line_end = draw(st.sampled_from([b"\n", b"\r\n", b"\r"]))
    comment = encode_comment(draw(st.sampled_from(["", "keep-alive"]))) if draw(st.booleans()) else b""

    def frame(data: str) -> bytes:
        text = json.dumps(json.loads(data), **style) if data.startswith("{") else data
        return (comment + encode_event(Event(text))).replace(b"\n", line_end)

    return frame
