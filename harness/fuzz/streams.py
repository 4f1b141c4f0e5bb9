"""What the laws of parsers are tried on: small streams, each odd in one way, with the pieces they arrive in.

The plainest comes first in every strategy, so that a counter-example shrinks to one short `data: ` event in one piece
but for what breaks the law.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from hypothesis import strategies as st

from harness.fuzz.strategies import cuts, sse_streams
from harness.sse import split_events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Lines: TypeAlias = list[bytes]
"""The lines of one event, without their ends and without the blank one."""

BOM = b"\xef\xbb\xbf"


class Stream(msgspec.Struct, frozen=True):
    """A stream in the pieces it arrives in."""

    pieces: tuple[bytes, ...]

    @property
    def body(self) -> bytes:
        """All of it."""
        return b"".join(self.pieces)


def whole(body: bytes) -> Stream:
    """A stream in one piece."""
    return Stream((body,))


WORDS = st.text("abc", min_size=1, max_size=3).map(str.encode)
PLAIN: st.SearchStrategy[Lines] = WORDS.map(lambda word: [b"data: " + word])


def line(name: bytes, *values: bytes) -> st.SearchStrategy[bytes]:
    """`name: value`, with one of the values, or a plain word where none is named."""
    return (st.sampled_from(values) if values else WORDS).map(lambda value: name + b": " + value)


def streams(
    *blocks: st.SearchStrategy[Lines], end: bytes = b"\n", most: int = 4
) -> st.SearchStrategy[Stream]:
    """Up to *most* events of the kinds *blocks*, in one piece, their lines ended by *end*."""
    return st.lists(st.one_of(*blocks), min_size=1, max_size=most).map(
        lambda drawn: whole(joined(drawn, end))
    )


def joined(blocks: Sequence[Lines], end: bytes = b"\n") -> bytes:
    """The bytes of some events."""
    return b"".join(each + end for lines in blocks for each in [*lines, b""])


def blocks(*lines: st.SearchStrategy[bytes]) -> st.SearchStrategy[Lines]:
    """An event of exactly these lines."""
    return st.tuples(*lines).map(list)


VARIED = (
    PLAIN,
    blocks(line(b"event"), line(b"data")),
    st.lists(line(b"data"), min_size=2, max_size=3),
    blocks(line(b"id"), line(b"data")),
)
"""Events that use what most parsers know."""

ANY = sse_streams().map(whole) | sse_streams().flatmap(lambda body: _cut(body))
"""Streams in any framing that the standard has an answer for, whole and in pieces."""

RUBBISH = (sse_streams() | st.binary(max_size=60)).flatmap(lambda body: _cut(body))
"""Any bytes in any pieces."""


def cut_anywhere() -> st.SearchStrategy[Stream]:
    """Streams of ASCII and LF, cut anywhere."""
    return streams(*VARIED).flatmap(lambda stream: _cut(stream.body))


def cut_in_characters() -> st.SearchStrategy[Stream]:
    """Streams with longer characters, a BOM perhaps, cut inside of these and nowhere else."""
    text = st.sampled_from(("é", "日", "🙂")) | st.text("aé日🙂", min_size=1, max_size=4)
    body = st.lists(text.map(lambda word: [f"data: {word}".encode()]), min_size=1, max_size=3).map(joined)
    start = st.sampled_from((b"", BOM))
    return st.tuples(start, body).map(b"".join).flatmap(lambda drawn: _cut_where(drawn, _within_a_character))


def cut_in_line_ends(*kinds: st.SearchStrategy[Lines]) -> st.SearchStrategy[Stream]:
    """Streams of CRLF, of these kinds of events or of varied ones, cut between CR and LF and nowhere else."""
    made = streams(*(kinds or VARIED), end=b"\r\n")
    return made.flatmap(lambda stream: _cut_where(stream.body, _within_a_line_end))


def with_empty_pieces() -> st.SearchStrategy[Stream]:
    """Streams in whole events, cut within their line ends or anywhere; and empty pieces between these pieces."""
    events = streams(*VARIED).map(lambda stream: Stream(tuple(split_events(stream.body))))
    within = cut_in_line_ends(*VARIED[1:])  # of several lines each: what is torn within shows
    everywhere = st.booleans()  # drawn first, so that the plainest has none
    some = st.lists(st.booleans(), min_size=1, max_size=5)
    empty = st.tuples(everywhere, some).map(lambda drawn: [True] * 5 if drawn[0] else drawn[1])
    return st.one_of(events, within, cut_anywhere()).flatmap(
        lambda stream: empty.map(lambda where: _interspersed(stream.pieces, where))
    )


def mixed_line_ends() -> st.SearchStrategy[Stream]:
    """Streams of which each line ends in its own way."""
    return streams(*VARIED).flatmap(
        lambda stream: st.lists(
            st.sampled_from((b"\n", b"\r\n", b"\r")),
            min_size=stream.body.count(b"\n"),
            max_size=stream.body.count(b"\n"),
        ).map(lambda ends: whole(_ended_by(stream.body.split(b"\n"), ends)))
    )


def _ended_by(lines: Sequence[bytes], ends: Sequence[bytes]) -> bytes:
    return b"".join(line + end for line, end in zip(lines, ends, strict=False))


def with_marks() -> st.SearchStrategy[Stream]:
    """Streams that begin with a byte order mark or two, and some with one inside, where a piece may begin."""
    start = st.tuples(st.sampled_from((BOM, BOM + BOM)), streams(PLAIN))
    inside = streams(blocks(line(b"data", b"a" + BOM + b"b", BOM)))
    return st.one_of(
        start.map(lambda drawn: whole(drawn[0] + drawn[1].body)),
        inside,
        inside.flatmap(lambda stream: _cut_where(stream.body, lambda body, at: body[at:].startswith(BOM))),
    )


def _cut(body: bytes) -> st.SearchStrategy[Stream]:
    return cuts(body).map(lambda pieces: Stream(tuple(pieces)))


def _cut_where(body: bytes, tender: Callable[[bytes, int], bool]) -> st.SearchStrategy[Stream]:
    places = [at for at in range(1, len(body)) if tender(body, at)]
    if not places:
        return st.just(whole(body))
    return st.lists(st.sampled_from(places), min_size=1, max_size=4, unique=True).map(
        lambda chosen: Stream(_cut_at(body, sorted(chosen)))
    )


def _cut_at(body: bytes, places: Sequence[int]) -> tuple[bytes, ...]:
    bounds = [0, *places, len(body)]
    return tuple(body[start:end] for start, end in itertools.pairwise(bounds))


def _within_a_character(body: bytes, at: int) -> bool:
    return body[at] & 0xC0 == 0x80


def _within_a_line_end(body: bytes, at: int) -> bool:
    return body[at - 1 : at + 1] == b"\r\n"


def _interspersed(pieces: Sequence[bytes], empty: Sequence[bool]) -> Stream:
    """An empty piece before the n-th where the n-th of *empty* says so, the last of them before the end."""
    found: list[bytes] = []
    for number, piece in enumerate(pieces):
        found += [b"", piece] if number < len(empty) and empty[number] else [piece]
    return Stream((*found, b"") if empty[-1] else tuple(found))
