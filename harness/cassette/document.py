"""Interactions from and to the vcrpy-shaped document. Pure; the document is plain dicts, lists, text, bytes
and numbers.

It is a vcrpy version-1 document; what is ours lives in the one key `response.stream`, which vcrpy and its
relatives carry along unread. Whatever can be built from a document can be written back, and means the same.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from harness.cassette import coded, fields, frames, migrate
from harness.cassette.decoding import MAX_BODY
from harness.cassette.fields import DocumentError, Place
from harness.cassette.interaction import End, Headers, Interaction, Request, Response, Source, StreamRecord
from harness.cassette.wellformed import check_request, check_response
from harness.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.cassette.frames import Frame


def read_document(document: object, *, spent: bool = False) -> tuple[Interaction, ...]:
    """The interactions a document describes. Raises DocumentError, with the place, for anything else.

    A *spent* document is needed by nobody else: it is emptied, and what was read of it is let go at once.
    """
    top = fields.mapping(migrate.to_current(document), ())
    _refuse_lost_record(top, ())
    items = fields.sequence(fields.required(top, "interactions", ()), ("interactions",))
    if spent and isinstance(document, dict):
        document.clear()
        top.clear()
    return tuple(_uncoded(_interaction(item, ("interactions", i)) for i, item in _each(items)))


def _uncoded(interactions: Iterator[Interaction]) -> Iterator[Interaction]:
    """The same with content-codings undone, as long as all that comes of them would fit onto a tape."""
    grown = 0
    for i, item in enumerate(interactions):
        place = ("interactions", i, "response", "body")
        try:
            plain = coded.undone(item.response)
        except LimitError as error:
            raise DocumentError(error.what, place=place, expected=f"at most {error.at_most} bytes") from None
        grown += 0 if plain is item.response else len(plain.body)
        if grown > MAX_BODY:
            raise DocumentError(_TOO_MUCH, place=place, expected=f"at most {MAX_BODY} bytes")
        yield item if plain is item.response else Interaction(item.request, plain)


_TOO_MUCH = "The cassette's bodies grow too big when their content-codings are undone."


def _each(items: list[object]) -> Iterator[tuple[int, object]]:
    """The items with their numbers; the list lets go of each."""
    for i, item in enumerate(items):
        items[i] = None
        yield i, item


def write_document(interactions: Iterable[Interaction]) -> dict[str, object]:
    """Their document, keys sorted as vcrpy sorts them, headers in their own order. Raises DocumentError for
    what no file may hold.
    """
    items = [_interaction_document(item, ("interactions", i)) for i, item in enumerate(interactions)]
    return {"interactions": items, "version": migrate.CASSETTE}


# Reading --------------------------------------------------------------------------------------------------------------


def _interaction(value: object, place: Place) -> Interaction:
    item = fields.mapping(value, place)
    _refuse_lost_record(item, place)
    request = _request(fields.required(item, "request", place), (*place, "request"))
    return Interaction(request, _response(fields.required(item, "response", place), (*place, "response")))


def _request(value: object, place: Place) -> Request:
    item = fields.mapping(value, place)
    method = fields.text(fields.required(item, "method", place), (*place, "method"))
    uri = fields.text(fields.required(item, "uri", place), (*place, "uri"))
    request = Request(method, uri, _headers(item, place), _request_body(item.get("body"), (*place, "body")))
    check_request(request, place)
    return request


def _response(value: object, place: Place) -> Response:
    item = fields.mapping(value, place)
    status_place = (*place, "status")
    status = fields.mapping(fields.required(item, "status", place), status_place)
    stream = item.get("stream")
    _refuse_lost_record({key: item[key] for key in item if key != "stream"}, place)
    response = Response(
        _status_code(fields.required(status, "code", status_place), (*status_place, "code")),
        fields.optional_text(status, "message", status_place) or "",
        _headers(item, place),
        _response_body(fields.required(item, "body", place), (*place, "body")),
        None if stream is None else _stream(stream, (*place, "stream")),
    )
    check_response(response, place)
    return response


def _refuse_lost_record(parent: dict[str, object], place: Place) -> None:
    """A stream record where none belongs was damaged; without it, what had been cut short would play as whole."""
    for key, value in parent.items():
        if isinstance(value, dict) and value.keys() >= {"frames", "end_ms"}:
            raise DocumentError(
                "The cassette holds a stream record in a wrong place.",
                place=(*place, key),
                expected="response.stream",
            )


def _stream(value: object, place: Place) -> StreamRecord:
    item = fields.mapping(value, place)
    source = item.get("source")
    return StreamRecord(
        frames=_frames(fields.required(item, "frames", place), (*place, "frames")),
        end=_word(End, fields.required(item, "end", place), (*place, "end")),
        end_ms=fields.number(fields.required(item, "end_ms", place), (*place, "end_ms")),
        recorded_at=_moment(item, place),
        upstream=fields.optional_text(item, "upstream", place),
        source=None if source is None else _word(Source, source, (*place, "source")),
        recorded_from=fields.optional_text(item, "recorded_from", place),
        http_version=fields.optional_text(item, "http_version", place),
        content_encoding=fields.optional_text(item, "content_encoding", place),
        broken_chunk_ms=fields.optional_number(item, "broken_chunk_ms", place),
        digest=fields.optional_text(item, "digest", place),
    )


def _headers(parent: dict[str, object], place: Place) -> Headers:
    place = (*place, "headers")
    items = fields.mapping(parent.get("headers") or {}, place)
    return tuple(
        (name, value) for name, values in items.items() for value in _header_values(values, (*place, name))
    )


def _header_values(values: object, place: Place) -> list[str]:
    """vcrpy stores a list; one value alone is accepted, as vcrpy accepts it."""
    if not isinstance(values, (list, tuple)):
        return [_header_value(values, place)]
    return [_header_value(value, (*place, i)) for i, value in enumerate(values)]


def _header_value(value: object, place: Place) -> str:
    """Some recorders leave `Content-Length: 5` unquoted, so that YAML makes a number of it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return fields.text(value, place)


