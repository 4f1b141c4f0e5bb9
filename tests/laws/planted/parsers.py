"""A small parser that is right, and copies of it with one bug each. `harness fuzz tests.laws.planted.parsers:NAME`.

The parser is a row of small steps, so that a bug is one step done wrong.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Event(NamedTuple):
    """What the parser gives."""

    data: str
    event: str
    id: str
    retry: int | None


class Parser:
    """The right one."""

    def __call__(self, pieces: Iterable[bytes]) -> Iterator[Any]:
        self.data: list[str] = []
        self.event, self.id, self.retry = "", "", None
        for line in self.lines(pieces):
            yield from self.take(line)

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        held: list[str] = []
        after_cr = False
        for piece in pieces:
            text = decode(piece)
            if after_cr and text:
                text = text.removeprefix("\n")
                after_cr = False
            if not text:
                continue
            after_cr = text.endswith("\r")
            *whole, rest = re.split("\r\n|\r|\n", text)
            for line in whole:
                yield "".join([*held, line])
                held = []
            held.append(rest)

    def take(self, line: str) -> Iterator[Any]:
        if not line:
            yield from self.dispatch()
            return
        name, _, value = line.partition(":")
        if name:
            self.field(name, self.without_space(value))

    def without_space(self, value: str) -> str:
        return value.removeprefix(" ")

    def field(self, name: str, value: str) -> None:
        if name == "data":
            self.data.append(value)
        elif name == "event":
            self.event = value
        elif name == "id" and "\0" not in value:
            self.id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value)

    def dispatch(self) -> Iterator[Any]:
        if self.data:
            yield Event("\n".join(self.data), self.event or "message", self.id, self.retry)
        self.data, self.event, self.retry = [], "", None


class SplitCharacterLost(Parser):
    """Each piece is decoded by itself."""

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        return super().lines(piece.decode("utf-8", "ignore").encode() for piece in pieces)


class CrlfTwice(Parser):
    """A CR at the end of a piece and the LF of the next are two line ends."""

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        buffer = b""
        for piece in pieces:
            buffer += piece
            *whole, buffer = re.split(b"\r\n|\r|\n", buffer)
            for line in whole:
                yield line.decode("utf-8", "replace").removeprefix("\ufeff")


class SplitAtU2028(Parser):
    """`str.splitlines` knows more line ends than the standard."""

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        for line in super().lines(pieces):
            yield from line.splitlines() or [""]


class EmptyDispatched(Parser):
    """A block without data is an event."""

    def dispatch(self) -> Iterator[Any]:
        self.data = self.data or [""]
        return super().dispatch()


class BomKept(Parser):
    """A byte order mark is a part of the first field's name."""

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        mark = "\ufeff".encode()
        return super().lines(self.doubled(pieces, mark))

    def doubled(self, pieces: Iterable[bytes], mark: bytes) -> Iterator[bytes]:
        start = b""
        for piece in pieces:
            if start is None:
                yield piece
            elif mark.startswith(start + piece):
                start += piece
            else:
                yield (mark if (start + piece).startswith(mark) else b"") + start + piece
                start = None
        if start:
            yield mark + start


class SignedRetry(Parser):
    """`int` takes a sign."""

    def field(self, name: str, value: str) -> None:
        if name == "retry" and re.fullmatch(r"[+-]?[0-9]+", value):
            self.retry = int(value)
        else:
            super().field(name, value)


class LastDispatched(Parser):
    """What no blank line ends is dispatched all the same."""

    def __call__(self, pieces: Iterable[bytes]) -> Iterator[Any]:
        yield from super().__call__(pieces)
        yield from self.dispatch()


