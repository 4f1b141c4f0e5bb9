"""Recordings to a summary: each looked at once, by itself, layer by layer, and then merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.interaction import End
from harness.drift.exchange import look_at_error, look_at_head, look_at_request, outcome_of
from harness.drift.notes import Notes
from harness.drift.pace import look_at_pace
from harness.drift.shape import Fold
from harness.drift.stream import look_at_stream
from harness.drift.wire import look_at_framing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Interaction
    from harness.drift.shape import Summary
    from harness.upstreams.upstream import Upstream


ENDED = {End.COMPLETE, End.TRUNCATED}
BROKEN = {End.SHORT, End.RESET, End.TIMEOUT}
"""Endings that are neither the upstream's will nor the recorder's; the others are the client's doing."""
_MISSED = ("sentinel-missing", "finish-missing", "usage-missing", "ending-unfinished", "utf8-cut", "chunks")
NOT_YET = frozenset(("fact", word) for word in _MISSED)
"""What a stream that was cut off cannot be blamed for: its end would have come."""


def summarise(interactions: Iterable[Interaction], upstream: Upstream) -> Summary:
    """The summary of these recordings. Order does not matter; parts may be summarised apart and merged."""
    fold = Fold()
    for interaction in interactions:
        look_at(interaction, upstream).add_to(fold)
    return fold.summary()


def look_at(interaction: Interaction, upstream: Upstream) -> Notes:
    """What one recording shows."""
    notes = Notes()
    outcome = outcome_of(upstream, interaction)
    notes.note("all")
    notes.note("outcome", outcome)
    question = look_at_request(notes, upstream, interaction.request)
    notes.word(f"{outcome} {interaction.response.status}", "answer", question)
    look_at_head(notes, outcome, interaction.response)
    if outcome == "reply":
        _look_at_reply(notes, upstream, interaction)
    elif outcome == "error" or (outcome == "blocked" and interaction.response.status >= 400):
        notes.word(str(interaction.response.status), "error-status")
        look_at_error(notes, interaction.response, is_own=outcome == "error")
    return notes


def _look_at_reply(notes: Notes, upstream: Upstream, interaction: Interaction) -> None:
    response = interaction.response
    look_at_framing(notes, response.body, upstream.framing)
    chunks = look_at_stream(notes, upstream, response.body)
    look_at_pace(notes, response, upstream.framing)
    end = response.stream.end if response.stream is not None else End.COMPLETE
    if end not in ENDED:
        notes.forget(NOT_YET)
        notes.note("fact", "cut")
    if end in BROKEN:
        notes.note("fact", "stream-broken")
    elif not chunks:
        notes.note("fact", "no-chunks")
