"""The JSON documents of an exchange, with the part each plays: chunks of its reply, its request, its error body."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from harness.contract.inference.phases import Phase, PhaseReader
from harness.errors import ChunkError, LimitError
from harness.upstreams.jsontext import parse_json
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import error_reply, is_terminal, parse_chunk, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.cassette.model import Interaction, Response
    from harness.sse import Event
    from harness.upstreams.upstream import Upstream

Seen: TypeAlias = "tuple[str, object] | None"
"""A document and its phase; None where data could not be read."""


class Kind(StrEnum):
    """Which documents of an exchange are meant."""

    CHUNK = "chunk"
    REQUEST = "request"
    ERROR = "error"


def documents_of(
    interaction: Interaction, upstream: Upstream | None, kind: Kind = Kind.CHUNK
) -> Iterator[Seen]:
    """The documents of this *kind*, in the order of the exchange; of an error reply there are no chunks."""
    response = interaction.response
    if kind is Kind.REQUEST:
        yield from _body(interaction.request.body, "request")
    elif (response.status != 200 or _is_error(response, upstream)) is (kind is Kind.ERROR):
        yield from _body(response.body, Phase.ERROR) if kind is Kind.ERROR else _chunks(response, upstream)


def events_of(body: bytes, upstream: Upstream | None) -> Iterator[Event]:
    """The events of a reply, as far as they go."""
    parser = parser_for(upstream)
    try:
        yield from parser.feed(body)
        yield from parser.close()
    except LimitError:  # it gave the events before its limit first
        return


def _is_error(response: Response, upstream: Upstream | None) -> bool:
    return upstream is not None and error_reply(upstream, response.body) is not None


def _body(body: bytes | None, phase: str) -> Iterator[Seen]:
    if not body:
        return
    try:
        yield phase, parse_json(body)
    except ValueError:
        yield None


def _chunks(response: Response, upstream: Upstream | None) -> Iterator[Seen]:
    phases = PhaseReader()
    for event in events_of(response.body, upstream):
        if upstream is None:
            yield _by_shape(event, phases)
        elif not is_terminal(upstream, event):
            yield from _by_meaning(event, upstream, phases)


def _by_shape(event: Event, phases: PhaseReader) -> Seen:
    try:
        document = parse_json(event.data)
    except ValueError:
        return None
    return phases.of_shape(document, name=event.event), document


def _by_meaning(event: Event, upstream: Upstream, phases: PhaseReader) -> Iterator[Seen]:
    chunk_map = upstream.chunk_map(event.event)
    if chunk_map is None:
        return
    try:
        document = parse_chunk(event.data)
        said = read_document(chunk_map, document, data=event.data)
    except ChunkError:
        yield None
    else:
        yield phases.of_events(said, name=event.event), document
