"""A recording as a sheet of lines: its request, the head of its answer, then the events, or the body that holds none.

Events are numbered as the stream's parser counts them, so that a number on a page is a number in `harness show`. What
cannot be parsed is still there as lines. Bounded: of an endless stream the first events, of a long body its beginning.
"""

from __future__ import annotations

import json
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING

import msgspec

from harness.cassette.model import Headers
from harness.chat.events import Delta, Done, Failed, Finished, Started, ToolDelta, Usage
from harness.errors import ChunkError, HarnessError
from harness.sse import Event, split_events
from harness.upstreams.jsontext import parse_json
from harness.upstreams.ndjson import split_ndjson
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import is_terminal, read
from harness.upstreams.upstream import Framing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from harness.cassette.model import Interaction, Request, Response
    from harness.chat.events import ChatEvent
    from harness.upstreams.upstream import Upstream

MOST_BLOCKS = 2_000
"""Events of one stream that are laid out: where a change shows, it shows long before."""
MOST_LINES = 400
"""Lines of a body that holds no events."""

_LABEL: dict[type[ChatEvent], str] = {
    Started: "role",
    Delta: "text",
    ToolDelta: "tool",
    Finished: "finish",
    Usage: "usage",
    Done: "end",
    Failed: "error",
}


class Part(StrEnum):
    """The parts of a sheet."""

    REQUEST = "request"
    HEAD = "head"
    EVENTS = "events"
    BODY = "body"


class Line(msgspec.Struct, frozen=True):
    """One line as it is shown; of a stream also its bytes, and the block it stands in."""

    part: Part
    text: str
    raw: bytes = b""
    block: int | None = None


class Block(msgspec.Struct, frozen=True):
    """What stands between two blank lines of a stream. `event` is None where it dispatches none, as a comment does."""

    event: Event | None
    number: int | None
    """Of the event, counted from 1."""
    label: str
    """What the event says: `role`, `text`, `finish+usage`, `end`; empty where it says nothing."""
    document: object
    """The JSON of its data; None where it is none."""
    line: int
    """Its first line on the sheet."""
    at_ms: float | None


class Sheet(msgspec.Struct, frozen=True):
    """One recording, laid out. `question` is the same for recordings that ask the same."""

    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]
    status: int
    version: str | None
    request_headers: Headers
    headers: Headers
    asked: object
    """The JSON of the request; None where it is none."""
    answered: object
    """The JSON of a body that is no stream; None for a stream."""
    question: bytes

    def first(self, part: Part) -> int | None:
        """The first line of a part; None where there is none."""
        return next((place for place, line in enumerate(self.lines) if line.part is part), None)


def sheet_of(interaction: Interaction, upstream: Upstream) -> Sheet:
    """The sheet of a recording."""
    request, response = interaction.request, interaction.response
    head = [*_request_lines(request, upstream), *_head_lines(response)]
    blocks = _blocks(response, upstream, len(head))
    streams = any(block.event is not None for block, _ in blocks)
    tail = [line for _, lines in blocks for line in lines] if streams else list(_body_lines(response.body))
    return Sheet(
        lines=(*head, *tail),
        blocks=tuple(block for block, _ in blocks) if streams else (),
        status=response.status,
        version=response.stream.http_version if response.stream else None,
        request_headers=request.headers,
        headers=response.headers,
        asked=_decoded(request, upstream),
        answered=None if streams else _json(response.body),
        question=request.body or b"",
    )


def _request_lines(request: Request, upstream: Upstream) -> Iterator[Line]:
    lines = [f"{request.method} {request.uri}", *(f"{name}: {value}" for name, value in request.headers)]
    document = _json(request.body or b"")
    lines += _pretty(document) if document is not None else _text_lines(request.body or b"")
    for name in upstream.json_strings:
        inner = document.get(name) if isinstance(document, dict) else None
        if isinstance(inner, str) and (parsed := _json(inner)) is not None:
            lines += [f"({name}, decoded:)", *_pretty(parsed)]
    return (Line(Part.REQUEST, line) for line in lines)


def _head_lines(response: Response) -> Iterator[Line]:
    version = (response.stream.http_version if response.stream else None) or ""
    yield Line(Part.HEAD, f"HTTP{version and '/'}{version} {response.status} {response.reason}".rstrip())
    yield from (Line(Part.HEAD, f"{name}: {value}") for name, value in response.headers)


def _body_lines(body: bytes) -> Iterator[Line]:
    document = _json(body)
    lines = _pretty(document) if document is not None else _text_lines(body)
    return (Line(Part.BODY, line) for line in lines[:MOST_LINES])


def _blocks(response: Response, upstream: Upstream, start: int) -> list[tuple[Block, list[Line]]]:
    """Each block with its lines; *start* is the sheet's line where the first one begins."""
    split = split_ndjson if upstream.framing is Framing.NDJSON else split_events
    parser, found, number = parser_for(upstream, max_stream=None), [], 0
    pieces = split(response.body)[:MOST_BLOCKS]
    times = _times(response, pieces)
    for place, (piece, at_ms) in enumerate(zip(pieces, times, strict=True)):
        try:
            events = parser.feed(piece) or (parser.close() if place + 1 == len(pieces) else [])
        except HarnessError:  # past a limit: what cannot be read is not shown as an event
            break
        number += len(events)
        lines = [Line(Part.EVENTS, _shown(raw), raw, place) for raw in piece.splitlines(keepends=True)]
        found.append((_block(upstream, events, number, start, at_ms), lines))
        start += len(lines)
    return found


def _block(upstream: Upstream, events: list[Event], number: int, line: int, at_ms: float | None) -> Block:
    event = events[0] if events else None
    if event is None:
        return Block(None, None, "", None, line, at_ms)
    return Block(event, number, _label(upstream, event), _json(event.data), line, at_ms)


def _label(upstream: Upstream, event: Event) -> str:
    if is_terminal(upstream, event):
        return "end"
    try:
        said = read(upstream, event)
    except ChunkError:
        return ""
    return "+".join(dict.fromkeys(_LABEL[type(each)] for each in said if type(each) in _LABEL))


def _times(response: Response, pieces: Sequence[bytes]) -> list[float | None]:
    """When each piece was whole; None where the recording's own pieces do not fit its body."""
    frames = response.stream.frames if response.stream else ()
    ends = list(accumulate(frame.size for frame in frames))
    if not ends or ends[-1] != len(response.body):
        return [None] * len(pieces)
    times: list[float | None] = []
    place = 0
    for end in accumulate(map(len, pieces)):
        while ends[place] < end:
            place += 1
        times.append(frames[place].at_ms)
    return times


def _shown(raw: bytes) -> str:
    """A line as text: a line feed at its end goes without saying, every other end is part of what is seen."""
    return raw.removesuffix(b"\n").decode("utf-8", "backslashreplace")


def _text_lines(body: bytes) -> list[str]:
    return body.decode("utf-8", "backslashreplace").splitlines()[:MOST_LINES]


def _pretty(document: object) -> list[str]:
    return json.dumps(document, ensure_ascii=False, indent=1).splitlines()


def _decoded(request: Request, upstream: Upstream) -> object:
    """The request's JSON, with the documents in its strings decoded."""
    document = _json(request.body or b"")
    if not isinstance(document, dict):
        return document
    inner = {name: document[name] for name in upstream.json_strings if isinstance(document.get(name), str)}
    parsed = {name: found for name, text in inner.items() if (found := _json(text)) is not None}
    return {**document, **parsed}


def _json(text: str | bytes) -> object:
    try:
        return parse_json(text)
    except ValueError:
        return None
