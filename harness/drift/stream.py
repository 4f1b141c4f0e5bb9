"""The events of a reply into facts: the shape of each chunk by its place in the stream, and the order of the stream.

The phases are `first` (the first chunk), `text`, `tool`, `finish`, `usage` and `error`. What a role, a text or a
finish reason is, the upstream's map says.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from harness.drift.walk import ANY, close, type_of, walk
from harness.drift.wire import is_mojibake
from harness.errors import HarnessError
from harness.upstreams.jsontext import parse_json
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import at, is_terminal

if TYPE_CHECKING:
    from harness.drift.notes import Notes
    from harness.sse import Event
    from harness.upstreams.upstream import ChunkMap, Path, Upstream

MAX_PIECES = 20_000
"""Pieces of text that are compared with their neighbours."""
SENTENCE = 24
"""Bytes of an answer that no model says in one token."""
ENOUGH = 3
"""Repetitions from which on a habit is a habit and not a turn of phrase."""


class Chunk(NamedTuple):
    """What one chunk says, as far as the order of a stream depends on it."""

    document: dict[str, object]
    phase: str
    role: str | None
    text: str
    finish: str | None
    choices: int
    usage: bool
    choice: int | None
    data: str
    event: str


def events_of(upstream: Upstream, body: bytes) -> tuple[list[Event], bytes]:
    """The events of a reply, and what is left of one that never ended. The one place where bytes become events."""
    parser = parser_for(upstream)
    try:
        events = parser.feed(body)
    except HarnessError:  # past a limit: what cannot be read is not looked at
        return [], b""
    left = parser.pending
    parser.close()
    return events, left


def paths_of(chunk_map: ChunkMap) -> dict[str, str]:
    """Where the parts of a reply lie, as JSONPaths, by the names of the map."""
    item = "".join(f".{key}" for key in chunk_map.choices) + "[*]" if chunk_map.choices else ""
    inner = ("index", "role", "text", "finish")
    outer = ("usage", "id", "created", "model", "choices", "error")
    found = {name: _path(item, getattr(chunk_map, name)) for name in inner if getattr(chunk_map, name)}
    return found | {name: _path("", getattr(chunk_map, name)) for name in outer if getattr(chunk_map, name)}


def texts_of(upstream: Upstream) -> set[str]:
    """The JSONPaths of free text."""
    found = {paths_of(chunk_map).get("text", "") for chunk_map in upstream.events}
    for chunk_map in upstream.events:
        if chunk_map.tools is not None:
            item = _path("".join(f".{key}" for key in chunk_map.choices) + "[*]", chunk_map.tools.calls)
            found.add(_path(item.removeprefix("$") + "[*]", chunk_map.tools.arguments))
    return found - {""}


def look_at_stream(notes: Notes, upstream: Upstream, body: bytes) -> list[Chunk]:
    """Note what the events of this body say, and give its chunks."""
    events, left = events_of(upstream, body)
    chunks = _chunks(notes, upstream, events)
    texts = texts_of(upstream)
    for chunk in chunks:
        walk(notes, chunk.document, document="chunk", phases=(ANY, chunk.phase), texts=texts)
    close(notes, "chunk")
    _look_at_ending(notes, upstream, events, left)
    if chunks:
        notes.note("fact", "chunks")
        _look_at_order(notes, chunks)
        _look_at_texts(notes, chunks)
        _look_at_constancy(notes, upstream, chunks)
    return chunks


def _path(item: str, keys: Path) -> str:
    return "$" + item + "".join(f".{key}" for key in keys)


def _chunks(notes: Notes, upstream: Upstream, events: list[Event]) -> list[Chunk]:
    chunks: list[Chunk] = []
    for number, event in enumerate(events):
        notes.word(event.event, "event-name")
        if is_terminal(upstream, event):
            continue
        document = _document(notes, event, is_last=number == len(events) - 1)
        chunk_map = upstream.chunk_map(event.event)
        if document is not None and chunk_map is not None:
            chunks.append(_chunk(chunk_map, document, event, is_first=not chunks))
    return chunks


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
        notes.note(
            "fact", "word-at-the-end" if is_last and type_of(document) != "object" else "not-an-object"
        )
    return None


def _other(data: str, *, is_last: bool) -> str:
    """What data that is no JSON may be."""
    if "{" in data:
        return "several-objects" if data.count("\n{") or "}{" in data else "broken-json"
    if is_last and not data.startswith(":"):
        return "word-at-the-end"
    return "comment-as-data"


def _chunk(chunk_map: ChunkMap, document: dict[str, object], event: Event, *, is_first: bool) -> Chunk:
    listed = at(document, chunk_map.choices) if chunk_map.choices else [document]
    choices = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    role, finish = _first(choices, chunk_map.role), _first(choices, chunk_map.finish)
    text = "".join(found for each in choices if isinstance(found := at(each, chunk_map.text), str))
    usage = isinstance(found := at(document, chunk_map.usage), dict) and bool(found)
    tool = chunk_map.tools is not None and bool(_first(choices, chunk_map.tools.calls))
    index = _first(choices, chunk_map.index)
    phase = _phase(
        ("error", bool(at(document, chunk_map.error))),
        ("first", is_first),
        ("usage", usage and not text and finish is None),
        ("finish", isinstance(finish, str) and bool(finish)),
        ("tool", tool),
    )
    return Chunk(
        document,
        phase,
        role if isinstance(role, str) and role else None,
        text,
        finish if isinstance(finish, str) and finish else None,
        len(choices),
        usage,
        index if isinstance(index, int) else None,
        event.data,
        event.event,
    )


def _phase(*cases: tuple[str, bool]) -> str:
    return next((name for name, holds in cases if holds), "text")


def _first(choices: list[dict[str, object]], path: Path) -> object:
    return next((found for each in choices if (found := at(each, path)) is not None), None)


def _look_at_ending(notes: Notes, upstream: Upstream, events: list[Event], left: bytes) -> None:
    ends = [number for number, event in enumerate(events) if is_terminal(upstream, event)]
    if not ends and upstream.terminal is not None and left.strip().endswith(upstream.terminal.encode()):
        notes.note("fact", "sentinel-unfinished")
        notes.note("fact", "sentinel")
    elif not ends:
        notes.note("fact", "sentinel-missing")
    else:
        notes.note("fact", "sentinel")
        if len(ends) > 1:
            notes.note("fact", "sentinel-again")
        if any(number > ends[0] and number not in ends for number in range(len(events))):
            notes.note("fact", "data-after-sentinel")


def _look_at_order(notes: Notes, chunks: list[Chunk]) -> None:
    labels = [_label(chunk) for chunk in chunks]
    for one, other in pairwise(["start", *labels, "end"]):
        notes.note("pair", one, other)
    notes.note("fact", "role-first" if chunks[0].role else "role-not-first")
    for chunk in chunks[1:]:
        if chunk.role:
            notes.note("fact", "role-again" if chunks[0].role else "role-late")
    if any(chunk.role and chunk.text for chunk in chunks[:1]):
        notes.note("fact", "role-with-text")
    _look_at_finish(notes, chunks)
    _look_at_usage(notes, chunks)
    if any(chunk.phase == "error" for chunk in chunks):
        notes.note("fact", "error-in-stream")


def _label(chunk: Chunk) -> str:
    parts = (
        ("error", chunk.phase == "error"),
        ("role", bool(chunk.role)),
        ("text", bool(chunk.text)),
        ("tool", chunk.phase == "tool"),
        ("finish", bool(chunk.finish)),
        ("usage", chunk.usage),
    )
    return "+".join(name for name, holds in parts if holds) or "empty"


def _look_at_finish(notes: Notes, chunks: list[Chunk]) -> None:
    places = [number for number, chunk in enumerate(chunks) if chunk.finish]
    texts = [number for number, chunk in enumerate(chunks) if chunk.text]
    notes.note("fact", ("finish-missing", "finish")[min(len(places), 1)])
    if not places:
        return
    seen = [chunk.choice for chunk in chunks if chunk.finish]
    if len(set(seen)) < len(seen):
        notes.note("fact", "finish-again")
    if any(chunks[number].text for number in places):
        notes.note("fact", "finish-with-text")
    if chunks[places[0]].choice == chunks[places[-1]].choice and any(number > places[-1] for number in texts):
        notes.note("fact", "text-after-finish")
    for chunk in chunks:
        if chunk.finish:
            notes.word(chunk.finish, "finish-reason")


def _look_at_usage(notes: Notes, chunks: list[Chunk]) -> None:
    places = [number for number, chunk in enumerate(chunks) if chunk.usage]
    notes.note("fact", ("usage-missing", "usage")[min(len(places), 1)])
    if not places:
        return
    finish = next((number for number, chunk in enumerate(chunks) if chunk.finish), len(chunks))
    if len(places) > 1:
        notes.note("fact", "usage-again")
    where = "with" if places[-1] == finish else "before" if places[-1] < finish else "after"
    notes.note("fact", f"usage-{where}-finish")
    notes.note("fact", "usage-with-choices" if chunks[places[-1]].choices else "usage-alone")


def _look_at_texts(notes: Notes, chunks: list[Chunk]) -> None:
    """How text grows: by pieces, by repeating itself, by starting again from the beginning each time."""
    spoken = [chunk for chunk in chunks if chunk.text][:MAX_PIECES]
    texts = [chunk.text for chunk in spoken]
    if texts:
        sizes = [len(text.encode("utf-8", "replace")) for text in texts]  # bytes differ less between scripts
        notes.number(sum(sizes) / len(sizes), "bytes")
        notes.note("fact", "spoke")
        if len(texts) == 1 and sizes[0] >= SENTENCE:
            notes.note("fact", "one-piece")
    if is_mojibake("".join(texts)):
        notes.note("fact", "encoded-twice")
    grows = [len(other) > len(one) and other.startswith(one) for one, other in pairwise(texts)]
    if len(grows) >= ENOUGH - 1 and sum(grows) >= 0.8 * len(grows):
        notes.note("fact", "cumulative")
    same = [one.data == other.data and one.text == other.text for one, other in pairwise(spoken)]
    repeated = {text for text, is_same in zip(texts, same, strict=False) if is_same}
    share = 0.4 if len(repeated) < 2 * ENOUGH else 0.25
    if len(repeated) >= ENOUGH and sum(same) >= share * len(same):
        notes.note("fact", "doubled")
    if _counts_up([chunk.choice for chunk in spoken]):
        notes.note("fact", "index-counts-up")


def _counts_up(indices: list[int | None]) -> bool:
    steps = [other - one for one, other in pairwise(indices) if one is not None and other is not None]
    return len(steps) >= ENOUGH - 1 and all(step > 0 for step in steps)


def _look_at_constancy(notes: Notes, upstream: Upstream, chunks: list[Chunk]) -> None:
    for name in ("id", "created", "model"):
        values = [_stamp(upstream, chunk, name) for chunk in chunks]
        said = [value for value in values if value not in (None, "")]
        if len(said) > 1:
            notes.note("fact", f"{name}-constant" if len(set(map(str, said))) == 1 else f"{name}-varies")
        if said:
            notes.word(str(said[0]), "stamp", name)


def _stamp(upstream: Upstream, chunk: Chunk, name: str) -> object:
    chunk_map = upstream.chunk_map(chunk.event)
    found = at(chunk.document, getattr(chunk_map, name)) if chunk_map is not None else None
    return found if isinstance(found, str | int | float) else None
