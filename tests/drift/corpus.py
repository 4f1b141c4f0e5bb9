"""Corpora of recordings as an upstream would give them: seeded, with all the variation that is ordinary."""

from __future__ import annotations

import json
import random
import string

from harness.cassette.model import Frame, Interaction, Request, Response, StreamRecord

URL = "https://app.vitalentum.io/api/converse-edge"
SENTENCE = "the tide rises because moon and sun pull at sea water every day again so boats wait ha ha"
WORDS = SENTENCE.split()


class Style:
    """How an upstream answers; the ordinary one by default."""

    def __init__(self, **changes):
        self.model = "gpt-3.5-turbo-0613"
        self.usage = False
        self.keep_alive = 0.0
        self.temperature = 0.7
        self.gap = 30.0
        self.ttft = 300.0
        self.lengths = True
        self.nullable = False
        self.optional = 0.0
        self.headers = ()
        self.spread = 0.25
        self.texts = None
        self.map = False
        self.__dict__.update(changes)


def corpus(seed, size=8, style=None):
    """So many recordings."""
    rng = random.Random(seed)
    return [interaction(rng, style or Style()) for _ in range(size)]


def interaction(rng, style):
    texts = text_pieces(rng) if style.texts is None else list(style.texts)
    chunks = documents(rng, style, texts)
    body = write(chunks, comment=": keep-alive\n\n" if rng.random() < style.keep_alive else "")
    return exchange(rng, style, body)


def text_pieces(rng):
    words = [rng.choice(WORDS) for _ in range(rng.randint(6, 40))]
    return [words[0].title(), *(" " + word for word in words[1:])]


def documents(rng, style, texts):
    stamp = {
        "id": "chatcmpl-" + "".join(rng.choices(string.ascii_letters + string.digits, k=29)),
        "object": "chat.completion.chunk",
        "created": 1_700_000_000 + rng.randint(0, 10_000_000),
        "model": style.model,
    }
    if rng.random() < style.optional:
        stamp["system_fingerprint"] = f"fp_{rng.getrandbits(40):010x}"
    if style.map:
        stamp["metadata"] = {rng.choice(WORDS) + str(rng.randint(0, 9)): rng.randint(0, 9) for _ in range(3)}

    def chunk(delta, reason=None):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        if style.nullable:
            choice["logprobs"] = None
        return {**stamp, "choices": [choice]}

    found = [chunk({"role": "assistant", "content": ""}), *(chunk({"content": text}) for text in texts)]
    reason = "length" if style.lengths and rng.random() < 0.25 else "stop"
    found.append(chunk({}, reason))
    if style.usage:
        prompt, completion = rng.randint(8, 60), len(texts)
        usage = {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }
        found.append({**stamp, "choices": [], "usage": usage})
    return found


def write(chunks, *, comment="", end="data: [DONE]\n\n"):
    texts = [json.dumps(chunk, ensure_ascii=False, separators=(",", ":")) for chunk in chunks]
    return (comment + "".join(f"data: {text}\n\n" for text in texts) + end).encode()


def headers(rng, style):
    found = [
        ("Content-Type", "text/event-stream;charset=utf-8"),
        ("Cache-Control", "no-cache, no-transform"),
        ("X-Accel-Buffering", "no"),
        ("Access-Control-Allow-Origin", "*"),
        ("Transfer-Encoding", "chunked"),
        ("Server", "Vercel"),
        ("Date", f"Thu, 26 Nov 2026 12:00:{rng.randint(10, 59)} GMT"),
        ("X-Request-Id", f"{rng.getrandbits(128):032x}"),
        *style.headers,
    ]
    if rng.random() < 0.5:
        found.append(("X-Cache-Hint", "miss"))
    rng.shuffle(found)
    return tuple(found)


def request(rng, style):
    turns = [{"speaker": "human", "text": " ".join(rng.choices(WORDS, k=5))}]
    if rng.random() < 0.4:
        turns += [{"speaker": "bot", "text": "Yes."}, {"speaker": "human", "text": "Why?"}]
    spaced = rng.random() < 0.5
    separators = None if spaced else (",", ":")
    conversation = json.dumps({"history": turns}, separators=separators)
    fields = [("conversation", conversation), ("temperature", style.temperature)]
    rng.shuffle(fields)
    return Request(
        "POST",
        URL,
        (
            ("Accept", "text/event-stream"),
            ("Content-Type", "application/json"),
            ("User-Agent", "Mozilla/5.0"),
        ),
        json.dumps(dict(fields), separators=separators).encode(),
    )


def exchange(rng, style, body, *, asked=None):
    response = Response(200, "OK", headers(rng, style), body, timed(rng, style, body))
    return Interaction(asked or request(rng, style), response)


def timed(rng, style, body, *, end="complete"):
    """The body in ordinary pieces, at ordinary times."""
    at = style.ttft * rng.lognormvariate(0, style.spread)
    pace = style.gap * rng.lognormvariate(0, style.spread)
    pieces, frames = body.split(b"\n\n"), []
    sizes = [len(piece) + 2 for piece in pieces[:-1]]
    rest = len(body) - sum(sizes)
    while sizes:
        taken = [sizes.pop(0) for _ in range(min(len(sizes), 1 if rng.random() < 0.8 else 2))]
        frames.append(Frame(round(at, 2), sum(taken)))
        at += pace * len(taken) * rng.lognormvariate(0, 0.2)
    if rest:
        frames.append(Frame(round(at, 2), rest))
    return StreamRecord(tuple(frames), end, round(at + 2, 2), upstream="vitalentum", http_version="1.1")
