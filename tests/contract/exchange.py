"""A valid exchange, and the one change that a vector makes to it. Used by the tests of this folder."""

from __future__ import annotations

import copy
import json
from typing import Any

from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, StreamRecord

URI = "http://127.0.0.1:8080/api/converse-edge"
HEAD = {
    "id": "chatcmpl-0001",
    "object": "chat.completion.chunk",
    "created": 1693526400,
    "model": "gpt-3.5-turbo-0613",
}
CHUNKS: list[dict[str, Any]] = [
    HEAD | {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
    HEAD | {"choices": [{"index": 0, "delta": {"content": "Hel"}, "finish_reason": None}]},
    HEAD | {"choices": [{"index": 0, "delta": {"content": "lo"}, "finish_reason": None}]},
    HEAD | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
VALID = (1, 2, 3, 4, "[DONE]")
REQUEST_HEADERS = (("Accept", "text/event-stream"), ("Content-Type", "application/json"))
REPLY_HEADERS = (
    ("Content-Type", "text/event-stream;charset=utf-8"),
    ("Cache-Control", "no-cache, no-transform"),
)


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


def data(event: Any) -> str:
    """The data of an event as the vectors write it: a chunk's number, its differences, or the text itself."""
    if isinstance(event, int):
        return json.dumps(CHUNKS[event - 1])
    return json.dumps(HEAD | event) if isinstance(event, dict) else str(event)


def events(case: dict[str, Any]) -> list[str]:
    if "chunk" in case:
        chunks = [change(c, case) if n == case["chunk"] else c for n, c in enumerate(CHUNKS, 1)]
        return [*map(json.dumps, chunks), "[DONE]"]
    changes = case.get("ending", case)
    return [data(event) for event in changes.get("events", VALID)]


def request(case: dict[str, Any]) -> Request:
    conversation: Any = {"history": [{"speaker": "human", "text": "Hello"}]}
    if case.get("document") == "conversation":
        conversation = change(conversation, case)
    body: Any = {"conversation": json.dumps(conversation), "temperature": 0.7}
    if case.get("document") == "request":
        body = change(body, case) if case["path"][0] in body or "set" in case else body
    head = case.get("head", {})
    text = head["body"] if "body" in head else json.dumps(body)
    return Request(
        method=head.get("method", "POST"),
        uri=head.get("uri", URI),
        headers=tuple((name, value) for name, value in head.get("headers", REQUEST_HEADERS)),
        body=None if text is None else text.encode(),
    )


def response(case: dict[str, Any]) -> Response:
    said, ending = case.get("response", {}), case.get("ending", {"end": "complete"})
    pieces = [f"data: {text}\n\n".encode() for text in events(case)]
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
        headers=tuple((name, value) for name, value in said.get("headers", REPLY_HEADERS)),
        body=body,
        stream=None if end is None else record(sizes, End(end), digest=ending.get("digest")),
    )


def record(sizes: list[int], end: End = End.COMPLETE, *, digest: str | None = None) -> StreamRecord:
    frames = tuple(Frame(float(at), size) for at, size in enumerate(sizes))
    return StreamRecord(frames=frames, end=end, end_ms=float(len(sizes)), digest=digest)


def tape(case: dict[str, Any] | None = None) -> Cassette:
    """A tape of the one exchange, changed as *case* says."""
    case = case or {}
    return Cassette((Interaction(request(case), response(case)),))
