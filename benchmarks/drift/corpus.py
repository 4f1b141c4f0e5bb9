"""Exchanges to be changed: a small service in several flavours, with the ordinary variety of a real one. Seeded."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

from harness.cassette.model import End, Frame, Interaction, Request, Response, StreamRecord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ENGLISH = (
    "the of and a to in is you that it he was for on are as with his they at be this have from or one had by word but "
    "not what all were we when your can said there use an each which she do how their if will up other about out many"
)
OTHERS = (
    "при на что это как его она они мы для было стал может время человек дело жизнь день рука café naïve über"
)
WORDS = (*ENGLISH.split(" "), *OTHERS.split(" "))
HEX = "0123456789abcdef"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
FLAVOURS = ("plain", "rich", "short", "mixed")
"""`rich` has usage, fingerprints and logprobs; `mixed` has an error in every third place."""


@dataclass
class Draft:
    """One exchange that is still soft: change anything, then `render` it."""

    dice: random.Random
    method: str = "POST"
    uri: str = "http://127.0.0.1:8080/api/converse-edge"
    request_headers: list[tuple[str, str]] = field(default_factory=list)
    conversation: Any = None
    fields: dict[str, Any] = field(default_factory=dict)
    in_string: bool = True
    """The conversation is JSON in a string."""
    status: int = 200
    headers: list[tuple[str, str]] = field(default_factory=list)
    chunks: list[Any] = field(default_factory=list)
    """A dict is written as JSON, a string as it is."""
    body: bytes | None = None
    """In place of the chunks."""
    line_end: str = "\n"
    prefix: str = "data: "
    lead: Callable[[int], str] = lambda number: ""
    """Lines before the data of an event, each with its LF."""
    indent: int | None = None
    on_bytes: Callable[[bytes], bytes] = lambda body: body
    """The last change, of the whole body."""
    ttft: float = 300.0
    gaps: list[float] = field(default_factory=lambda: [30.0])
    """Milliseconds from one event to the next, again and again."""
    tail: float = 2.0
    cut: str = "event"
    end: End = End.COMPLETE
    http_version: str = "1.1"
    has_pieces: bool = True

    @property
    def objects(self) -> list[dict[str, Any]]:
        """The chunks that are JSON."""
        return [chunk for chunk in self.chunks if isinstance(chunk, dict)]

    @property
    def answer(self) -> list[dict[str, Any]]:
        """The chunks with choices."""
        return [chunk for chunk in self.objects if chunk.get("choices")]

    @property
    def texts(self) -> list[dict[str, Any]]:
        """The chunks that hold text, and neither the first nor the last."""
        return [chunk for chunk in self.answer if chunk["choices"][0].get("delta", {}).get("content")]


def corpus(seed: object, size: int, flavour: str = "plain") -> list[Draft]:
    """So many exchanges."""
    flavours = ("plain", "plain", "error") if flavour == "mixed" else (flavour,)
    return [draft((seed, number), flavours[number % len(flavours)]) for number in range(size)]


def draft(seed: object, flavour: str = "plain") -> Draft:
    """One exchange of this flavour, or an `error`."""
    made = Draft(random.Random(repr(seed)))
    _ask(made)
    (_fail if flavour == "error" else _reply)(made, flavour)
    return made


def render(soft: Draft) -> Interaction:
    """The exchange as a recording."""
    text = json.dumps(soft.conversation) if soft.in_string else soft.conversation
    body = json.dumps({"conversation": text, **soft.fields}).encode()
    request = Request(soft.method, soft.uri, tuple(soft.request_headers), body)
    whole = written(soft)
    frames = _frames(soft, whole)
    end_ms = (frames[-1].at_ms if frames else soft.ttft) + soft.tail
    record = StreamRecord(frames, soft.end, end_ms, upstream="vitalentum", http_version=soft.http_version)
    stream = record if soft.has_pieces else None
    return Interaction(request, Response(soft.status, "", tuple(soft.headers), whole, stream))


def written(soft: Draft) -> bytes:
    """The body of the answer."""
    if soft.body is not None:
        return soft.body
    return soft.on_bytes(b"".join(_event(soft, number, chunk) for number, chunk in enumerate(soft.chunks)))


def _event(soft: Draft, number: int, chunk: Any) -> bytes:
    separators = None if soft.indent else (",", ":")
    text = (
        chunk
        if isinstance(chunk, str)
        else json.dumps(chunk, ensure_ascii=False, indent=soft.indent, separators=separators)
    )
    data = "".join(f"{soft.prefix}{line}\n" for line in text.split("\n"))
    return f"{soft.lead(number)}{data}\n".replace("\n", soft.line_end).encode("utf-8", "surrogatepass")


def _frames(soft: Draft, body: bytes) -> tuple[Frame, ...]:
    """Each event when its turn is; where there are more than there were, the new ones come with the old."""
    sizes = _sizes(body)
    times = list(accumulate((soft.gaps[n % len(soft.gaps)] for n in range(len(sizes))), initial=soft.ttft))
    known = min(len(soft.chunks) or 1, len(sizes))
    timed = [(times[number * known // len(sizes)], size) for number, size in enumerate(sizes)]
    return tuple(Frame(round(at, 2), size) for at, size in CUTS[soft.cut](timed))


def _sizes(body: bytes) -> list[int]:
    """Bytes of each event; of each line where nothing divides the events."""
    ends = [found.end() for found in re.finditer(rb"\r\n\r\n|\n\n|\r\r", body)]
    ends = ends or [found.end() for found in re.finditer(rb"\n", body)]
    return [after - before for before, after in pairwise(dict.fromkeys([0, *ends, len(body)]))]


Timed = list[tuple[float, int]]


def _in_groups(timed: Timed, number: int) -> Timed:
    groups: Sequence[Timed] = [timed[at : at + number] for at in range(0, len(timed), number)]
    return [(group[-1][0], sum(size for _, size in group)) for group in groups]


CUTS: dict[str, Callable[[Timed], Timed]] = {
    "event": lambda timed: timed,
    "pairs": lambda timed: _in_groups(timed, 2),
    "bytes": lambda timed: [(at, 1) for at, size in timed for _ in range(size)],
    "halves": lambda timed: [
        (at, part) for at, size in timed for part in (size // 2, size - size // 2) if part
    ],
}


def _ask(soft: Draft) -> None:
    dice = soft.dice
    speakers = ("human", "bot")
    turns = [
        {"speaker": speakers[turn % 2], "text": " ".join(dice.choices(WORDS, k=dice.randint(2, 20)))}
        for turn in range(dice.choice((1, 1, 1, 3)))
    ]
    soft.conversation = {"history": turns}
    soft.fields = {"temperature": 0.7}
    soft.request_headers = [
        ("User-Agent", "Mozilla/5.0 Chrome/116.0.0.0"),
        ("Accept", "text/event-stream"),
        ("Origin", "http://127.0.0.1:8080"),
        ("Content-Type", "application/json"),
    ]


def _head(soft: Draft, kind: str) -> None:
    dice = soft.dice
    day, hour, second = dice.randint(10, 28), dice.randint(10, 23), dice.randint(10, 59)
    soft.headers = [
        ("Date", f"Mon, {day} Nov 2026 {hour}:00:{second} GMT"),
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


def _reply(soft: Draft, flavour: str) -> None:
    dice = soft.dice
    _head(soft, "text/event-stream;charset=utf-8")
    stamp: dict[str, Any] = {
        "id": "chatcmpl-" + "".join(dice.choices(LETTERS, k=29)),
        "object": "chat.completion.chunk",
        "created": 1_690_000_000 + dice.randint(0, 10_000_000),
        "model": "gpt-3.5-turbo-0613",
    }
    if flavour == "rich":
        stamp["system_fingerprint"] = "fp_" + "".join(dice.choices(HEX, k=10))
    words = dice.choices(WORDS, k=dice.randint(2, 4) if flavour == "short" else dice.randint(8, 60))
    soft.chunks = [*_chunks(stamp, words, dice.choices(("stop", "length"), (4, 1))[0], flavour), "[DONE]"]
    pace = dice.lognormvariate(0, 0.3)
    soft.ttft = 300 * dice.lognormvariate(0, 0.3)
    soft.gaps = [30 * pace * dice.lognormvariate(0, 0.5) for _ in soft.chunks]


def _chunks(stamp: dict[str, Any], words: list[str], reason: str, flavour: str) -> list[dict[str, Any]]:
    extra = {"logprobs": None} if flavour == "rich" else {}

    def chunk(delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return stamp | {"choices": [{"index": 0, "delta": delta, **extra, "finish_reason": finish}]}

    texts = [chunk({"content": (" " if number else "") + word}) for number, word in enumerate(words)]
    made = [chunk({"role": "assistant", "content": ""}), *texts, chunk({}, reason)]
    if flavour == "rich":
        asked = 8 + len(words) % 80
        counts = {"prompt_tokens": asked, "completion_tokens": len(words), "total_tokens": asked + len(words)}
        made.append(stamp | {"choices": [], "usage": counts})
    return made


def _fail(soft: Draft, flavour: str) -> None:
    _head(soft, "application/json")
    soft.status = 400
    error = {
        "message": "bad temperature " + soft.dice.choice(WORDS),
        "type": "invalid_request_error",
        "param": None,
        "code": 40,
    }
    soft.body = json.dumps({"error": error}).encode()
