"""A reply into facts: the shapes of its chunks, the order of its events, what its texts and stamps are like.

What a role, a text or a finish reason is, the upstream's map says (`paths_of`).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from harness.drift.chunks import read_stream
from harness.drift.order import look_at_order
from harness.drift.wire import is_mojibake

if TYPE_CHECKING:
    from harness.drift.chunks import Chunk, Stream
    from harness.drift.notes import Notes
    from harness.upstreams.upstream import ChunkMap, Path, Upstream

MAX_PIECES = 20_000
"""Pieces of text that are compared with their neighbours."""
SENTENCE = 24
"""Bytes of an answer that no model says in one token."""
ENOUGH = 3
"""Repetitions from which on a habit is a habit and not a turn of phrase."""
STAMPS = ("id", "created", "model")


def paths_of(chunk_map: ChunkMap) -> dict[str, str]:
    """Where the parts of a reply lie, as JSONPaths, by the names of the map."""
    item = "".join(f".{key}" for key in chunk_map.choices) + "[*]" if chunk_map.choices else ""
    inner = ("index", "role", "text", "finish")
    outer = ("usage", "id", "created", "model", "choices", "error")
    found = {name: _path(item, getattr(chunk_map, name)) for name in inner if getattr(chunk_map, name)}
    return found | {name: _path("", getattr(chunk_map, name)) for name in outer if getattr(chunk_map, name)}


def places_of(upstream: Upstream) -> dict[str, str]:
    """The same for an upstream with several kinds of events: the last one that names a part has it."""
    found: dict[str, str] = {}
    for chunk_map in upstream.events:
        found |= paths_of(chunk_map)
    return found


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
    stream = read_stream(notes, upstream, body, texts_of(upstream))
    _look_at_ending(notes, upstream, stream)
    if stream.chunks:
        notes.note("fact", "chunks")
        look_at_order(notes, stream.chunks)
        _look_at_texts(notes, stream.chunks)
        _look_at_stamps(notes, stream.chunks)
    return stream.chunks


def _path(item: str, keys: Path) -> str:
    return "$" + item + "".join(f".{key}" for key in keys)


def _look_at_ending(notes: Notes, upstream: Upstream, stream: Stream) -> None:
    ends = stream.ends
    if (
        not ends
        and upstream.terminal is not None
        and stream.left.strip().endswith(upstream.terminal.encode())
    ):
        notes.note("fact", "sentinel-unfinished")
        notes.note("fact", "sentinel")
    elif not ends:
        notes.note("fact", "sentinel-missing")
    else:
        notes.note("fact", "sentinel")
        if len(ends) > 1:
            notes.note("fact", "sentinel-again")
        if len(stream.events) - ends[0] > len(ends):
            notes.note("fact", "data-after-sentinel")


def _look_at_texts(notes: Notes, chunks: list[Chunk]) -> None:
    """How text grows: by pieces, by repeating itself, by starting again from the beginning each time."""
    spoken = [chunk for chunk in chunks if chunk.text][:MAX_PIECES]
    texts = [chunk.text for chunk in spoken]
    if not texts:
        return
    whole = "".join(texts)
    size = len(whole.encode("utf-8", "replace"))  # bytes differ less between scripts
    notes.note("fact", "spoke")
    notes.number(size / len(texts), "bytes")
    if len(texts) == 1 and size >= SENTENCE:
        notes.note("fact", "one-piece")
    if is_mojibake(whole):
        notes.note("fact", "encoded-twice")
    grows = sum(len(other) > len(one) and other.startswith(one) for one, other in pairwise(texts))
    if len(texts) >= ENOUGH and grows >= 0.8 * (len(texts) - 1):
        notes.note("fact", "cumulative")
    _look_at_repeats(notes, spoken)
    if _counts_up([chunk.kind.choice for chunk in spoken]):
        notes.note("fact", "index-counts-up")


def _look_at_repeats(notes: Notes, spoken: list[Chunk]) -> None:
    """Chunks that come twice. People say a word twice now and then, so it must be many, and of many words."""
    twice = [other.text for one, other in pairwise(spoken) if one.data == other.data]
    share = 0.4 if len(set(twice)) < 2 * ENOUGH else 0.25
    if len(set(twice)) >= ENOUGH and len(twice) >= share * (len(spoken) - 1):
        notes.note("fact", "doubled")


def _counts_up(indices: list[int | None]) -> bool:
    steps = [other - one for one, other in pairwise(indices) if one is not None and other is not None]
    return len(steps) >= ENOUGH - 1 and all(step > 0 for step in steps)


def _look_at_stamps(notes: Notes, chunks: list[Chunk]) -> None:
    """Whether id, time and model stay the same within the stream, and what they are."""
    kinds = {id(chunk.kind): chunk.kind for chunk in chunks}.values()  # those that are alike share theirs
    for name, values in zip(STAMPS, zip(*(kind.stamps for kind in kinds), strict=True), strict=True):
        said = [value for value in values if value not in (None, "")]
        if len(chunks) > 1 and said:
            is_same = all(value == said[0] for value in said)
            notes.note("fact", f"{name}-constant" if is_same else f"{name}-varies")
        if said:
            notes.word(str(said[0]), "stamp", name)
