"""Recorded exchanges for this room's tests, made of chunks and times."""

from __future__ import annotations

import json

from harness.cassette.model import End, Frame, Interaction, Request, Response, Source, StreamRecord
from harness.upstreams.registry import get_upstream

VITALENTUM = get_upstream("vitalentum")


def chunk(delta: dict[str, object], finish: str | None = None) -> str:
    """The data of one chunk."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    fields = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1690000000,
        "model": "gpt-3.5-turbo",
    }
    return json.dumps({**fields, "choices": [choice]}, ensure_ascii=False)


def reply(*texts: str) -> list[str]:
    """The data of a whole stream that says *texts*."""
    opening, closing = chunk({"role": "assistant", "content": ""}), chunk({}, "stop")
    return [opening, *(chunk({"content": text}) for text in texts), closing, "[DONE]"]


def exchange(
    events: list[str], *, stall_ms: float = 0.0, tail: bytes = b"", timed: bool = True
) -> Interaction:
    """Events one a piece, 10 ms apart, with a stall in the middle; *tail* came with the last one."""
    pieces = [f"data: {data}\n\n".encode() for data in events]
    pieces[-1:] = [b"".join([*pieces[-1:], tail])]
    half = len(pieces) / 2
    times = [10.0 * number + stall_ms * (number > half) for number in range(1, len(pieces) + 1)]
    frames = tuple(map(Frame, times, map(len, pieces)))
    stream = StreamRecord(
        frames, End.COMPLETE, times[-1], recorded_at="2026-11-22T12:00:00Z", source=Source.STAND_IN
    )
    head = (("Content-Type", "text/event-stream;charset=utf-8"),)
    response = Response(200, "OK", head, b"".join(pieces), stream if timed else None)
    return Interaction(Request("POST", "http://127.0.0.1:8080/api/converse-edge", body=b"{}"), response)
