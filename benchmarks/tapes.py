"""The tapes that the benchmarks play: a chat stream of 21 pieces, under as many questions as one wants."""

from __future__ import annotations

import json

from harness import Cassette, Frame, Interaction, Request, Response, StreamRecord
from harness.cassette.model import End, Source

URI = "http://127.0.0.1/api/converse-edge"
HEADERS = (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked"))


def event(number: int) -> bytes:
    delta = {"content": f"word{number} "}
    data = {
        "id": "chatcmpl-7",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": "gpt-3.5-turbo",
        "choices": [{"index": 0, "delta": delta, "finish_reason": None}],
    }
    return f"data: {json.dumps(data, separators=(',', ':'))}\n\n".encode()


def pieces(count: int) -> list[bytes]:
    """A stream of so many pieces, one event each, the last one `[DONE]`."""
    return [*(event(number) for number in range(count - 1)), b"data: [DONE]\n\n"]


PIECES = pieces(21)


def spread(seconds: float, parts: list[bytes] = PIECES) -> tuple[Frame, ...]:
    """Frames of the pieces at even distances over so many seconds."""
    gap_ms = 1000 * seconds / len(parts)
    return tuple(Frame(round(gap_ms * (n + 1), 1), len(part)) for n, part in enumerate(parts))


def question(number: int) -> dict[str, object]:
    """What the n-th request says, as a client gives it."""
    history = [{"speaker": "human", "text": f"question number {number}"}]
    return {"conversation": json.dumps({"history": history}), "temperature": 0.7}


def interaction(body: bytes, parts: list[bytes] = PIECES, frames: tuple[Frame, ...] = ()) -> Interaction:
    frames = frames or spread(0.1, parts)
    stream = StreamRecord(
        frames,
        End.COMPLETE,
        frames[-1].at_ms + 1,
        recorded_at="2026-11-22T12:00:00Z",
        upstream="vitalentum",
        source=Source.STAND_IN,
    )
    asked = Request("POST", URI, (("Accept", "*/*"), ("Content-Type", "application/json")), body)
    return Interaction(asked, Response(200, "OK", HEADERS, b"".join(parts), stream))


def tape(*bodies: bytes, parts: list[bytes] = PIECES, frames: tuple[Frame, ...] = ()) -> Cassette:
    return Cassette(tuple(interaction(body, parts, frames) for body in bodies))
