"""A short way through an ordinary stream, where one chunk after another differs in its text and in nothing else.

Two events of one shape tell which of their strings vary. If nothing that is checked depends on those strings, a third
event of the shape needs no second look: it has the same findings, none, and leaves the machine where it stood. This
holds as long as the machine does not move, so a step of it forgets what may be passed.

Exactly equivalent to the long way, or not taken: `tests/contract/test_alike.py` holds the two together.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import msgspec

from harness.chat.events import ChatEvent, Delta
from harness.contract.depends import depends
from harness.errors import ChunkError
from harness.upstreams.reading import read

if TYPE_CHECKING:
    from harness.chat.machine import Machine
    from harness.contract.contract import Contract
    from harness.sse import Event

_TOKEN = re.compile(r'("(?:[^"\\]++|\\.)*+")', re.DOTALL)
"""A JSON string in a text that is JSON; splitting by it gives what stands between and the strings, in turn."""

_PLAIN = r'[^"\\\x00-\x1f]*+'
_ESCAPE = r'\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4})'
_TEXT = rf'"(?!"){_PLAIN}(?:{_ESCAPE}{_PLAIN})*"'
"""A JSON string that is not empty, and has no half of a surrogate pair. In linear time, as it can be read in one way
only; no possessive group, as Python before 3.11.5 takes half of an escape for one there (gh-106052).
"""

_SLOTS = 4
"""Strings of one shape that may vary, and shapes of one type of event that may be passed at a time."""
_SHAPES = 64
"""Shapes that are remembered for one stream."""
_PATIENCE = 16
"""Events in a row that are like none before, until learning rests."""
_REST = 64
"""Events that it rests for; then it looks at four."""

Shape: TypeAlias = tuple[str, ...]
"""The type of an event, and what stands between the strings of its data."""
Slots: TypeAlias = tuple[int, ...]
"""Which of its strings vary, counted from 0."""
Path: TypeAlias = tuple[str | int, ...]


class Like(NamedTuple):
    """What an event's data must be to be passed: these ends, and strings where strings vary."""

    head: str
    tail: str
    fits: Callable[[str, int, int], object]

    def knows(self, data: str) -> bool:
        """Whether *data* is like the events that this was made from."""
        if not (data.startswith(self.head) and data.endswith(self.tail)):
            return False
        return self.fits(data, len(self.head), len(data) - len(self.tail)) is not None


