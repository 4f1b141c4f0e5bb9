"""What follows what in a reply, and what the pieces add up to. Pieces in, facts out, under `order`. Pure.

A fact is named for what is wrong or noteworthy about a stream, so that most streams have none.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from harness.drift.pieces import Phase
from harness.drift.wire import is_mojibake

if TYPE_CHECKING:
    from harness.drift.pieces import Piece, Stream
    from harness.drift.summary import Notes
    from harness.upstreams.upstream import Upstream

ANSWERS = (Phase.OPENER, Phase.TEXT, Phase.TOOL, Phase.FINISH)
LONG = 24
"""Characters of an answer that no model says in one token."""
MANY = 3
"""Pieces from which on a pattern is no chance."""
HALF = 0.4
"""Share of neighbours that are the same when every chunk is sent twice: just under one half."""


def note_order(notes: Notes, upstream: Upstream, stream: Stream, *, cut: bool) -> None:
    """The facts of the sequence. *cut*: the end was the recorder's or the client's, so nothing is missed there."""
    pieces = stream.pieces
    _note_terminal(notes, upstream, stream, cut=cut)
    answer = [piece for piece in pieces if piece.phase in ANSWERS]
    if not answer:
        notes.saw("order", "errors-only" if any(p.phase is Phase.ERROR for p in pieces) else "no-answer")
    else:
        _note_roles(notes, answer)
        _note_finish(notes, pieces, answer, cut=cut)
        _note_text(notes, answer)
    _note_usage(notes, pieces)
    _note_strangers(notes, upstream, pieces)


def _note_terminal(notes: Notes, upstream: Upstream, stream: Stream, *, cut: bool) -> None:
    pieces = stream.pieces
    places = [number for number, piece in enumerate(pieces) if piece.phase is Phase.DONE]
    if upstream.terminal is not None and not places:
        if not cut:
            unended = _unended(upstream, stream)
            notes.saw("order", unended)
            if unended == "stream-truncated":
                notes.saw("order", "terminal-missing")
        return
    if len(places) > 1:
        notes.saw("order", "terminal-repeated")
    if places and any(piece.phase is not Phase.DONE for piece in pieces[places[0] :]):
        notes.saw("order", "data-after-terminal")


def _unended(upstream: Upstream, stream: Stream) -> str:
    """Which way a terminal event is not there."""
    rest, pieces = stream.rest.strip(), stream.pieces
    if rest.startswith(b"data:") and rest[5:].strip() == (upstream.terminal or "").encode():
        return "terminal-unfinished"
    if any(piece.phase is Phase.ERROR for piece in pieces[-1:]):
        return "terminal-after-error"
    if pieces and pieces[-1].phase is Phase.NOISE and len(pieces[-1].data) < LONG and not rest:
        return "terminal-changed"
    finished = any(piece.finish for piece in pieces)
    return "terminal-missing" if finished and not rest else "stream-truncated"


def _note_roles(notes: Notes, answer: list[Piece]) -> None:
    if not answer[0].role:
        notes.saw("order", "role-missing")
    if any(piece.role for piece in answer[1:]) and (answer[0].choices or 1) < 2:
        notes.saw("order", "role-repeated")
    if answer[0].role and answer[0].text and len(answer) > 1:
        notes.saw("order", "role-with-text")


def _note_finish(notes: Notes, pieces: list[Piece], answer: list[Piece], *, cut: bool) -> None:
    ends = [number for number, piece in enumerate(answer) if piece.finish]
    if not ends:
        whole = any(piece.phase is Phase.DONE for piece in pieces)
        if whole and not cut:
            notes.saw("order", "finish-missing")
        return
    if len(ends) > max(piece.choices or 1 for piece in answer):
        notes.saw("order", "finish-repeated")
    elif ends[-1] < len(answer) - 1:
        late = any(piece.text for piece in answer[ends[-1] + 1 :])
        notes.saw("order", "text-after-finish" if late else "chunk-after-finish")
    if len(ends) == 1 and answer[ends[0]].text and len(answer) > 1:
        notes.saw("order", "finish-with-text")


def _note_usage(notes: Notes, pieces: list[Piece]) -> None:
    counted = [number for number, piece in enumerate(pieces) if piece.usage]
    if not counted:
        return
    notes.saw("order", "usage")
    ends = [number for number, piece in enumerate(pieces) if piece.finish]
    own = all(pieces[number].phase is Phase.USAGE for number in counted)
    if len(counted) > 1:
        place = "usage-repeated"
    elif not own:
        place = "usage-on-finish" if pieces[counted[0]].finish else "usage-on-text"
    else:
        place = "usage-early" if ends and counted[0] < ends[-1] else "usage-last"
    notes.word(place, "order", "usage-place")


def _note_strangers(notes: Notes, upstream: Upstream, pieces: list[Piece]) -> None:
    for number, piece in enumerate(pieces):
        if piece.phase is Phase.STRAY:
            notes.saw("order", "stray-document")
        elif piece.phase is Phase.ERROR:
            notes.saw("order", "error-in-stream")
        elif (
            (piece.phase is Phase.NOISE and number < len(pieces) - 1)
            or (piece.phase is Phase.NOISE and upstream.terminal is None)
            or (piece.phase is Phase.NOISE and piece.document is not None)
        ):
            notes.saw("order", _noise(piece))


def _noise(piece: Piece) -> str:
    """What data that is no JSON object is: a document in a string, a comment that lost its way, or broken."""
    if isinstance(piece.document, str) and piece.document.lstrip().startswith(("{", "[")):
        return "double-encoded"
    words = piece.data.lstrip().lower()
    said = words.startswith((":", "ping", "keep", "heartbeat", "#", '"ping', '"keep')) or words in ("", "{}")
    return (
        "comment-as-data"
        if said or (len(words) < LONG * 2 and not words.startswith(("{", "[")))
        else "broken-json"
    )


def _note_text(notes: Notes, answer: list[Piece]) -> None:
    texts = [piece.text for piece in answer if piece.text]
    whole = "".join(texts)
    if is_mojibake(whole):
        notes.saw("wire", "mojibake")
    if texts:
        notes.size(len(whole) / len(texts), "text", "chunk-size")
        notes.saw("order", "text")
    if len(texts) == 1 and len(whole) >= LONG:
        notes.saw("order", "one-chunk")
    if len(texts) > MANY and all(
        later.startswith(earlier) and len(later) > len(earlier) for earlier, later in pairwise(texts)
    ):
        notes.saw("order", "text-cumulative")
    _note_repeats(notes, answer, len(texts))
    indexes = [piece.index for piece in answer if piece.index is not None]
    if len(indexes) > MANY and all(later > earlier for earlier, later in pairwise(indexes)):
        notes.saw("order", "index-counts")


def _note_repeats(notes: Notes, answer: list[Piece], texts: int) -> None:
    """Whether chunks come twice. A few that do may be speech, "ha", "ha": for those the other recordings must speak."""
    same = sum(1 for piece, other in pairwise(answer) if piece.text and piece.data == other.data)
    if same > 1 and same >= HALF * texts:
        notes.saw("order", "chunk-repeated")
    elif same:
        notes.saw("order", "neighbours-alike")
