"""What changes without anything having changed, one row each: a tool that speaks up here cries wolf. Small functions.

`INCONCLUSIVE` are the rows where nobody could look: they must be neither green nor red.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.drift.corpus import HEX, WORDS, Talk
from benchmarks.drift.operators import answers, attr, choice, delta, each, field, header, put, sent, slower

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Control:
    """One ordinary difference. *also*: it was there before as well, at times."""

    name: str
    change: Callable[[Talk], None]
    flavour: str = "plain"
    also: bool = False
    share: float = 1.0


def shuffled_headers(soft: Talk) -> None:
    soft.dice.shuffle(soft.headers)


def shuffled_keys(soft: Talk) -> None:
    order = soft.dice.random()
    soft.chunks = [
        dict(sorted(c.items(), key=lambda kv: hash((kv[0], order)))) if isinstance(c, dict) else c
        for c in soft.chunks
    ]


def spaced(soft: Talk) -> None:
    soft.chunks = [json.dumps(chunk) if isinstance(chunk, dict) else chunk for chunk in soft.chunks]


def escaped(soft: Talk) -> None:
    soft.chunks = [
        json.dumps(chunk, separators=(",", ":")) if isinstance(chunk, dict) else chunk
        for chunk in soft.chunks
    ]


def longer(soft: Talk) -> None:
    first, *texts, finish, done = soft.chunks
    soft.chunks = [first, *(copy.deepcopy(t) for _ in range(3) for t in texts), finish, done]
    soft.gaps = [30 * soft.dice.lognormvariate(0, 0.5) for _ in soft.chunks]


def shorter(soft: Talk) -> None:
    first, *texts, finish, done = soft.chunks
    soft.chunks = [first, *texts[:2], finish, done]


def empty(soft: Talk) -> None:
    first, *_, finish, done = soft.chunks
    soft.chunks = [first, finish, done]


def other_words(soft: Talk) -> None:
    for text in soft.texts:
        text["choices"][0]["delta"]["content"] = soft.dice.choice(
            ("日本", "語", "😀", " ", "\n\n", " null", " 42", "data:", "{", "[DONE]")
        )


def many_turns(soft: Talk) -> None:
    soft.conversation = {
        "history": [{"speaker": ("human", "bot")[n % 2], "text": soft.dice.choice(WORDS)} for n in range(9)]
    }


def one_turn(soft: Talk) -> None:
    soft.conversation = {"history": [{"speaker": "human", "text": "data: [DONE]"}]}


def finished(word: str) -> Callable[[Talk], None]:
    return choice(lambda c: c["finish_reason"] and c.__setitem__("finish_reason", word))


def mapped(soft: Talk) -> None:
    key = "".join(soft.dice.choices("abcdefghij", k=6))
    for chunk in soft.answer:
        chunk["scores"] = {key + letter: soft.dice.random() for letter in "xyz"}


def counted(soft: Talk) -> None:
    usage = soft.chunks[-2]["usage"]
    usage["prompt_tokens"] *= 40
    usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]


def commented(soft: Talk) -> None:
    if soft.dice.random() < 0.6:
        soft.before = lambda number: ": ping\n\n" if number % 5 == 3 else ""


def tiered(soft: Talk) -> None:
    if soft.dice.random() < 0.5:
        each(lambda chunk: chunk.__setitem__("service_tier", "default"))(soft)


def tagged(soft: Talk) -> None:
    word = soft.dice.choice(WORDS)
    each(lambda chunk: chunk.__setitem__("topic", word))(soft)


def other_ids(soft: Talk) -> None:
    new = "chatcmpl-" + "".join(soft.dice.choices("ABCDEFabcdef", k=38))
    each(lambda chunk: chunk.__setitem__("id", new))(soft)


def repeated_words(soft: Talk) -> None:
    for text in soft.texts[2:4]:
        text["choices"][0]["delta"]["content"] = " ha"


def paced(factor: float) -> Callable[[Talk], None]:
    def apply(soft: Talk) -> None:
        slower(factor)(soft)
        soft.ttft *= factor

    return apply


def slow_one(soft: Talk) -> None:
    soft.ttft *= 20


def fingerprinted(soft: Talk) -> None:
    put("system_fingerprint", "fp_" + "".join(soft.dice.choices(HEX, k=10)))(soft)


def rate(name: str) -> Callable[[Talk], None]:
    return lambda soft: header(name, str(soft.dice.randint(0, 10**6)))(soft)


CONTROLS: tuple[Control, ...] = (
    Control("nothing", lambda soft: None),
    Control("nothing-rich", lambda soft: None, "rich"),
    Control("nothing-mixed", lambda soft: None, "mixed"),
    Control("nothing-short", lambda soft: None, "short"),
    Control("header-order", shuffled_headers),
    Control("header-case", lambda soft: setattr(soft, "headers", [(n.lower(), v) for n, v in soft.headers])),
    Control("key-order", shuffled_keys),
    Control("json-spacing", spaced),
    Control("json-escapes", escaped),
    Control("cut-in-pairs", attr("cut", "pairs")),
    Control("cut-in-bytes", attr("cut", "bytes")),
    Control("longer", longer),
    Control("shorter", shorter),
    Control("empty-answers", empty, share=0.3),
    Control("other-script", other_words),
    Control("many-turns", many_turns),
    Control("one-turn", one_turn),
    Control("finish-length", finished("length")),
    Control("finish-stop", finished("stop")),
    Control("map-keys", mapped, also=True),
    Control("usage-numbers", counted, "rich"),
    Control("comments-as-before", commented, also=True),
    Control("sometimes-field", tiered, also=True),
    Control("open-words", tagged, also=True),
    Control("other-ids", other_ids),
    Control("words-twice", repeated_words, share=0.3),
    Control("faster", paced(0.7)),
    Control("a-little-slower", paced(1.15)),
    Control("one-slow-start", slow_one, share=0.1),
    Control("rate-limit-numbers", rate("X-RateLimit-Remaining")),
    Control("rate-limit-zero", header("X-RateLimit-Remaining", "0")),
    Control(
        "request-id",
        lambda soft: header("X-Request-Id", "req_" + "".join(soft.dice.choices(HEX, k=24)))(soft),
    ),
    Control("request-id-number", rate("X-Request-Id"), also=True),
    Control("cf-ray-gone", header("CF-Ray", None)),
    Control("age", header("Age", "3")),
    Control("alt-svc", header("Alt-Svc", 'h3=":443"')),
    Control("x-cache", header("X-Cache", "MISS")),
    Control("cookie", header("Set-Cookie", "a=b")),
    Control("server-timing", rate("Server-Timing")),
    Control("type-spacing", header("Content-Type", "text/event-stream; charset=UTF-8")),
    Control("user-agent", sent("User-Agent", "curl/8.0")),
    Control("accept-language", sent("Accept-Language", "fr")),
    Control("trace-header", sent("Traceparent", "00-abc-def-01")),
    Control("temperature", field("temperature", 0.2)),
    Control("temperature-whole", field("temperature", 1)),
    Control("other-host", attr("uri", "https://example.test/base/api/converse-edge")),
    Control("fingerprints", fingerprinted, "rich"),
    Control("fingerprint-same", put("system_fingerprint", "fp_77ab0c1d2e"), "rich"),
    Control("one-rate-limited", answers(429, {"error": {"message": "slow down"}}), share=0.1),
    Control("one-failure", answers(502, "<html>Bad gateway</html>", "text/html"), share=0.1),
    Control("line-breaks", delta(lambda d: d.__setitem__("content", "\n" + d["content"]))),
    Control("created-later", each(lambda c: c.__setitem__("created", c["created"] + 90_000_000))),
    Control("created-same", each(lambda c: c.__setitem__("created", 1_700_000_000))),
)

_PAGE = "<!DOCTYPE html><title>Just a moment...</title>"
INCONCLUSIVE: tuple[Control, ...] = (
    Control("challenge-403", answers(403, _PAGE, "text/html")),
    Control("challenge-503", answers(503, _PAGE, "text/html")),
    Control("challenge-200", answers(200, _PAGE, "text/html")),
    Control("rate-limited", answers(429, {"error": {"message": "Rate limit reached"}})),
    Control("failing", answers(500, {"error": {"message": "oops"}})),
    Control("bad-gateway", answers(502, "<html>Bad gateway</html>", "text/html")),
    Control(
        "dead-key",
        answers(401, {"error": {"message": "Incorrect API key provided.", "code": "invalid_api_key"}}),
    ),
    Control("no-quota", answers(403, {"error": {"message": "You exceeded your current quota"}})),
    Control("passed-on", answers(200, {"error": {"message": "server had an error"}}, "text/event-stream")),
)

__all__ = ["CONTROLS", "INCONCLUSIVE", "Control"]
