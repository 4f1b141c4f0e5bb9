"""A valid exchange of each upstream, and the one change that a vector makes to it. Used by the tests of this folder.

The exchanges are data: `tests/vectors/contract/<upstream>/valid.json`.
"""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import msgspec

from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, StreamRecord
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import Framing, Upstream

VECTORS = Path(__file__).parents[1] / "vectors" / "contract"


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One valid exchange, as its file says it."""

    description: str
    uri: str
    request_headers: list[tuple[str, str]]
    request: dict[str, Any]
    inside: dict[str, Any]
    """The documents within the request's strings."""
    reply_headers: list[tuple[str, str]]
    head: dict[str, Any]
    """What every chunk begins with."""
    chunks: list[dict[str, Any]]
    events: list[int | str]
    """The valid stream: numbers of chunks, and the data of events that are none."""


def exchange(upstream: str) -> Exchange:
    """The valid exchange of this upstream."""
    found = msgspec.json.decode((VECTORS / upstream / "valid.json").read_bytes(), type=Exchange)
    return msgspec.structs.replace(found, chunks=[found.head | chunk for chunk in found.chunks])


UPSTREAMS = tuple(sorted(path.parent.name for path in VECTORS.glob("*/valid.json")))
EXCHANGES = {name: exchange(name) for name in UPSTREAMS}
URI, HEAD, CHUNKS = EXCHANGES["vitalentum"].uri, EXCHANGES["vitalentum"].head, EXCHANGES["vitalentum"].chunks

REPLY_HEADERS = tuple(EXCHANGES["vitalentum"].reply_headers)
"""The last four are Vitalentum's."""


def change(document: Any, case: dict[str, Any]) -> Any:
    """*document* with the value at the case's path set or removed."""
    changed = copy.deepcopy(document)
    *way, last = case["path"]
    inner = changed
    for key in way:
        inner = inner[key]
    if "set" in case:
        inner[last] = case["set"]
    else:
        del inner[last]
    return changed


def data(event: Any, valid: Exchange = EXCHANGES["vitalentum"]) -> str:
    """The data of an event as the vectors write it: a chunk's number, its differences, or the text itself."""
    if isinstance(event, int):
        return json.dumps(valid.chunks[event - 1])
    return json.dumps(valid.head | event) if isinstance(event, dict) else str(event)


def kind(event: Any, valid: Exchange) -> str | None:
    """The type of an event whose data says it, as the valid one's does; None where it has none."""
    document = valid.chunks[event - 1] if isinstance(event, int) else event
    if isinstance(document, str):
        document = json.loads(document) if document.startswith('{"type"') else {}
    found = (valid.head | document).get("type")
    return None if found is None else str(found)


def events(case: dict[str, Any], valid: Exchange = EXCHANGES["vitalentum"]) -> list[str]:
    said = _said(case, valid)
    if "chunk" in case:
        return [
            json.dumps(change(valid.chunks[event - 1], case))
            if event == case["chunk"]
            else data(event, valid)
            for event in said
        ]
    return [data(event, valid) for event in said]


def _said(case: dict[str, Any], valid: Exchange) -> list[Any]:
    said: list[Any] = case.get("ending", case).get("events", valid.events)
    return said


def framed(text: str, name: str | None, upstream: Upstream) -> bytes:
    """The bytes of one event, of this type where the upstream's events have any."""
    if upstream.framing is Framing.NDJSON:
        return f"{text}\n".encode()
    return (f"event: {name}\n" if name else "").encode() + f"data: {text}\n\n".encode()


def request(case: dict[str, Any], valid: Exchange = EXCHANGES["vitalentum"]) -> Request:
    document = case.get("document")
    inside = {
        name: change(inner, case) if document == name else inner for name, inner in valid.inside.items()
    }
    body: Any = valid.request | {name: json.dumps(inner) for name, inner in inside.items()}
    if document == "request":
        body = change(body, case) if case["path"][0] in body or "set" in case else body
    head = case.get("head", {})
    text = head["body"] if "body" in head else json.dumps(body)
    return Request(
        method=head.get("method", "POST"),
        uri=head.get("uri", valid.uri),
        headers=tuple((name, value) for name, value in head.get("headers", valid.request_headers)),
        body=None if text is None else text.encode(),
    )


def response(case: dict[str, Any], upstream: str = "vitalentum") -> Response:
    said, ending, valid = (
        case.get("response", {}),
        case.get("ending", {"end": "complete"}),
        EXCHANGES[upstream],
    )
    profile = get_upstream(upstream)
    names = [kind(event, valid) for event in _said(case, valid)]
    pieces = [framed(text, name, profile) for text, name in zip(events(case, valid), names, strict=True)]
    if "body" in said:
        pieces = [said["body"].encode()]
    if "latin1" in said:
        pieces = [said["latin1"].encode("latin-1")]
    pieces = [said.get("prefix", "").encode() + pieces[0], *pieces[1:]] if pieces else []
    body = b"".join(pieces)
    body = body[: len(body) - said.get("cut", ending.get("cut", 0))]
    sizes = ending.get("frames", [len(body)])
    end = ending.get("end")
    return Response(
        status=said.get("status", 200),
        reason="",
        headers=tuple((name, value) for name, value in said.get("headers", valid.reply_headers)),
        body=body,
        stream=None if end is None else record(sizes, End(end), digest=ending.get("digest")),
    )


def record(sizes: list[int], end: End = End.COMPLETE, *, digest: str | None = None) -> StreamRecord:
    frames = tuple(Frame(float(at), size) for at, size in enumerate(sizes))
    return StreamRecord(frames=frames, end=end, end_ms=float(len(sizes)), digest=digest)


def tape(case: dict[str, Any] | None = None, upstream: str = "vitalentum") -> Cassette:
    """A tape of the one exchange of this upstream, changed as *case* says."""
    case = case or {}
    return Cassette((Interaction(request(case, EXCHANGES[upstream]), response(case, upstream)),))