class Quadratic(Parser):
    """The buffer is split anew with every piece."""

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        return super().lines(self.whole_lines(pieces))

    def whole_lines(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        buffer = b""
        for piece in pieces:
            buffer = buffer + piece
            *whole, buffer = re.split(b"(?<=[\r\n])", buffer) if re.search(b"[\r\n]", buffer) else [buffer]
            yield from whole
        yield buffer


class DoneInText(Parser):
    """`[DONE]` anywhere in the data ends the stream."""

    def __call__(self, pieces: Iterable[bytes]) -> Iterator[Any]:
        for event in super().__call__(pieces):
            if "[DONE]" in event.data:
                return
            yield event.data


class NulId(Parser):
    """An id with a NUL is taken."""

    def field(self, name: str, value: str) -> None:
        super().field(name, value)
        if name == "id":
            self.id = value


class IdNotKept(Parser):
    """An id is forgotten with its event."""

    def dispatch(self) -> Iterator[Any]:
        yield from super().dispatch()
        self.id = ""


class SpacesStripped(Parser):
    """All spaces around a value are removed."""

    def without_space(self, value: str) -> str:
        return value.strip()


class SpaceRequired(Parser):
    """`data:x` is not understood."""

    def take(self, line: str) -> Iterator[Any]:
        return super().take(line if ": " in line or not line else ":")


class CommentAsField(Parser):
    """The name of a field is looked for behind a leading colon too."""

    def take(self, line: str) -> Iterator[Any]:
        return super().take(line.lstrip(":") or ("x" if line else ""))


class LastLineLost(Parser):
    """Empty lines at the end of the data are removed."""

    def dispatch(self) -> Iterator[Any]:
        for event in super().dispatch():
            yield event._replace(data=event.data.rstrip("\n"))


class TypeSticks(Parser):
    """The type of an event is the type of those after it."""

    def dispatch(self) -> Iterator[Any]:
        kind = self.event
        yield from super().dispatch()
        self.event = kind


class MarkOfEachPiece(Parser):
    """Each piece is decoded by a decoder that takes a byte order mark away."""

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        return super().lines(piece.removeprefix("\ufeff".encode()) for piece in pieces)


class TypeOfAnEmptyBlock(Parser):
    """A block without data leaves its type to the next."""

    def dispatch(self) -> Iterator[Any]:
        kind = "" if self.data else self.event
        yield from super().dispatch()
        self.event = kind


class TypeForgotten(Parser):
    """A comment takes the type of its event away."""

    def take(self, line: str) -> Iterator[Any]:
        self.event = "" if line.startswith(":") else self.event
        return super().take(line)


class EqualEnds(Parser):
    """Events are looked for between two equal line ends."""

    def __call__(self, pieces: Iterable[bytes]) -> Iterator[Any]:
        self.data, self.event, self.id, self.retry = [], "", "", None
        *blocks, _ = re.split("\n\n|\r\n\r\n|\r\r(?!\n)", b"".join(pieces).decode("utf-8-sig", "replace"))
        for line in (line for block in blocks for line in [*filter(None, re.split("\r\n|\r|\n", block)), ""]):
            yield from self.take(line)


class LastLines(Parser):
    """An event has no more than so many lines."""

    def field(self, name: str, value: str) -> None:
        super().field(name, value)
        self.data = self.data[-64:]


class EmptyPieceEndsWaiting(Parser):
    """A LF belongs to the CR before it only where it is in the very next piece, and that may be empty."""

    def lines(self, pieces: Iterable[bytes]) -> Iterator[str]:
        decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        held: list[str] = []
        after_cr = False
        for piece in pieces:
            text = decode(piece).removeprefix("\n" if after_cr else "")
            after_cr = text.endswith("\r")
            *whole, rest = re.split("\r\n|\r|\n", text)
            for line in whole:
                yield "".join([*held, line])
                held = []
            held.append(rest)


class Hangs(Parser):
    """A line without a colon is waited for, for ever."""

    def take(self, line: str) -> Iterator[Any]:
        while line == "data":
            pass
        return super().take(line)


right = Parser()
split_character_lost = SplitCharacterLost()
crlf_twice = CrlfTwice()
split_at_u2028 = SplitAtU2028()
empty_dispatched = EmptyDispatched()
bom_kept = BomKept()
signed_retry = SignedRetry()
last_dispatched = LastDispatched()
quadratic = Quadratic()
done_in_text = DoneInText()
nul_id = NulId()
id_not_kept = IdNotKept()
spaces_stripped = SpacesStripped()
space_required = SpaceRequired()
comment_as_field = CommentAsField()
last_line_lost = LastLineLost()
type_sticks = TypeSticks()
mark_of_each_piece = MarkOfEachPiece()
type_of_an_empty_block = TypeOfAnEmptyBlock()
type_forgotten = TypeForgotten()
equal_ends = EqualEnds()
last_lines = LastLines()
empty_piece_ends_waiting = EmptyPieceEndsWaiting()
hangs = Hangs()

PLANTED: dict[str, str] = {
    "split_character_lost": "cut-characters",
    "crlf_twice": "cut-crlf",
    "split_at_u2028": "other-line-ends",
    "empty_dispatched": "no-data",
    "bom_kept": "bom",
    "signed_retry": "retry-digits",
    "last_dispatched": "unfinished",
    "quadratic": "linear",
    "done_in_text": "sentinel",
    "nul_id": "id-null",
    "id_not_kept": "id-kept",
    "spaces_stripped": "one-space",
    "space_required": "space-optional",
    "comment_as_field": "comments",
    "last_line_lost": "multi-line",
    "type_sticks": "event-type",
    "mark_of_each_piece": "bom",
    "type_of_an_empty_block": "event-type",
    "type_forgotten": "comments",
    "equal_ends": "mixed-line-ends",
    "last_lines": "long",
    "empty_piece_ends_waiting": "empty-pieces",
    "hangs": "hang",
}
"""Each bug and the law that has to find it."""
