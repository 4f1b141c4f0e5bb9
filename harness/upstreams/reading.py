"""Events of the stream to events of the chat, by the upstream's map. Pure; knows no upstream by name.

Reading is as forgiving as a good client: what is missing says nothing, what is unknown is passed over, and
only data that cannot be a chunk is an error. Whether a chunk is *right* is the schemas' question
(`harness.contract`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import msgspec

from harness.chat.events import ChatEvent, Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.chat.machine import TABLE, Machine, Table
from harness.errors import ChunkError
from harness.upstreams.excerpt import excerpt
from harness.upstreams.jsontext import parse_json

if TYPE_CHECKING:
    from harness.sse import Event
    from harness.upstreams.upstream import ChunkMap, Path, ToolMap, Upstream

WORDS = 500
"""Characters of an error's own words that are passed on."""
_COUNTS = Usage.__struct_fields__
WORDLESS = "an error object without a message"


def read(upstream: Upstream, event: Event, *, number: int | None = None) -> tuple[ChatEvent, ...]:
    """What one event of the stream says: its stamp, then role, text, tool calls and finish of each choice, then usage.

    The terminal event gives `(Done(),)`, an error object `(Failed(...),)`; a chunk that is the last by its own word
    says `Done()` at its end. Raises `ChunkError` for data that is no chunk of this upstream; *number* is the event's
    place in the stream (1 for the first), for the message.
    """
    if is_terminal(upstream, event):
        return (Done(),)
    chunk_map = upstream.chunk_map(event.event)
    if chunk_map is None:
        return ()
    document = parse_chunk(event.data, number=number)
    return read_document(chunk_map, document, data=event.data, number=number)


def is_terminal(upstream: Upstream, event: Event) -> bool:
    """Whether this event ends the stream. Spaces around the terminal's data are passed over."""
    if upstream.terminal_event is not None and event.event == upstream.terminal_event:
        return True
    return upstream.terminal is not None and event.data.strip() == upstream.terminal


def ends(upstream: Upstream, event: Event) -> bool:
    """Whether the stream is over with this event: the terminal event, or a chunk that says it is the last."""
    if is_terminal(upstream, event):
        return True
    chunk_map = upstream.chunk_map(event.event)
    if chunk_map is None or not chunk_map.done:
        return False
    try:
        return at(parse_chunk(event.data), chunk_map.done) is True
    except ChunkError:
        return False


def error_reply(upstream: Upstream, body: bytes) -> str | None:
    """The error's words when the *whole* body is one JSON error object, as the service passes them on; else None."""
    if not body.lstrip().startswith(b"{"):
        return None
    try:
        document = parse_json(body)
    except ValueError:
        return None
    return error_message(upstream, document)


def error_message(upstream: Upstream, document: object) -> str | None:
    """The words of an error object, bounded; None where *document* is none."""
    for path in upstream.errors.messages:
        found = at(document, path)
        if isinstance(found, str) and found:
            return excerpt(found, WORDS)
    return WORDLESS if failed_behind(upstream, document) else None


def failed_behind(upstream: Upstream, document: object) -> bool:
    """Whether an error object says that the failure lay behind the service, whatever the status."""
    return isinstance(document, dict) and not document.keys().isdisjoint(upstream.errors.own_upstream)


def machine_for(upstream: Upstream, *, choices: int = 1, table: Table = TABLE) -> Machine:
    """A machine at the beginning of a stream, that holds the upstream to its own promises."""
    promises = upstream.promises
    return Machine(
        role_first=promises.role_first,
        role_every=promises.role_every,
        terminal=upstream.has_end,
        finish=any(kind.finish for kind in upstream.events),
        usage_once=promises.usage_once,
        constant=promises.constant,
        tool_ids=promises.tool_ids,
        tool_numbers=promises.tool_numbers,
        choices=choices,
        table=table,
    )


def parse_chunk(data: str, *, number: int | None = None) -> dict[str, object]:
    """The JSON object of an event's data. Raises `ChunkError`."""
    try:
        document = parse_json(data)
    except ValueError as why:
        _refuse(f"the data is no JSON: {why}", data, number)
    if not isinstance(document, dict):
        _refuse("the data is JSON, but no object", data, number)
    return document


def read_document(
    chunk_map: ChunkMap, document: dict[str, object], *, data: str = "", number: int | None = None
) -> tuple[ChatEvent, ...]:
    """What the JSON object of one event says; see `read`. *data* is the text it came from, for the message."""
    failure = at(document, chunk_map.error)
    if failure is not None:
        return (_failed(failure),)
    try:
        return tuple(_chunk(chunk_map, document))
    except _NoChunkError as why:
        _refuse(str(why), data, number)


