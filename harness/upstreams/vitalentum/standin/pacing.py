"""When the pieces of a stream come, and where they are cut: blocks of bytes in, timed steps out.

Pure: chance comes in as dice. Pieces are as they were seen on the wire of the open-source app, mostly one event each,
sometimes two; the times are a model's in kind: slow to begin, then steady, with a pause now and then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.upstreams.vitalentum.standin.script import Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.upstreams.vitalentum.standin.talk import Dice

FIRST_S = (0.15, 0.5)
"""The first piece takes between these."""

NEXT_S = (0.008, 0.058)
"""Every other piece takes between these, mostly near the lower."""

PAUSE_S, PAUSES = 0.2, 0.02
"""A pause is so much longer, and comes at so many of the pieces."""

PAIRS = 0.08
"""So many of the events come in one piece with the event before."""


def timed(pieces: Iterable[bytes], dice: Dice) -> Iterator[Step]:
    """Each piece with the time it takes after the one before."""
    delay_s = _between(FIRST_S, dice())
    for piece in pieces:
        yield Step(delay_s, piece)
        delay_s = _between(NEXT_S, dice() ** 2) + (PAUSE_S if dice() < PAUSES else 0)


def paired(blocks: list[bytes], dice: Dice) -> list[bytes]:
    """The blocks of events, some joined with the one before; the last two always come together."""
    pieces = blocks[:1]
    for number, block in enumerate(blocks[1:], 2):
        if number == len(blocks) or dice() < PAIRS:
            pieces[-1] += block
        else:
            pieces.append(block)
    return pieces


def inside_characters(data: bytes) -> list[bytes]:
    """UTF-8 cut behind the first byte of every character that has more than one."""
    cuts = [at + 1 for at, byte in enumerate(data) if byte >= 0xC0]
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _between(span: tuple[float, float], at: float) -> float:
    low, high = span
    return low + (high - low) * at
