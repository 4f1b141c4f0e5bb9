"""Exchanges to be changed: a small service in several flavours, with the ordinary variety of a real one. Seeded."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.cassette.model import End, Frame, Interaction, Request, Response, StreamRecord

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = [
    "the",
    "of",
    "and",
    "a",
    "to",
    "in",
    "is",
    "you",
    "that",
    "it",
    "he",
    "was",
    "for",
    "on",
    "are",
    "as",
    "with",
    "his",
    "they",
    "at",
    "be",
    "this",
    "have",
    "from",
    "or",
    "one",
    "had",
    "by",
    "word",
    "but",
    "not",
    "what",
    "all",
    "were",
    "we",
    "when",
    "your",
    "can",
    "said",
    "there",
    "use",
    "an",
    "each",
    "which",
    "she",
    "do",
    "how",
    "their",
    "if",
    "will",
    "up",
    "other",
    "about",
    "out",
    "many",
    "then",
    "them",
    "при",
    "на",
    "что",
    "это",
    "как",
    "его",
    "она",
    "они",
    "мы",
    "для",
    "было",
    "стал",
    "может",
    "время",
    "человек",
    "дело",
    "жизнь",
    "день",
    "рука",
    "раз",
    "год",
    "город",
    "café",
    "naïve",
    "über",
]
HEX = "0123456789abcdef"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass
class Talk:
    """One exchange that is still soft: change anything, then `render` it."""

    dice: random.Random
    method: str = "POST"
    uri: str = "http://127.0.0.1:8080/api/converse-edge"
    request_headers: list[tuple[str, str]] = field(default_factory=list)
    conversation: Any = None
    fields: dict[str, Any] = field(default_factory=dict)
    in_string: bool = True
    status: int = 200
    reason: str = "OK"
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunks: list[Any] = field(default_factory=list)
    """A dict is written as JSON, a string as it is."""
    body: bytes | None = None
    """In place of the chunks."""
    line_end: str = "\n"
    prefix: str = "data: "
    before: Callable[[int], str] = lambda number: ""
    """Lines before the data of an event, each with its LF."""
    indent: int | None = None
    bytes_: Callable[[bytes], bytes] = lambda body: body
    ttft: float = 300.0
    gaps: list[float] = field(default_factory=list)
    tail: float = 2.0
    cut: str = "event"
    end: End = End.COMPLETE
    http_version: str = "1.1"

    @property
    def answer(self) -> list[dict[str, Any]]:
        """The chunks with choices."""
        return [chunk for chunk in self.chunks if isinstance(chunk, dict) and chunk.get("choices")]

    @property
    def texts(self) -> list[dict[str, Any]]:
        """The chunks that hold text, and neither the first nor the last."""
        return [chunk for chunk in self.answer if chunk["choices"][0].get("delta", {}).get("content")]


def talk(seed: object, flavour: str = "plain") -> Talk:
    """One exchange of this flavour: `plain`, `rich` (usage, fingerprints, logprobs), `short`, or `error`."""
    dice = random.Random(repr(seed))
    made = Talk(dice)
    _ask(made)
    (_fail if flavour == "error" else _reply)(made, flavour)
    return made


def corpus(seed: object, size: int, flavour: str = "plain") -> list[Talk]:
    """So many exchanges; `mixed` is replies with some errors between."""
    flavours = ("plain", "plain", "error") if flavour == "mixed" else (flavour,)
    return [talk((seed, number), flavours[number % len(flavours)]) for number in range(size)]


def render(soft: Talk) -> Interaction:
    """The exchange as a recording."""
    text = json.dumps(soft.conversation) if soft.in_string else soft.conversation
    body = json.dumps({"conversation": text, **soft.fields}).encode()
    request = Request(soft.method, soft.uri, tuple(soft.request_headers), body)
    pieces = [soft.body] if soft.body is not None else [_event(soft, n, c) for n, c in enumerate(soft.chunks)]
    whole = soft.bytes_(b"".join(pieces))
    frames = _frames(soft, pieces, whole)
    end_ms = (frames[-1].at_ms if frames else soft.ttft) + soft.tail
    record = StreamRecord(frames, soft.end, end_ms, upstream="vitalentum", http_version=soft.http_version)
    return Interaction(request, Response(soft.status, soft.reason, tuple(soft.headers), whole, record))


def _event(soft: Talk, number: int, chunk: Any) -> bytes:
    text = (
        chunk
        if isinstance(chunk, str)
        else json.dumps(
            chunk, ensure_ascii=False, indent=soft.indent, separators=None if soft.indent else (",", ":")
        )
    )
    lines = soft.before(number) + "".join(f"{soft.prefix}{line}\n" for line in text.split("\n")) + "\n"
    return lines.replace("\n", soft.line_end).encode("utf-8", "surrogatepass")


def _frames(soft: Talk, pieces: list[bytes], whole: bytes) -> tuple[Frame, ...]:
    at, timed = soft.ttft, []
    for number, piece in enumerate(pieces):
        timed.append((at, len(piece)))
        at += soft.gaps[number % len(soft.gaps)] if soft.gaps else 0.0
    if sum(size for _, size in timed) != len(whole):
        timed = [(timed[0][0], len(whole) // 2), (timed[-1][0], len(whole) - len(whole) // 2)]
    if soft.cut == "pairs":
        timed = [
            (group[-1][0], sum(size for _, size in group))
            for group in (timed[n : n + 2] for n in range(0, len(timed), 2))
        ]
    if soft.cut == "bytes":
        timed = [(at, 1) for at, size in timed for _ in range(size)]
    return tuple(Frame(round(at, 2), size) for at, size in timed if size)


def _ask(soft: Talk) -> None:
    dice = soft.dice
    turns = dice.choice((1, 1, 1, 3))
    soft.conversation = {
        "history": [
            {
                "speaker": ("human", "bot")[turn % 2],
                "text": " ".join(dice.choices(WORDS, k=dice.randint(2, 20))),
            }
            for turn in range(turns)
        ]
    }
    soft.fields = {"temperature": 0.7}
    soft.request_headers = [
        ("User-Agent", "Mozilla/5.0 Chrome/116.0.0.0"),
        ("Accept", "text/event-stream"),
        ("Origin", "http://127.0.0.1:8080"),
        ("Content-Type", "application/json"),
    ]


def _head(soft: Talk, kind: str) -> None:
    dice = soft.dice
    soft.headers = [
        (
            "Date",
            f"Mon, {dice.randint(10, 28)} Nov 2026 {dice.randint(10, 23)}:00:{dice.randint(10, 59)} GMT",
        ),
        ("Content-Type", kind),
        ("Cache-Control", "no-cache, no-transform"),
        ("Access-Control-Allow-Origin", "*"),
        ("X-Accel-Buffering", "no"),
        ("Transfer-Encoding", "chunked"),
        ("Server", "cloudflare"),
        ("X-Request-Id", "req_" + "".join(dice.choices(HEX, k=24))),
        ("CF-Ray", "".join(dice.choices(HEX, k=16)) + "-FRA"),
        ("X-RateLimit-Remaining", str(dice.randint(0, 500))),
    ]


def _reply(soft: Talk, flavour: str) -> None:
    dice = soft.dice
    _head(soft, "text/event-stream;charset=utf-8")
    stamp = {
        "id": "chatcmpl-" + "".join(dice.choices(LETTERS, k=29)),
        "object": "chat.completion.chunk",
        "created": 1_690_000_000 + dice.randint(0, 10_000_000),
        "model": "gpt-3.5-turbo-0613",
    }
    rich = {"system_fingerprint": "fp_" + "".join(dice.choices(HEX, k=10))} if flavour == "rich" else {}
    words = dice.choices(WORDS, k=dice.randint(2, 4) if flavour == "short" else dice.randint(8, 60))
    extra = {"logprobs": None} if flavour == "rich" else {}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return stamp | rich | {"choices": [{"index": 0, "delta": delta, **extra, "finish_reason": finish}]}

    soft.chunks = [chunk({"role": "assistant", "content": ""})]
    soft.chunks += [chunk({"content": (" " if n else "") + word}) for n, word in enumerate(words)]
    soft.chunks += [chunk({}, dice.choices(("stop", "length"), (4, 1))[0])]
    if flavour == "rich":
        asked = dice.randint(8, 90)
        counts = {"prompt_tokens": asked, "completion_tokens": len(words), "total_tokens": asked + len(words)}
        soft.chunks.append(stamp | rich | {"choices": [], "usage": counts})
    soft.chunks.append("[DONE]")
    pace = dice.lognormvariate(0, 0.3)
    soft.ttft = 300 * dice.lognormvariate(0, 0.3)
    soft.gaps = [30 * pace * dice.lognormvariate(0, 0.5) for _ in soft.chunks]


def _fail(soft: Talk, flavour: str) -> None:
    _head(soft, "application/json")
    soft.status, soft.reason = 400, "Bad Request"
    error = {
        "message": "bad temperature " + soft.dice.choice(WORDS),
        "type": "invalid_request_error",
        "param": None,
        "code": 40,
    }
    soft.headers.append(("Retry-After", str(soft.dice.randint(1, 60))))
    soft.body = json.dumps({"error": error}).encode()
