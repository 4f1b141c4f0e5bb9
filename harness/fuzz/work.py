"""The laws of effort: what a parser spends on long streams. The processor clock is handed in by the edge.

Each input is a start, a middle and an end. The middle is repeated, twice as often from step to step; the work of an
honest parser doubles with it, that of one that reads everything again with each piece is four times as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import chain, repeat
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

from harness.fuzz.law import Breach, Law, Part
from harness.fuzz.streams import Stream
from harness.fuzz.targets import Hung, Kind
from harness.fuzz.told import Told, failure_of, heard, tell

if TYPE_CHECKING:
    from harness.fuzz.targets import Target

MOST = 2.6
"""How much more work twice the input may cost. Twice is the law; the rest is for caches and a busy machine."""

_STEADY = 0.03
"""Seconds of work that can be told from noise."""

_START = 256
_LONGEST = 1 << 17
"""How often the middle is repeated: at first, and at most (2 MiB of the longest)."""

_TRIES = 3
"""A step that looks too dear is measured again, and the cheapest counts."""

_EXPECTED = f"for four times the input at most {MOST**2:.0f} times the work"

_LONG, _PACKET = 1 << 14, 4096
"""How often the middle is repeated to make a stream long (a quarter of a MiB, as a picture in a reply takes), and the
size of a piece of it.
"""

_ENDLESS = 64 * 1024
_PIECES = 1024
"""An endless line: so many bytes a piece, and so many pieces (64 MiB) before we no longer wait for a limit."""

SHAPES: dict[str, Stream] = {
    "a long line in small pieces": Stream((b"data: ", b"a" * 16, b"\n\n")),
    "many lines of one event": Stream((b"data: a\n", b"data: aaaaaaaa\n", b"\n")),
    "many events in small pieces": Stream((b"", b"data: aaaaaaa\n\n", b"")),
}
"""Streams that grow in different ways, each in pieces of their middle; each is also tried in one piece."""


def is_linear(target: Target, shape: Stream) -> Breach | None:
    """The check that twice the input costs about twice the work."""
    if target.work is None:
        return None
    for feed in FEEDS:
        if found := _growth(target, shape, feed):
            return found
    return None


def reads_all(target: Target, shape: Stream) -> Breach | None:
    """The check that a long stream is told as a short one is: in one piece, and in pieces as networks hand them on."""
    short = b"".join(_in_one_piece(shape, 2))
    try:
        if _data(tell(target, [short])) != _data(_expected(target, short)):
            return None  # its length is not what is wrong
    except Hung:
        return None
    body = b"".join(_in_one_piece(shape, _LONG))
    expected = _expected(target, body)
    for pieces in ([body], [body[at : at + _PACKET] for at in range(0, len(body), _PACKET)]):
        try:
            told = tell(target, pieces)
        except Hung:
            return None  # the work is the matter of another law
        if told.failure or _data(told) != _data(expected):
            return Breach("framing", _length(expected), _length(told))
    return None


def _expected(target: Target, body: bytes) -> Told:
    return Told(tuple(heard(event) for event in target.reference(body)))


def _data(told: Told) -> list[str]:
    return [event.data for event in told.events]


def _length(told: Told) -> str:
    """How much was told, in numbers: nobody wants to read it."""
    letters = sum(map(len, _data(told)))
    words = f"events: {len(told.events):,}, letters: {letters:,}"
    return f"{words}, then {told.failure.words}" if told.failure else words


def meets_a_limit(target: Target, shape: Stream) -> Breach | None:
    """The check that a line without an end is refused with the documented error, and not kept for ever."""
    try:
        for _ in target.call(chain(shape.pieces, repeat(b"a" * _ENDLESS, _PIECES))):
            pass
    except Exception as error:
        failure = failure_of(error)
        return None if failure.documented else Breach(failure.place, "LimitError", failure.words, crash=True)
    return Breach("framing", "LimitError", f"{_ENDLESS * _PIECES} bytes of one line, and no error")


def _growth(target: Target, shape: Stream, feed: Feed) -> Breach | None:
    """Double the input until the work can be told from noise; then take four times as much, and compare."""
    times = _START
    while (spent := _spent(target, feed(shape, times))) < _STEADY and times < _LONGEST:
        times *= 2
    if spent < _STEADY:
        return None
    if spent == math.inf:
        return Breach("framing", _EXPECTED, _told(shape, feed, times, spent))
    small, large = spent, spent * MOST**2 + 1
    for _ in range(_TRIES):
        large = min(large, _spent(target, feed(shape, times * 4)))
        if large <= small * MOST**2:
            return None
        small = max(small, _spent(target, feed(shape, times)))
    return Breach("framing", _EXPECTED, _told(shape, feed, times, large / small))


def _told(shape: Stream, feed: Feed, times: int, growth: float) -> str:
    """No figure that the machine's mood decides but one, rounded."""
    size = len(b"".join(feed(shape, times)))
    return (
        f"{growth:.0f} times the work, from {size:,} bytes on, {feed.__name__.strip('_').replace('_', ' ')}"
    )


def _spent(target: Target, pieces: list[bytes]) -> float:
    """Seconds of processor time for one reading; none where the target fails, which is another law's
    matter, and endless ones where it does not come back."""
    assert target.work is not None
    before = target.work()
    try:
        told = tell(target, pieces)
    except Hung:
        return math.inf
    return 0.0 if told.failure else target.work() - before


def _in_pieces(shape: Stream, times: int) -> list[bytes]:
    start, middle, end = shape.pieces
    return [start, *repeat(middle, times), end]


def _in_one_piece(shape: Stream, times: int) -> list[bytes]:
    return [b"".join(_in_pieces(shape, times))]


Feed: TypeAlias = Callable[[Stream, int], list[bytes]]

FEEDS: tuple[Feed, ...] = (_in_pieces, _in_one_piece)

WORK_LAWS: tuple[Law, ...] = (
    Law(
        name="linear",
        says="Twice the input costs about twice the work, also in small pieces.",
        why="A parser that reads its buffer again with every piece holds up the whole program on a long event.",
        kind=Kind.PARSER,
        inputs=st.sampled_from(list(SHAPES.values())),
        check=is_linear,
        part=Part.ONCE,
    ),
    Law(
        name="long",
        says="A long line, an event of many lines and a stream of many events are read whole.",
        why="A picture in a reply is one line; readers of lines give up at 64 KiB, and the reply is lost.",
        kind=Kind.PARSER,
        inputs=st.sampled_from(list(SHAPES.values())),
        check=reads_all,
        part=Part.ONCE,
    ),
    Law(
        name="bounded",
        says="A line without an end is refused with the documented error.",
        why="Memory is not endless.",
        kind=Kind.PARSER,
        inputs=st.just(Stream((b"data: ",))),
        check=meets_a_limit,
        part=Part.ONCE,
        ours=True,
    ),
)
