"""The events of one reply as pieces of an answer, each with its part in it. Pure; reads by the upstream's map.

This is the one place of the room that parses a stream, so that an upstream with another framing is added here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from harness.errors import HarnessError
from harness.sse import SSEParser
from harness.upstreams.jsontext import parse_json
from harness.upstreams.reading import at, is_terminal

if TYPE_CHECKING:
    from harness.sse import Event
    from harness.upstreams.upstream import ChunkMap, Path, Upstream


class Phase(StrEnum):
    """The part that a piece has in the stream."""

    OPENER = "opener"
    """The first chunk that continues an answer."""
    TEXT = "text"
    TOOL = "tool"
    FINISH = "finish"
    USAGE = "usage"
    ERROR = "error"
    STRAY = "stray"
    """A document that is no chunk."""
    NOISE = "noise"
    """Data that is no JSON object."""
    DONE = "done"


class Piece(msgspec.Struct):
    """One event of the stream, and what a client would take from it."""

    phase: Phase
    data: str
    event: str
    document: object = None
    role: str | None = None
    text: str | None = None
    finish: str | None = None
    usage: bool = False
    choices: int | None = None
    """How many answers this chunk continues; None where the array is missing."""
    index: int | None = None


class Stream(msgspec.Struct):
    """A reply in pieces, and the bytes of an event that the end cut off."""

    pieces: list[Piece]
    rest: bytes
    names: tuple[str, ...] = ()


def read_stream(upstream: Upstream, body: bytes) -> Stream:
    """The pieces of a reply; those after a limit of the parser are left out."""
    parser = SSEParser(max_stream=None)
    try:
        events = parser.feed(body)
    except HarnessError:
        events = []
    return Stream(_in_order([_piece(upstream, event) for event in events]), parser.pending)


def _in_order(pieces: list[Piece]) -> list[Piece]:
    """The pieces with the phases that only their place tells: the opener, and what is strange among chunks."""
    known = any(piece.choices is not None for piece in pieces)
    kind = next((_kind(piece) for piece in pieces if piece.choices), None)
    opened = False
    for piece in pieces:
        if piece.phase is Phase.TEXT and not piece.choices and _kind(piece) != kind:
            piece.phase = Phase.STRAY
        elif piece.phase is Phase.STRAY and not known and isinstance(piece.document, dict):
            piece.phase = Phase.TEXT
        if not opened and piece.phase in (Phase.TEXT, Phase.FINISH) and piece.choices != 0:
            opened = True
            piece.phase = Phase.OPENER if piece.phase is Phase.TEXT else piece.phase
    return pieces


def _kind(piece: Piece) -> tuple[object, object]:
    """What a document says that it is, as most services have it."""
    document = piece.document if isinstance(piece.document, dict) else {}
    return document.get("object"), document.get("type")


def _piece(upstream: Upstream, event: Event) -> Piece:
    if is_terminal(upstream, event):
        return Piece(Phase.DONE, event.data, event.event)
    try:
        document = parse_json(event.data)
    except ValueError:
        return Piece(Phase.NOISE, event.data, event.event)
    chunk_map = upstream.chunk_map(event.event)
    if not isinstance(document, dict) or chunk_map is None:
        return Piece(Phase.NOISE, event.data, event.event, document)
    return _chunk(chunk_map, document, event)


def _chunk(chunk_map: ChunkMap, document: dict[str, object], event: Event) -> Piece:
    if at(document, chunk_map.error) is not None:
        return Piece(Phase.ERROR, event.data, event.event, document)
    choices = at(document, chunk_map.choices) if chunk_map.choices else [document]
    piece = Piece(Phase.STRAY, event.data, event.event, document)
    piece.usage = isinstance(at(document, chunk_map.usage), dict)
    if isinstance(choices, list):
        piece.choices = len(choices)
        _read_choices(piece, chunk_map, [choice for choice in choices if isinstance(choice, dict)])
    if piece.usage and not piece.choices:
        piece.phase = Phase.USAGE
    return piece


def _read_choices(piece: Piece, chunk_map: ChunkMap, choices: list[dict[str, object]]) -> None:
    piece.phase = Phase.TEXT
    for choice in choices:
        piece.role = piece.role or _text(choice, chunk_map.role)
        piece.finish = piece.finish or _text(choice, chunk_map.finish)
        text = _text(choice, chunk_map.text)
        piece.text = text if piece.text is None else piece.text + (text or "")
        index = at(choice, chunk_map.index)
        piece.index = index if isinstance(index, int) else piece.index
        if chunk_map.tools is not None and at(choice, chunk_map.tools.calls):
            piece.phase = Phase.TOOL
    if piece.finish:
        piece.phase = Phase.FINISH


def _text(choice: dict[str, object], path: Path) -> str | None:
    found = at(choice, path)
    return found if isinstance(found, str) else None