def at(document: object, path: Path) -> object:
    """The value that the keys of *path* lead to; None where one is missing, or where the path is empty."""
    found: object = document if path else None
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


class _NoChunkError(ValueError):
    """Why a JSON object cannot be read as a chunk."""


def _chunk(chunk_map: ChunkMap, document: dict[str, object]) -> list[ChatEvent]:
    said: list[ChatEvent] = [_stamp(chunk_map, document)]
    for choice in _choices(chunk_map, document):
        said += _choice(chunk_map, choice)
    said += _usage(chunk_map, document)
    if at(document, chunk_map.done) is True:
        said.append(Done())
    return said


def _usage(chunk_map: ChunkMap, document: dict[str, object]) -> list[Usage]:
    """The counts, where there are any: OpenAI's object of them, or whichever of them the map finds."""
    usage = at(document, chunk_map.usage)
    if isinstance(usage, dict):
        return [Usage(*(_count(usage.get(field)) for field in _COUNTS))]
    if chunk_map.counts is None:
        return []
    counts = [_count(at(document, getattr(chunk_map.counts, field))) for field in _COUNTS]
    return [] if counts == [None] * len(_COUNTS) else [Usage(*counts)]


def _stamp(chunk_map: ChunkMap, document: dict[str, object]) -> Stamp:
    return Stamp(
        _str(at(document, chunk_map.id)),
        _count(at(document, chunk_map.created)),
        _str(at(document, chunk_map.model)),
    )


def _choices(chunk_map: ChunkMap, document: dict[str, object]) -> list[dict[str, object]]:
    if not chunk_map.choices:
        return [document]
    choices = at(document, chunk_map.choices)
    if not isinstance(choices, list):
        raise _NoChunkError(f"{'.'.join(chunk_map.choices)} is missing or no array")
    if not all(isinstance(choice, dict) for choice in choices):
        raise _NoChunkError(f"{'.'.join(chunk_map.choices)} holds something else than objects")
    return choices


def _choice(chunk_map: ChunkMap, choice: dict[str, object]) -> list[ChatEvent]:
    index = _count(at(choice, chunk_map.index)) or 0
    said: list[ChatEvent] = []
    if role := _text(choice, chunk_map.role):
        said.append(Started(role, index))
    if text := _text(choice, chunk_map.text):
        said.append(Delta(text, index))
    if chunk_map.tools is not None:
        said += _calls(chunk_map.tools, choice, index)
    if reason := _text(choice, chunk_map.finish):
        said.append(Finished(reason, index))
    return said


def _calls(tools: ToolMap, choice: dict[str, object], index: int) -> list[ToolDelta]:
    if not tools.calls:
        alone = _call(tools, choice, 0, index)
        return [alone] if alone.id or alone.name or alone.arguments else []
    calls = at(choice, tools.calls)
    return [
        _call(tools, call, place, index)
        for place, call in enumerate(calls if isinstance(calls, list) else [])
        if isinstance(call, dict)
    ]


def _call(tools: ToolMap, call: object, place: int, index: int) -> ToolDelta:
    number = _count(at(call, tools.number))
    return ToolDelta(
        place if number is None else number,
        _str(at(call, tools.id)),
        _str(at(call, tools.name)),
        _json_text(at(call, tools.arguments)),
        index,
    )


def _json_text(arguments: object) -> str:
    """A piece of JSON text as it is; of arguments that come whole, as an object, their text."""
    if isinstance(arguments, dict):
        return msgspec.json.encode(arguments).decode()
    return _str(arguments) or ""


def _failed(failure: object) -> Failed:
    """OpenAI's error object, or a string in its place. Whatever else stands there is a failure without words."""
    fields: dict[str, object] = failure if isinstance(failure, dict) else {"message": failure}
    message, code = fields.get("message"), fields.get("code")
    return Failed(
        excerpt(message, WORDS) if isinstance(message, str) else WORDLESS,
        _str(fields.get("type")),
        code if isinstance(code, str | int) else None,
    )


def _text(choice: dict[str, object], path: Path) -> str | None:
    """A string where there is one; nothing where it is missing or null; anything else cannot be a chunk."""
    found = at(choice, path)
    if found is None or isinstance(found, str):
        return found
    raise _NoChunkError(f"{'.'.join(path)} is no string")


def _str(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _refuse(what: str, data: str, number: int | None) -> NoReturn:
    where = f"event {number}" if number is not None else None
    error = ChunkError(
        what, excerpt=excerpt(data), where=where, found=excerpt(data), expected="a chunk of a reply"
    )
    error.event = number
    raise error
