"""The events of a reply as chunks, each with its part in the stream, read by the upstream's map. Pure.

The one place where drift makes events of bytes. In an ordinary stream one chunk after another differs in its text and
in nothing else: of those only the first is taken apart (`Like`), and the others lend it their text.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from harness.drift.walk import Documents
from harness.errors import HarnessError
from harness.upstreams.jsontext import parse_json
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import at, is_terminal

if TYPE_CHECKING:
    from harness.drift.notes import Notes
    from harness.drift.walk import Seen
    from harness.sse import Event
    from harness.upstreams.upstream import ChunkMap, Path, ToolMap, Upstream

PATIENCE = 8
"""Chunks of a stream that were like none before, after which nobody looks for one any more."""


class Kind(NamedTuple):
    """What a chunk says, but for its text: what the order of a stream depends on."""

    phase: str
    """`tool`, `first` (the first chunk, but for one that begins a tool call), `text`, `finish`, `usage` or `error`."""
    role: str | None
    finish: str | None
    choices: int
    usage: bool
    choice: int | None
    stamps: tuple[object, object, object]
    """Its id, time and model."""


class Chunk(NamedTuple):
    """One chunk: its kind, its text, and the data that it came in."""

    kind: Kind
    text: str
    data: str


class Stream(NamedTuple):
    """What the events of one reply are."""

    chunks: list[Chunk]
    events: list[Event]
    ends: list[int]
    """The numbers of the terminal events."""
    left: bytes
    """What is left of an event that never ended."""


def read_stream(notes: Notes, upstream: Upstream, body: bytes, texts: set[str]) -> Stream:
    """The chunks of this body; the shapes of their documents are noted. *texts*: the places of free text."""
    events, left = events_of(upstream, body)
    reader = _Reader(notes, upstream, len(events), texts)
    reader.read(events)
    return Stream(reader.chunks, events, reader.ends, left)


def events_of(upstream: Upstream, body: bytes) -> tuple[list[Event], bytes]:
    """The events of a reply, and what is left of one that never ended."""
    parser = parser_for(upstream)
    try:
        events = parser.feed(body)
    except HarnessError:  # past a limit: what cannot be read is not looked at
        return [], b""
    left = parser.pending
    parser.close()
    return events, left


class Like:
    """What the data of a chunk must be to differ from another one in its text only: this head, and this tail."""

    def __init__(self, kind: Kind, name: str, seen: Seen, head: str, tail: str) -> None:
        self.kind, self.name, self.seen, self.head, self.tail = kind, name, seen, head, tail
        self.size, self.times = len(head), 0

    def text_of(self, event: Event) -> str | None:
        """The text of an event that is like this one; None for another, and for one without a text."""
        data = event.data
        if not data.startswith(self.head) or not data.endswith(self.tail) or event.event != self.name:
            return None
        middle = data[self.size : len(data) - len(self.tail)]
        if middle.isprintable() and "\\" not in middle and '"' not in middle:
            return middle or None
        try:
            return str(parse_json(f'"{middle}"')) or None
        except ValueError:
            return None


def like_of(chunk_map: ChunkMap, chunk: Chunk, name: str, seen: Seen) -> Like | None:
    """What others must be to be like this chunk: its data around the text, if the text stands in it just once."""
    for literal in (json.dumps(chunk.text, ensure_ascii=False), json.dumps(chunk.text)):
        head, found, tail = chunk.data.partition(literal)
        if found and literal not in tail and _is_text(chunk_map, head, tail):
            return Like(chunk.kind, name, seen, f'{head}"', f'"{tail}')
    return None


def _is_text(chunk_map: ChunkMap, head: str, tail: str) -> bool:
    """Whether what stands between is the text of one choice: another word there is read as the text."""
    try:
        document = parse_json(f'{head}"\x7f"{tail}')
    except ValueError:
        return False
    choices = choices_of(chunk_map, document) if isinstance(document, dict) else []
    return [at(choice, chunk_map.text) for choice in choices] == ["\x7f"]


class _Reader:
    def __init__(self, notes: Notes, upstream: Upstream, size: int, texts: set[str]) -> None:
        self.notes, self.upstream, self.last = notes, upstream, size - 1
        self.documents = Documents("chunk", texts)
        self.chunks: list[Chunk] = []
        self.ends: list[int] = []
        self.names: set[str] = set()
        self.likes: list[Like] = []
        self.patience = PATIENCE

    def read(self, events: list[Event]) -> None:
        """All events, in their order; then note what their documents were."""
        for number, event in enumerate(events):
            for like in self.likes:
                if (text := like.text_of(event)) is not None:
                    like.times += 1
                    self.chunks.append(Chunk(like.kind, text, event.data))
                    break
            else:
                self._look_closely(number, event)
        for like in self.likes:
            like.seen.times[like.kind.phase] += like.times
        self.documents.note(self.notes)
        self.notes.words(self.names, "event-name")

    def _look_closely(self, number: int, event: Event) -> None:
        self.names.add(event.event)
        if is_terminal(self.upstream, event):
            self.ends.append(number)
        else:
            self._read_document(number, event)

    def _read_document(self, number: int, event: Event) -> None:
        document = _document(self.notes, event, is_last=number == self.last)
        chunk_map = self.upstream.chunk_map(event.event)
        if document is None or chunk_map is None:
            return
        if chunk_map.done and at(document, chunk_map.done) is True:
            self.ends.append(number)
        chunk = _chunk(chunk_map, document, event.data, is_first=not self.chunks)
        self.chunks.append(chunk)
        seen = self.documents.add(document, chunk.kind.phase)
        if chunk.text and chunk.kind.phase == "text" and self.patience:
            self.patience -= 1
            like = like_of(chunk_map, chunk, event.event, seen)
            self.likes += [like] if like is not None else []


def _document(notes: Notes, event: Event, *, is_last: bool) -> dict[str, object] | None:
    """The JSON object of an event; a note where there is none."""
    data = event.data.strip()
    try:
        document = parse_json(data)
    except ValueError:
        notes.note("fact", _other(data, is_last=is_last))
        return None
    if isinstance(document, dict):
        return document
    if isinstance(document, str) and document.lstrip().startswith("{"):
        notes.note("fact", "double-encoded")
    else:
        notes.note("fact", "word-at-the-end" if is_last else "not-an-object")
    return None


def _other(data: str, *, is_last: bool) -> str:
    """What data that is no JSON may be."""
    if "{" in data:
        return "several-objects" if data.count("\n{") or "}{" in data else "broken-json"
    if is_last and not data.startswith(":"):
        return "word-at-the-end"
    return "comment-as-data"


def choices_of(chunk_map: ChunkMap, document: dict[str, object]) -> list[dict[str, object]]:
    """The choices of a chunk; a protocol without them has the chunk itself."""
    listed = at(document, chunk_map.choices) if chunk_map.choices else [document]
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _chunk(chunk_map: ChunkMap, document: dict[str, object], data: str, *, is_first: bool) -> Chunk:
    choices = choices_of(chunk_map, document)
    finish = _word(choices, chunk_map.finish)
    text = "".join(found for each in choices if isinstance(found := at(each, chunk_map.text), str))
    usage = isinstance(found := at(document, chunk_map.usage), dict) and bool(found)
    index = _first(choices, chunk_map.index)
    phase = _phase(
        ("error", bool(at(document, chunk_map.error))),
        ("tool", finish is None and _is_tool(choices, chunk_map.tools)),
        ("first", is_first),
        ("usage", usage and not text and finish is None),
        ("finish", finish is not None),
    )
    kind = Kind(
        phase,
        _word(choices, chunk_map.role),
        finish,
        len(choices),
        usage,
        index if isinstance(index, int) else None,
        (
            _stamp(document, chunk_map.id),
            _stamp(document, chunk_map.created),
            _stamp(document, chunk_map.model),
        ),
    )
    return Chunk(kind, text, data)


def _is_tool(choices: list[dict[str, object]], tools: ToolMap | None) -> bool:
    """Whether a chunk brings a part of a tool call; where calls have no list of their own, an index alone is none."""
    if tools is None:
        return False
    if tools.calls:
        return bool(_first(choices, tools.calls))
    return any(_first(choices, path) is not None for path in (tools.id, tools.name, tools.arguments))


def _phase(*cases: tuple[str, bool]) -> str:
    return next((name for name, holds in cases if holds), "text")


def _first(choices: list[dict[str, object]], path: Path) -> object:
    return next((found for each in choices if (found := at(each, path)) is not None), None)


def _word(choices: list[dict[str, object]], path: Path) -> str | None:
    found = _first(choices, path)
    return found if isinstance(found, str) and found else None


def _stamp(document: dict[str, object], path: Path) -> object:
    found = at(document, path)
    return found if isinstance(found, str | int | float) else None
