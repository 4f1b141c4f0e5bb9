"""Cassettes to HAR 1.2 and back, for the tools that speak it. Pure; documents in, documents out.

HAR has no place for the pieces of a body. Ours go into `_stream` (a name with an underscore is free for
anybody, HAR 1.2), and the events of an event stream into `_eventSourceMessages` as browsers' exports have
them. What another tool wrote is read as far as it goes: its times become pieces where it tells events, and
its source is `imported`.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from itertools import accumulate

import msgspec

from harness.cassette import frames
from harness.cassette.framing import playback
from harness.cassette.model import (
    Cassette,
    End,
    Frame,
    Headers,
    Interaction,
    Request,
    Response,
    Source,
    StreamRecord,
)
from harness.errors import CassetteError
from harness.sse import SSEParser, split_events

VERSION = "1.2"
_NEVER = "1970-01-01T00:00:00Z"
"""HAR wants a time; recordings of other tools have none."""


class _Part(msgspec.Struct, frozen=True, rename="camel", omit_defaults=False):
    """A table of the format; keys that are not named here are passed over."""


class _Pair(_Part, frozen=True):
    name: str
    value: str = ""


class _PostData(_Part, frozen=True):
    mime_type: str = ""
    text: str = ""
    encoding: str | None = None


class _Asked(_Part, frozen=True):
    method: str
    url: str
    http_version: str = "HTTP/1.1"
    headers: list[_Pair] = []
    query_string: list[_Pair] = []
    cookies: list[_Pair] = []
    headers_size: int = -1
    body_size: int = -1
    post_data: _PostData | None = None


class _Content(_Part, frozen=True):
    size: int = 0
    mime_type: str = ""
    text: str = ""
    encoding: str | None = None


class _Answered(_Part, frozen=True):
    status: int
    status_text: str = ""
    http_version: str = "HTTP/1.1"
    headers: list[_Pair] = []
    cookies: list[_Pair] = []
    content: _Content = _Content()
    redirect_url: str = msgspec.field(default="", name="redirectURL")
    headers_size: int = -1
    body_size: int = -1


class _Timings(_Part, frozen=True):
    send: float = 0.0
    wait: float = 0.0
    receive: float = 0.0


class _Message(_Part, frozen=True):
    """One event, as browsers write it; `time` in seconds since 1970."""

    time: float
    event_name: str = "message"
    event_id: str = ""
    data: str = ""


class _Entry(_Part, frozen=True):
    request: _Asked
    response: _Answered
    started_date_time: str = _NEVER
    time: float = 0.0
    timings: _Timings = _Timings()
    cache: dict[str, object] = {}
    messages: list[_Message] | None = msgspec.field(default=None, name="_eventSourceMessages")
    stream: dict[str, object] | None = msgspec.field(default=None, name="_stream")


class _Log(_Part, frozen=True):
    entries: list[_Entry]
    version: str = VERSION
    creator: dict[str, str] = {}


class _Har(_Part, frozen=True):
    log: _Log


def to_har(cassette: Cassette, *, creator: str = "harness", version: str = "") -> dict[str, object]:
    """The HAR document of a cassette. A body that is not UTF-8 goes in base64."""
    entries = [_entry(item) for item in cassette.interactions]
    har = _Har(_Log(entries, creator={"name": creator, "version": version}))
    return msgspec.convert(_without_none(msgspec.to_builtins(har)), dict[str, object])


def from_har(document: object, *, name: str = "HAR") -> Cassette:
    """The cassette in a HAR document. Raises CassetteError, with the place, for what is none."""
    try:
        har = msgspec.convert(document, _Har)
    except msgspec.ValidationError as error:
        raise CassetteError(f"{name} is no HAR document.", found=str(error), expected="HAR 1.2") from None
    return Cassette(tuple(_interaction(entry) for entry in har.log.entries))


# Out -----------------------------------------------------------------------------------------------------------------


def _entry(item: Interaction) -> _Entry:
    request, response, stream = item.request, item.response, item.response.stream
    times = stream.frames if stream else ()
    first_ms = times[0].at_ms if times else 0.0
    end_ms = stream.end_ms if stream else 0.0
    started = (stream.recorded_at if stream else None) or _NEVER
    return _Entry(
        request=_asked(request),
        response=_answered(response),
        started_date_time=started,
        time=end_ms,
        timings=_Timings(0.0, first_ms, max(0.0, end_ms - first_ms)),
        messages=_messages(response, started),
        stream=_stream_words(stream) if stream else None,
    )


def _asked(request: Request) -> _Asked:
    kind = _first(request.headers, "content-type")
    text, encoding = _text(request.body or b"")
    return _Asked(
        request.method,
        request.uri,
        headers=[_Pair(*pair) for pair in request.headers],
        body_size=len(request.body or b""),
        post_data=None if request.body is None else _PostData(kind, text, encoding),
    )


def _answered(response: Response) -> _Answered:
    text, encoding = _text(response.body)
    version = (response.stream.http_version if response.stream else None) or "1.1"
    return _Answered(
        response.status,
        response.reason,
        f"HTTP/{version}",
        headers=[_Pair(*pair) for pair in response.headers],
        content=_Content(len(response.body), _first(response.headers, "content-type"), text, encoding),
        redirect_url=_first(response.headers, "location"),
        body_size=len(response.body),
    )


def _messages(response: Response, started: str) -> list[_Message] | None:
    if not _first(response.headers, "content-type").lower().startswith("text/event-stream"):
        return None
    began, parser, told = _seconds(started), SSEParser(max_stream=None), []
    for piece in playback(response, pace="recorded", cut="event").pieces:
        told += [
            _Message(began + piece.at_s, event.event, event.id, event.data)
            for event in parser.feed(piece.data)
        ]
    return told


def _stream_words(stream: StreamRecord) -> dict[str, object]:
    words: dict[str, object] = {
        "frames": frames.to_text(stream.frames),
        "end": str(stream.end),
        "endMs": stream.end_ms,
    }
    if stream.broken_chunk_ms is not None:
        words["brokenChunkMs"] = stream.broken_chunk_ms
    said = {"upstream": stream.upstream, "source": stream.source, "recordedFrom": stream.recorded_from}
    return words | {key: str(value) for key, value in said.items() if value is not None}


def _text(body: bytes) -> tuple[str, str | None]:
    try:
        return body.decode(), None
    except UnicodeDecodeError:
        return base64.b64encode(body).decode("ascii"), "base64"


# In ------------------------------------------------------------------------------------------------------------------


def _interaction(entry: _Entry) -> Interaction:
    asked, answered = entry.request, entry.response
    posted = asked.post_data
    body = None if posted is None else _bytes(posted.text, posted.encoding)
    content = _bytes(answered.content.text, answered.content.encoding)
    request = Request(asked.method, asked.url, _pairs(asked.headers), body or None)
    headers = tuple(pair for pair in _pairs(answered.headers) if pair[0].lower() != "content-encoding")
    return Interaction(
        request, Response(answered.status, answered.status_text, headers, content, _record(entry, content))
    )


def _record(entry: _Entry, body: bytes) -> StreamRecord:
    told = _own(entry.stream, body) if entry.stream else None
    if told is not None:
        return msgspec.structs.replace(told, recorded_at=_moment(entry), source=Source.IMPORTED)
    arrived = _frames_of_messages(entry, body) or (Frame(max(0.0, entry.timings.wait), len(body)),)
    end_ms = max(entry.time, arrived[-1].at_ms)
    return StreamRecord(
        arrived, End.COMPLETE, round(end_ms, 1), recorded_at=_moment(entry), source=Source.IMPORTED
    )


def _own(words: dict[str, object], body: bytes) -> StreamRecord | None:
    """Our own record, where it is whole and fits the body."""
    try:
        arrived = frames.from_text(str(words["frames"]))
        end, end_ms = End(str(words["end"])), float(str(words["endMs"]))
        broken = words.get("brokenChunkMs")
        broken_ms = None if broken is None else float(str(broken))
    except (KeyError, ValueError):
        return None
    upstream, recorded_from = words.get("upstream"), words.get("recordedFrom")
    if sum(frame.size for frame in arrived) != len(body):
        return None
    return StreamRecord(
        arrived,
        end,
        end_ms,
        upstream=upstream if isinstance(upstream, str) else None,
        recorded_from=recorded_from if isinstance(recorded_from, str) else None,
        broken_chunk_ms=broken_ms,
    )


def _frames_of_messages(entry: _Entry, body: bytes) -> tuple[Frame, ...]:
    """One piece an event, at the time the browser noted; none where its events are not those of the body."""
    parser, sizes, pending = SSEParser(max_stream=None), [], 0
    for block in split_events(body):
        pending += len(block)
        if parser.feed(block):
            sizes.append(pending)
            pending = 0
    messages = entry.messages or []
    if not sizes or len(sizes) != len(messages):
        return ()
    sizes[-1] += pending
    began = _seconds(entry.started_date_time)
    times = accumulate((max(0.0, 1000 * (message.time - began)) for message in messages), max)
    return tuple(Frame(round(at_ms, 1), size) for at_ms, size in zip(times, sizes, strict=True))


def _bytes(text: str, encoding: str | None) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise CassetteError("A body in the HAR document is no base64.", found=str(error)) from None


def _pairs(pairs: list[_Pair]) -> Headers:
    """Headers as HTTP/1 has them: HTTP/2's pseudo headers (`:status`) are not headers."""
    return tuple((pair.name, pair.value) for pair in pairs if not pair.name.startswith(":"))


def _moment(entry: _Entry) -> str | None:
    return None if entry.started_date_time == _NEVER else entry.started_date_time


def _seconds(moment: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return 0.0


def _first(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key.lower() == name), "")


def _without_none(value: object) -> object:
    """HAR readers are strict about null where a key may be missing."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return [_without_none(item) for item in value] if isinstance(value, list) else value
