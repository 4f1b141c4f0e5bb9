"""Small cassettes that tests share."""

from __future__ import annotations

import json

from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, Source, StreamRecord

BODY = (
    'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n'
    'data: {"choices":[{"index":0,"delta":{"content":"Привет 🙂"}}]}\n\n'
    "data: [DONE]\n\n"
).encode()


def asked(text: str = "Hi", temperature: object = 0.7) -> Request:
    conversation = json.dumps({"history": [{"speaker": "human", "text": text}]})
    body = json.dumps({"conversation": conversation, "temperature": temperature}).encode()
    headers = (("Content-Type", "application/json"), ("Accept", "text/event-stream"))
    return Request("POST", "http://127.0.0.1:18801/api/converse-edge", headers, body)


def answered(body: bytes = BODY, *sizes: int, end: End = End.COMPLETE) -> Response:
    """A recorded answer; *sizes* of its pieces, 10 ms apart, the rest being the last."""
    cut = [*sizes, len(body) - sum(sizes)]
    frames = tuple(Frame(10.0 * (number + 1), size) for number, size in enumerate(cut))
    stream = StreamRecord(
        frames,
        end,
        10.0 * len(frames) + 5,
        recorded_at="2026-11-22T12:00:00Z",
        upstream="vitalentum",
        source=Source.STAND_IN,
    )
    return Response(200, "OK", (("Content-Type", "text/event-stream;charset=utf-8"),), body, stream)


def tape(*texts: str) -> Cassette:
    """One interaction for each text."""
    return Cassette(tuple(Interaction(asked(text), answered(BODY, 40, 50)) for text in texts or ("Hi",)))
