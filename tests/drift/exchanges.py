"""Exchanges for the tests of this room: chunks as dicts, bytes as they are, everything else as usual."""

from __future__ import annotations

import json
from typing import Any

from harness.cassette.model import End, Frame, Interaction, Request, Response, StreamRecord
from harness.upstreams.registry import get_upstream

UPSTREAM = get_upstream("vitalentum")
HEADERS = (("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache"))
STAMP = {"id": "chatcmpl-0001", "object": "chat.completion.chunk", "created": 1693526400, "model": "gpt-3.5-turbo"}


def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {**STAMP, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


CHUNKS: list[Any] = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Hel"}),
    chunk({"content": "lo, "}),
    chunk({"content": "you"}),
    chunk({}, "stop"),
    "[DONE]",
]


def body_of(chunks: list[Any]) -> bytes:
    texts = [item if isinstance(item, str) else json.dumps(item) for item in chunks]
    return b"".join(f"data: {text}\n\n".encode() for text in texts)


def exchange(
    chunks: list[Any] = CHUNKS,
    *,
    number: int = 0,
    body: bytes | None = None,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = HEADERS,
    request: Request | None = None,
    gap: float = 10.0,
    end: End = End.COMPLETE,
) -> Interaction:
    """One exchange; *number* makes its id another."""
    mine = [{**item, "id": f"chatcmpl-{number:04}"} if isinstance(item, dict) and "id" in item else item for item in chunks]
    whole = body_of(mine) if body is None else body
    sizes = [len(body_of([item])) for item in mine] if body is None else [len(whole)]
    frames = tuple(Frame(100 + gap * at, size) for at, size in enumerate(sizes))
    record = StreamRecord(frames, end, 100 + gap * len(sizes))
    return Interaction(request or asked(), Response(status, "", headers, whole, record))


def asked(fields: dict[str, Any] | None = None, **more: Any) -> Request:
    conversation = json.dumps({"history": [{"speaker": "human", "text": "Hi there"}]})
    body = {"conversation": conversation, "temperature": 0.7} | (fields or {})
    headers = more.pop("headers", (("Content-Type", "application/json"), ("Accept", "text/event-stream")))
    return Request("POST", more.pop("uri", "http://x/api/converse-edge"), headers, json.dumps(body).encode())


def several(count: int = 6, **more: Any) -> list[Interaction]:
    return [exchange(number=number, **more) for number in range(count)]
