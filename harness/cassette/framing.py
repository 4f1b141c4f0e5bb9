"""How a recorded body is handed out again: at which pace, and cut into which pieces. Pure; whoever plays it
keeps the clock.

The bytes are the same whatever the cut. One frame of the recording was one network read of the recording
client, and plays as one piece. A piece that was cut anew comes when the frame with its last byte came.
"""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from harness.cassette.model import End, Frame, Response, StreamRecord
from harness.errors import UsageError
from harness.upstreams.parsing import split_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Pace: TypeAlias = float
"""How many times as fast as recorded; `INSTANT` waits for nothing."""
INSTANT: Pace = float("inf")

NO_CHUNK = b"ZZ\r\n"
"""Played where a chunk came that was none. What it was is not on the tape, and need not be: no client reads it."""

SILENCE_GRACE_S = 2.0
"""How much longer than in the recording a silence is that the client's own time-out is to end: aiohttp rounds those
above five seconds up to the next whole one, and counts connecting, which is no part of a recording's times.
"""

MAX_RANDOM_PIECE = 64
"""Bytes of the longest piece of a random cut: short enough to cut most events, and characters within them."""


class Piece(msgspec.Struct, frozen=True):
    """Bytes that come at one moment, *at_s* seconds after the request."""

    at_s: float
    data: bytes


class Playback(msgspec.Struct, frozen=True):
    """A body as it is to be handed out, and how it ends, *end_s* seconds after the request."""

    pieces: tuple[Piece, ...]
    end: End
    end_s: float
    rubbish: bytes = b""
    """Sent raw at the end: what came in place of a chunk, and was none."""
    silence_s: float = 0.0
    """How long after that a client is left waiting whose parser says nothing of it."""


class Cut(msgspec.Struct, frozen=True):
    """Into which pieces a body is cut: one of `CUTS`; `seed` only for `random`."""

    name: str = "recorded"
    seed: int = 0

    def __str__(self) -> str:
        return f"{self.name}:{self.seed}" if self.name == "random" else self.name


def parse_pace(pace: str | float) -> Pace:
    """`instant`, `recorded`, or a factor above 0 as a number or its text (2.0 is twice as fast). Raises
    UsageError.
    """
    words = {"instant": INSTANT, "recorded": 1.0}
    if isinstance(pace, str) and pace in words:
        return words[pace]
    try:
        factor = float(pace) if not isinstance(pace, bool) else 0.0
    except (TypeError, ValueError):
        factor = 0.0
    if not factor > 0:
        raise UsageError(f"{pace!r} is no pace.", expected="instant, recorded, or a factor above 0 like 2.0")
    return factor


def parse_cut(cut: str | Cut) -> Cut:
    """`recorded`, `event`, `character`, `byte`, `whole` or `random:SEED`. Raises UsageError."""
    if isinstance(cut, Cut):
        return cut
    name, colon, seed = cut.partition(":") if isinstance(cut, str) else ("", "", "")
    if name == "random" and re.fullmatch(r"-?[0-9]{1,18}", seed):
        return Cut(name, int(seed))
    if name in CUTS and name != "random" and not colon:
        return Cut(name)
    raise UsageError(
        f"{cut!r} is no cut.",
        expected="recorded, event, character, byte, whole, or random:SEED like random:7",
    )


def playback(response: Response, *, pace: str | float = "instant", cut: str | Cut = "recorded") -> Playback:
    """The pieces of *response* with their moments. Raises UsageError for an unknown pace or cut."""
    factor, how = parse_pace(pace), parse_cut(cut)
    frames = frames_of(response)
    pieces = CUTS[how.name](response, frames, how.seed)
    end, end_ms, silence_ms = _ending(response.stream)
    rubbish = NO_CHUNK if breaks_a_chunk(response.stream) else b""
    if factor == INSTANT:
        return Playback(tuple([Piece(0.0, data) for data in pieces]), end, 0.0, rubbish)
    times = _moments(pieces, frames)
    last_ms = max([end_ms, *times[-1:]])
    return Playback(
        tuple(Piece(_seconds(ms, factor), data) for ms, data in zip(times, pieces, strict=True)),
        end,
        _seconds(last_ms, factor),
        rubbish,
        _seconds(silence_ms, factor) + SILENCE_GRACE_S if silence_ms else 0.0,
    )