def _request_body(value: object, place: Place) -> bytes | None:
    """Text, bytes or nothing; whatever else a tape holds was given as JSON, and becomes the bytes aiohttp
    made of it.
    """
    if value is None or isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return _utf8(value, place)
    try:
        return json.dumps(value).encode()
    except (TypeError, ValueError, RecursionError):
        raise fields.wrong(place, "text, bytes, or a value that JSON can hold", value) from None


def _response_body(value: object, place: Place) -> bytes:
    item = fields.mapping(value, place)
    if not item:
        return b""  # what vcrpy makes of an answer whose body nobody read, as of a redirect on the way
    body = fields.required(item, "string", place)
    place = (*place, "string")
    if body is None or isinstance(body, bytes):
        return body or b""
    return _utf8(fields.text(body, place), place)


def _utf8(value: str, place: Place) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise DocumentError(
            "The cassette holds half of a surrogate pair, which stands for no character.",
            place=place,
            expected="text that is Unicode",
        ) from None


def _frames(value: object, place: Place) -> tuple[Frame, ...]:
    try:
        return frames.from_text(fields.text(value, place))
    except ValueError as error:
        raise DocumentError(
            "The cassette's list of pieces is damaged.",
            place=place,
            expected="words like 12.4/210: milliseconds / bytes",
            found=str(error),
        ) from None


_W = TypeVar("_W", bound=StrEnum)


def _word(kind: type[_W], value: Any, place: Place) -> _W:
    try:
        return kind(value)
    except ValueError:
        found = repr(value[:40]) if isinstance(value, str) else fields.kind_of(value)
        raise DocumentError(
            "The cassette holds an unknown word.",
            place=place,
            expected=f"one of {', '.join(kind)}",
            found=found,
        ) from None


def _moment(parent: dict[str, object], place: Place) -> str | None:
    """RFC 3339 text; where somebody left the quotes out, YAML has made a date of it."""
    value = parent.get("recorded_at")
    place = (*place, "recorded_at")
    if isinstance(value, datetime):
        return _in_utc(value, place)
    return None if value is None else fields.text(value, place)


def _in_utc(moment: datetime, place: Place) -> str:
    try:
        return (moment.astimezone(UTC) if moment.tzinfo else moment).replace(tzinfo=None).isoformat() + "Z"
    except OverflowError:  # its offset leads out of the years 1 to 9999
        raise DocumentError(
            "The cassette holds an impossible time.",
            place=place,
            expected="a time of the years 1 to 9999, UTC",
        ) from None


def _status_code(value: object, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise fields.wrong(place, "a whole number", value)
    return value


# Writing --------------------------------------------------------------------------------------------------------------


def _interaction_document(item: Interaction, place: Place) -> dict[str, object]:
    check_request(item.request, (*place, "request"))
    check_response(item.response, (*place, "response"))
    return {
        "request": _request_document(item.request),
        "response": _response_document(item.response, (*place, "response")),
    }


def _request_document(request: Request) -> dict[str, object]:
    return {
        "body": None if request.body is None else _text_if_possible(request.body),
        "headers": _header_lists(request.headers),
        "method": str(request.method),
        "uri": str(request.uri),
    }


def _response_document(response: Response, place: Place) -> dict[str, object]:
    stream = response.stream
    return {
        "body": {"string": _text_if_possible(response.body)},
        "headers": _header_lists(response.headers),
        "status": {"code": int(response.status), "message": str(response.reason)},
        **({} if stream is None else {"stream": _stream_document(stream, (*place, "stream"))}),
    }


def _stream_document(stream: StreamRecord, place: Place) -> dict[str, object]:
    """Every field by its name; what the record does not say is left out."""
    broken = stream.broken_chunk_ms
    exact = {
        "version": stream.version,
        "frames": _frames_text(stream, (*place, "frames")),
        "end_ms": fields.number(stream.end_ms, (*place, "end_ms")),
        "broken_chunk_ms": None if broken is None else fields.number(broken, (*place, "broken_chunk_ms")),
    }
    others = {name: getattr(stream, name) for name in stream.__struct_fields__ if name not in exact}
    words = {name: None if value is None else str(value) for name, value in others.items()}
    return {name: value for name, value in sorted({**words, **exact}.items()) if value is not None}


def _frames_text(stream: StreamRecord, place: Place) -> str:
    try:
        return frames.to_text(stream.frames)
    except ValueError as error:
        raise DocumentError(
            "The list of pieces cannot be written down.", place=place, found=str(error)
        ) from None


def _text_if_possible(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _header_lists(headers: Headers) -> dict[str, object]:
    lists: dict[str, list[str]] = {}
    for name, value in headers:
        lists.setdefault(str(name), []).append(str(value))
    return {**lists}
