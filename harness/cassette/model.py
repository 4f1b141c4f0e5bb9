"""What a cassette is: immutable values, and the vcrpy-shaped document they are written as. Pure.

The document is a vcrpy version-1 document; what is ours lives in the one key `response.stream`, which vcrpy
and its relatives carry along unread. Whatever can be built from a document can be written back, and means the
same.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import msgspec

from harness.cassette import fields, frames, migrate
from harness.cassette.fields import DocumentError, Place
from harness.cassette.frames import Frame

__all__ = [
    "Cassette",
    "End",
    "Frame",
    "Headers",
    "Interaction",
    "Request",
    "Response",
    "Source",
    "StreamRecord",
]

Headers: TypeAlias = tuple[tuple[str, str], ...]


class End(StrEnum):
    """How a stream ended."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    """The transport ended cleanly, without the protocol's terminal event."""
    SHORT = "short"
    RESET = "reset"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    """The client went away."""
    LIMIT = "limit"
    """A limit of the recorder was reached."""
    CRASH = "crash"
    """The recorder was killed; this is what it had written down."""


class Source(StrEnum):
    """Where a recording comes from. What is not the live service never claims to be."""

    LIVE = "live"
    INDEPENDENT = "independent"
    STAND_IN = "stand-in"
    IMPORTED = "imported"


class StreamRecord(msgspec.Struct, frozen=True):
    """How a body arrived. Frame sizes add up to the body's length, unless somebody edited it by hand."""

    frames: tuple[Frame, ...]
    end: End
    end_ms: float
    version: int = migrate.STREAM
    recorded_at: str | None = None
    """RFC 3339, UTC."""
    upstream: str | None = None
    source: Source | None = None
    recorded_from: str | None = None
    """Name and version of an independent server that stood for the live one."""
    http_version: str | None = None
    """Of the answer, as "1.1"."""
    content_encoding: str | None = None
    """The coding that the body came in, and that was undone for the tape."""
    digest: str | None = None
    """`sha256:...` over the interaction (`harness.cassette.digest`); finds accidents, is no signature."""


class Request(msgspec.Struct, frozen=True):
    """What was asked. `body` is None where the request had none."""

    method: str
    uri: str
    headers: Headers = ()
    body: bytes | None = None


class Response(msgspec.Struct, frozen=True):
    """What was answered; `body` with its content-coding undone. `stream` is None on tapes that kept no
    pieces.
    """

    status: int
    reason: str
    headers: Headers = ()
    body: bytes = b""
    stream: StreamRecord | None = None


class Interaction(msgspec.Struct, frozen=True):
    """One request and its answer."""

    request: Request
    response: Response


class Cassette(msgspec.Struct, frozen=True):
    """Interactions in the order they were recorded."""

    interactions: tuple[Interaction, ...] = ()

    @classmethod
    def from_document(cls, document: object) -> Cassette:
        """The cassette a vcrpy-shaped document describes. Raises CassetteError, with the place, for anything
        else.
        """
        return _cassette(document)

    def to_document(self) -> dict[str, object]:
        """The vcrpy-shaped document of plain values, keys sorted as vcrpy sorts them, headers in their own
        order.

        Raises CassetteError for values no file may hold.
        """
        items = enumerate(self.interactions)
        return {
            "interactions": [_interaction_document(item, ("interactions", i)) for i, item in items],
            "version": migrate.CASSETTE,
        }


# From a document ------------------------------------------------------------------------------------------------------


def _cassette(document: object) -> Cassette:
    top = fields.mapping(migrate.to_current(document), ())
    items = fields.sequence(fields.required(top, "interactions", ()), ("interactions",))
    return Cassette(tuple(_interaction(item, ("interactions", i)) for i, item in enumerate(items)))


def _interaction(value: object, place: Place) -> Interaction:
    item = fields.mapping(value, place)
    request = _request(fields.required(item, "request", place), (*place, "request"))
    return Interaction(request, _response(fields.required(item, "response", place), (*place, "response")))


