"""What recordings are like: one `Summary` of any number of exchanges. Pure, and a fold: each is looked at once.

Summaries add up (`harness.drift.summary.merge`), so that a history need not be read again for one more recording.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from harness.cassette.model import End
from harness.drift.fields import ALL, Fields
from harness.drift.heads import note_headers
from harness.drift.order import note_order
from harness.drift.outcomes import Outcome, outcome_of
from harness.drift.pace import note_pace
from harness.drift.pieces import Phase, read_stream
from harness.drift.places import places_of
from harness.drift.summary import Notes, merge
from harness.drift.wire import SSE, form_of, note_wire
from harness.upstreams.jsontext import parse_json
from harness.upstreams.registry import uri_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Interaction, Request, Response
    from harness.drift.pieces import Piece, Stream
    from harness.drift.places import Places
    from harness.drift.summary import Summary
    from harness.upstreams.upstream import Upstream

_CUT = frozenset({End.CLOSED, End.LIMIT, End.CRASH})
"""Endings that are the recorder's or the client's: what is missing then is not the upstream's doing."""

_SCOPES = {Phase.OPENER, Phase.TEXT, Phase.TOOL, Phase.FINISH, Phase.USAGE}


def summarise(interactions: Iterable[Interaction], upstream: Upstream) -> Summary:
    """The summary of these exchanges. Summaries of parts, merged, are the summary of the whole."""
    return merge(observe(interaction, upstream) for interaction in interactions)


def observe(interaction: Interaction, upstream: Upstream) -> Summary:
    """What one exchange adds."""
    notes, response = Notes(), interaction.response
    outcome = outcome_of(upstream, interaction)
    notes.saw("exchange")
    notes.saw("outcome", outcome)
    _note_request(notes, interaction.request, upstream)
    notes.word(str(response.status), "status", outcome)
    if outcome is Outcome.REPLY:
        _note_reply(notes, response, upstream)
    elif outcome is not Outcome.REDIRECT:
        _note_error(notes, response)
    return notes.summary()


def _note_request(notes: Notes, request: Request, upstream: Upstream) -> None:
    notes.word(request.method, "request-method")
    notes.word(_path(request.uri, upstream), "request-path")
    note_headers(notes, request.headers, "request")
    try:
        document = parse_json(request.body or b"")
    except ValueError:
        notes.word("none" if not request.body else "other", "request-form")
        return
    notes.word("json", "request-form")
    fields = Fields()
    fields.add(_decoded(document, upstream), "request", root="request:$")
    fields.note(notes)
    for name in upstream.json_strings:
        value = document.get(name) if isinstance(document, dict) else None
        if value is not None:
            notes.word("string" if isinstance(value, str) else "document", "encoding", f"request:$.{name}")


def _path(uri: str, upstream: Upstream) -> str:
    """The path, without what stands before the endpoint, and the names of the query's parameters."""
    path = uri_path(uri)
    if path.endswith(upstream.path):
        path = upstream.path
    try:
        names = sorted({name for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)})
    except ValueError:
        names = []
    return path + ("?" + "&".join(names) if names else "")


def _decoded(document: object, upstream: Upstream) -> object:
    """The request with its JSON strings as documents, and its whole numbers as numbers."""
    if not isinstance(document, dict):
        return document
    return {name: _field(name, value, upstream) for name, value in document.items()}


def _field(name: str, value: object, upstream: Upstream) -> object:
    if name in upstream.json_strings and isinstance(value, str):
        try:
            return parse_json(value)
        except ValueError:
            return value
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _note_reply(notes: Notes, response: Response, upstream: Upstream) -> None:
    note_headers(notes, response.headers, "reply")
    form = form_of(response.body)
    notes.word(form, "form")
    record = response.stream
    if record is not None and record.http_version:
        notes.word(record.http_version, "http-version")
    if record is not None and record.content_encoding:
        notes.word(record.content_encoding.lower(), "content-encoding")
    if form != SSE:
        return
    notes.saw("stream")
    note_wire(notes, response.body)
    stream = read_stream(upstream, response.body)
    note_order(notes, upstream, stream, cut=record is not None and record.end in _CUT)
    _note_chunks(notes, stream, upstream)
    if record is not None:
        note_pace(notes, record, response.body)


def _note_chunks(notes: Notes, stream: Stream, upstream: Upstream) -> None:
    places = places_of(upstream)
    fields = Fields(texts=places.texts, identifiers={places.id}, names={places.model})
    for piece in stream.pieces:
        if piece.phase in _SCOPES:
            fields.add(piece.document, piece.phase, ALL)
    fields.note(notes)
    notes.saw_all({("phase", piece.phase.value) for piece in stream.pieces})
    for value in fields.values(places.id):
        notes.mark(str(value), "id")
    _note_relations(notes, stream.pieces, places)


def _note_relations(notes: Notes, pieces: list[Piece], places: Places) -> None:
    """What values have to do with each other: choices and their number, token counts and their sum."""
    for piece in pieces:
        if piece.choices == 0 and not piece.usage:
            notes.saw("order", "choices-empty")
        if piece.usage and isinstance(piece.document, dict):
            notes.saw("order", "total-wrong" if _is_wrong(piece.document, places) else "total-right")


def _is_wrong(document: dict[str, object], places: Places) -> bool:
    usage = document.get(places.usage.removeprefix("$."))
    if not isinstance(usage, dict):
        return False
    parts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens", "total_tokens")]
    numbers = [part for part in parts if isinstance(part, int | float)]
    return len(numbers) == 3 and numbers[0] + numbers[1] != numbers[2]


def _note_error(notes: Notes, response: Response) -> None:
    """An error reply: its head, its form and, where it is JSON, its fields."""
    notes.saw("error")
    notes.word(str(response.status), "error-status")
    note_headers(notes, response.headers, "error")
    form = form_of(response.body)
    notes.word(form, "error-form")
    if form == "json":
        fields = Fields()
        fields.add(parse_json(response.body), "error", f"error-{response.status}", root="error:$")
        fields.note(notes)