def breaks_a_chunk(stream: StreamRecord | None) -> bool:
    """Whether the stream ended with something in place of a chunk that is none."""
    return stream is not None and stream.end is End.SHORT and stream.broken_chunk_ms is not None


def _ending(stream: StreamRecord | None) -> tuple[End, float, float]:
    """How and when the last thing came, and for how many milliseconds after that the reader heard nothing of it."""
    if stream is None:
        return End.COMPLETE, 0.0, 0.0
    broken_ms = stream.broken_chunk_ms if breaks_a_chunk(stream) else None
    if broken_ms is None:
        return stream.end, stream.end_ms, 0.0
    return stream.end, broken_ms, max(0.0, stream.end_ms - broken_ms)


def frames_add_up(response: Response) -> bool:
    """Whether the recorded sizes are those of the body; they are not after an edit by hand."""
    stream = response.stream
    return stream is None or sum([frame.size for frame in stream.frames]) == len(response.body)


def frames_of(response: Response) -> tuple[Frame, ...]:
    """The frames to play: the recorded ones that hold bytes, or one of the whole body where they are missing
    or do not add up.
    """
    recorded = response.stream.frames if response.stream and frames_add_up(response) else ()
    whole = (Frame(_first_ms(response), len(response.body)),)
    return tuple([frame for frame in recorded or whole if frame.size])


def events_of(response: Response) -> list[bytes]:
    """The body cut after each of its events, as its content type frames them; joined, the pieces are the body."""
    kind = next((value for name, value in response.headers if name.lower() == "content-type"), "")
    return split_reply(response.body, kind)


def _first_ms(response: Response) -> float:
    return response.stream.frames[0].at_ms if response.stream and response.stream.frames else 0.0


def _seconds(ms: float, factor: Pace) -> float:
    return ms / 1000 / factor


def _moments(pieces: list[bytes], frames: tuple[Frame, ...]) -> list[float]:
    """For each piece the time of the frame that brought its last byte; time never runs backwards."""
    ends = list(accumulate(frame.size for frame in frames))
    times = list(accumulate((frame.at_ms for frame in frames), max))
    return [times[bisect_left(ends, end)] for end in accumulate(map(len, pieces))]


# The cuts: response, frames and seed in, pieces out; none of them empty -----------------------------------------------


def _recorded(response: Response, frames: Iterable[Frame], _: int) -> list[bytes]:
    return _sliced(response.body, [frame.size for frame in frames])


def _event(response: Response, _: object, __: int) -> list[bytes]:
    return events_of(response)


def _byte(response: Response, _: object, __: int) -> list[bytes]:
    return _sliced(response.body, [1] * len(response.body))


def _whole(response: Response, _: object, __: int) -> list[bytes]:
    return [response.body] if response.body else []


def _character(response: Response, _: object, __: int) -> list[bytes]:
    """Cut inside every character of several bytes, before its last byte, so that no piece decodes on its own."""
    return [piece for piece in _LAST_BYTE.split(response.body) if piece]


_LAST_BYTE = re.compile(rb"(?<=[\x80-\xff])(?=[\x80-\xbf](?![\x80-\xbf]))")


def _random(response: Response, _: object, seed: int) -> list[bytes]:
    """Pieces of 1 to 64 bytes. `randrange` over a seeded generator gives the same numbers on every Python."""
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    return _sliced(response.body, iter(lambda: chance.randrange(1, MAX_RANDOM_PIECE + 1), 0))


def _sliced(body: bytes, sizes: Iterable[int]) -> list[bytes]:
    pieces, start = [], 0
    for size in sizes:
        if start >= len(body):
            break
        pieces.append(body[start : start + size])
        start += size
    return pieces


CUTS: dict[str, Callable[[Response, tuple[Frame, ...], int], list[bytes]]] = {
    "recorded": _recorded,
    "event": _event,
    "character": _character,
    "byte": _byte,
    "whole": _whole,
    "random": _random,
}
"""Every cut by its name."""