def _request(value: object, place: Place) -> Request:
    item = fields.mapping(value, place)
    method = fields.text(fields.required(item, "method", place), (*place, "method"))
    uri = fields.text(fields.required(item, "uri", place), (*place, "uri"))
    request = Request(method, uri, _headers(item, place), _request_body(item.get("body"), (*place, "body")))
    _check_request(request, place)
    return request


def _response(value: object, place: Place) -> Response:
    item = fields.mapping(value, place)
    status_place = (*place, "status")
    status = fields.mapping(fields.required(item, "status", place), status_place)
    stream = item.get("stream")
    response = Response(
        _status_code(fields.required(status, "code", status_place), (*status_place, "code")),
        fields.optional_text(status, "message", status_place) or "",
        _headers(item, place),
        _response_body(fields.required(item, "body", place), (*place, "body")),
        None if stream is None else _stream(stream, (*place, "stream")),
    )
    _check_response(response, place)
    return response


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
    place = (*place, "string")
    body = fields.required(item, "string", place[:-1])
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
    if isinstance(value, datetime):
        value = (value.astimezone(UTC) if value.tzinfo else value).replace(tzinfo=None).isoformat() + "Z"
    return None if value is None else fields.text(value, (*place, "recorded_at"))


def _status_code(value: object, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise fields.wrong(place, "a whole number", value)
    return value


# To a document --------------------------------------------------------------------------------------------------------


def _interaction_document(item: Interaction, place: Place) -> dict[str, object]:
    _check_request(item.request, (*place, "request"))
    _check_response(item.response, (*place, "response"))
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
    return {
        "body": {"string": _text_if_possible(response.body)},
        "headers": _header_lists(response.headers),
        "status": {"code": int(response.status), "message": str(response.reason)},
        **(
            {}
            if response.stream is None
            else {"stream": _stream_document(response.stream, (*place, "stream"))}
        ),
    }


_OPTIONAL = (
    "recorded_at",
    "upstream",
    "source",
    "recorded_from",
    "http_version",
    "content_encoding",
    "digest",
)


def _stream_document(stream: StreamRecord, place: Place) -> dict[str, object]:
    optional = {key: getattr(stream, key) for key in _OPTIONAL}
    document: dict[str, object] = {
        "version": stream.version,
        "frames": _frames_text(stream, (*place, "frames")),
        "end": str(stream.end),
        "end_ms": fields.number(stream.end_ms, (*place, "end_ms")),
        **{key: str(value) for key, value in optional.items() if value is not None},
    }
    return dict(sorted(document.items()))


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


# What no file may hold, in either direction ---------------------------------------------------------------------------

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A method or a header's name (RFC 9110, 5.6.2)."""
_BREAKS_OUT = re.compile(r"[\r\n\x00]")
"""A value with one of these would become a second header when it is replayed (RFC 9110, 5.5)."""


def _check_request(request: Request, place: Place) -> None:
    if not _TOKEN.fullmatch(request.method):
        raise DocumentError(
            "The cassette holds an impossible method.",
            place=(*place, "method"),
            expected="a token like GET or POST",
        )
    _check_line(request.uri, (*place, "uri"))
    _check_headers(request.headers, (*place, "headers"))


def _check_response(response: Response, place: Place) -> None:
    if not 100 <= response.status <= 999:
        code = (*place, "status", "code")
        raise DocumentError(
            "The cassette holds an impossible status.",
            place=code,
            expected="100 to 999",
            found=str(response.status)[:20],
        )
    _check_line(response.reason, (*place, "status", "message"))
    _check_headers(response.headers, (*place, "headers"))


def _check_headers(headers: Headers, place: Place) -> None:
    for name, value in headers:
        if not _TOKEN.fullmatch(name):
            raise DocumentError(
                "The cassette holds an impossible header name.",
                place=place,
                expected="a token",
                found=repr(name[:40]),
            )
        _check_line(value, (*place, name))


def _check_line(value: str, place: Place) -> None:
    if _BREAKS_OUT.search(value):
        raise DocumentError(
            "The cassette holds a value with a line break or NUL where HTTP allows none.",
            place=place,
            expected="one line",
        )