class Alike:
    """What may be passed in one stream, learnt from its events."""

    def __init__(self, contract: Contract, *, learns: bool = True) -> None:
        self._contract = contract
        terminal = contract.upstream.terminal or ""
        self._is_off = not learns or terminal.lstrip().startswith("{")  # then it would look like a chunk
        self._seen: dict[Shape, list[str]] = {}
        self._made: dict[tuple[Shape, Slots], Like] = {}
        self._refused: set[tuple[Shape, Slots]] = set()
        self._now: dict[str, list[Like]] = {}
        self._misses = self._rest = 0

    def passed(self, events: Sequence[Event], start: int) -> int:
        """How far the events from *start* on can be passed: the place of the first that must go the long way."""
        at, end = start, len(events)
        while at < end:
            event = events[at]
            for like in self._now.get(event.event, ()):
                if like.knows(event.data):
                    at = _run(like, event.event, events, at + 1)
                    break
            else:
                return at
        return at

    def checked(self, event: Event, machine: Machine, long_way: Callable[[], bool]) -> None:
        """Take the long way, which says whether it found nothing, and learn from it what can be learnt."""
        if self._is_off or (self._rest and not self._now):
            self._rest -= not self._is_off
            long_way()
            return
        parts = _TOKEN.split(event.data)
        shape, strings = (event.event, *parts[::2]), parts[1::2]
        before = self._seen.get(shape)
        standing = pickle.dumps(vars(machine)) if before is not None or self._now else b""
        found_nothing = long_way()
        if not standing or pickle.dumps(vars(machine)) != standing:
            self._now = {}
        elif found_nothing and before is not None:
            self._learn(event, shape, before, strings)
        self._remember(shape, strings)
        self._tire()

    def _tire(self) -> None:
        """Where nothing is alike, looking for likeness costs as much as the check: look for it now and then only."""
        self._misses = 0 if self._now else self._misses + 1
        if self._misses >= _PATIENCE:
            self._misses, self._rest = _PATIENCE - 4, _REST

    def _remember(self, shape: Shape, strings: list[str]) -> None:
        if len(self._seen) >= _SHAPES:
            self._seen, self._made, self._refused = {}, {}, set()
        self._seen[shape] = strings

    def _learn(self, event: Event, shape: Shape, before: list[str], strings: list[str]) -> None:
        slots = tuple(at for at, (one, other) in enumerate(zip(before, strings, strict=True)) if one != other)
        like = self._like(event, shape, slots, strings)
        if like is not None:
            self._now.setdefault(event.event, []).insert(0, like)
            del self._now[event.event][_SLOTS:]

    def _like(self, event: Event, shape: Shape, slots: Slots, strings: list[str]) -> Like | None:
        """What is like this event but for the strings in the slots; None where something depends on one of them."""
        if not 0 < len(slots) <= _SLOTS or (shape, slots) in self._refused:
            return None
        like = self._made.get((shape, slots))
        if like is not None and like.knows(event.data):
            return like
        if not self._may_vary(event, shape[1:], slots, strings):
            self._refused.add((shape, slots))
            return None
        like = self._made[shape, slots] = _like(shape[1:], slots, strings)
        return like

    def _may_vary(self, event: Event, gaps: Shape, slots: Slots, strings: list[str]) -> bool:
        """Whether nothing that is checked depends on these strings: neither a schema, nor what the event says."""
        marks = {at: f'"\ue000{at}"' for at in slots}
        probe = _woven(gaps, [marks.get(at, string) for at, string in enumerate(strings)])
        try:
            said = read(self._contract.upstream, event), read(self._contract.upstream, _with(event, probe))
            value = msgspec.json.decode(probe)
        except (ChunkError, ValueError, RecursionError):
            return False
        places = [*_places(value, {mark[1:-1] for mark in marks.values()})]
        is_held = self._contract.upstream.chunk_map(event.event) is not None  # any other kind meets no schema
        schema = self._contract.chunk(event.event).schema if is_held else True
        return (
            len(places) == len(slots)
            and _textless(said[0]) == _textless(said[1])
            and not any(depends(schema, place) for place in places)
        )


def _run(like: Like, kind: str, events: Sequence[Event], at: int) -> int:
    """The place of the first event from *at* on that is not like it. Written out, for it sees nearly every event."""
    head, tail, fits = like
    start, stop = len(head), len(tail)
    for event in islice(events, at, None):
        data = event.data
        if (
            event.event != kind
            or not data.startswith(head)
            or not data.endswith(tail)
            or not fits(data, start, len(data) - stop)
        ):
            return at
        at += 1
    return at


def _like(gaps: Shape, slots: Slots, strings: Sequence[str]) -> Like:
    """The pattern of a shape. Its ends are compared as they are, which is quicker than any pattern."""
    first, last = slots[0], slots[-1]
    head = _woven(gaps[: first + 1], strings[:first])
    tail = _woven(("", *gaps[last + 1 :]), ("", *strings[last + 1 :]))
    middle = "".join(
        (_TEXT if at in slots else re.escape(strings[at])) + (re.escape(gaps[at + 1]) if at < last else "")
        for at in range(first, last + 1)
    )
    return Like(head, tail, re.compile(middle).fullmatch)


def _woven(gaps: Sequence[str], strings: Sequence[str]) -> str:
    return "".join(gap + string for gap, string in zip(gaps, (*strings, ""), strict=True))


def _with(event: Event, data: str) -> Event:
    return msgspec.structs.replace(event, data=data)


def _textless(said: Sequence[ChatEvent]) -> list[ChatEvent]:
    """What an event says, but for the words of its text."""
    return [msgspec.structs.replace(one, text="") if isinstance(one, Delta) else one for one in said]


def _places(value: Any, marks: set[str], path: Path = ()) -> Iterator[Path]:
    """Where the marks stand as values."""
    if isinstance(value, str) and value in marks:
        yield path
    items = (
        value.items() if isinstance(value, Mapping) else enumerate(value if isinstance(value, list) else ())
    )
    for key, inner in items:
        yield from _places(inner, marks, (*path, key))
