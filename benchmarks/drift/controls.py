"""What changes without anything having changed, one row each: a tool that speaks up here cries wolf.

`BLIND` are the cases where nobody could look: they must be neither green nor red. The last controls are changes of
the tables of operators that were there before as well: odd, and no drift.
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from benchmarks.drift.case import Case, nothing
from benchmarks.drift.corpus import LETTERS, WORDS
from benchmarks.drift.edits import (
    answers,
    asked,
    at_times,
    attr,
    both,
    choice,
    chunks,
    delta,
    finish,
    header,
    on_bytes,
    put,
    scaled,
    sent,
    slower,
    turn,
    turns,
    usage,
)
from benchmarks.drift.operators import OPERATORS
from benchmarks.drift.operators.chunk import fingerprinted
from benchmarks.drift.operators.framing import half_of_the_events
from harness.cassette.model import End
from harness.finding import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.drift.case import Edit
    from benchmarks.drift.corpus import Draft
    from benchmarks.drift.edits import Items


def control(
    name: str,
    edit: Edit = nothing,
    *,
    flavour: str = "plain",
    share: float = 1.0,
    always: Edit = nothing,
) -> Case:
    """An ordinary difference."""
    return Case(name, edit, Verdict.CLEAN, flavour=flavour, share=share, always=always)


def shuffled(name: str) -> Edit:
    return lambda soft: soft.dice.shuffle(getattr(soft, name))


def shuffled_keys(soft: Draft) -> None:
    for chunk in soft.objects:
        items = list(chunk.items())
        soft.dice.shuffle(items)
        chunk.clear()
        chunk.update(items)


def shuffled_fields(soft: Draft) -> None:
    soft.fields = {"top_p": 1, **soft.fields}


def written_as(**how: Any) -> Edit:
    """JSON with other spaces or escapes."""
    return chunks(lambda items, _: [json.dumps(c, **how) if isinstance(c, dict) else c for c in items])


def said(words: Sequence[str]) -> Edit:
    """Exactly these pieces of text."""

    def edit(items: Items, soft: Draft) -> Items:
        opener, text, *_, end, done = items
        made = [copy.deepcopy(text) for _ in words]
        for piece, word in zip(made, words, strict=True):
            piece["choices"][0]["delta"]["content"] = word
        return [opener, *made, end, done]

    return chunks(edit)


def among(words: Sequence[str]) -> Edit:
    """Any of these for each piece of text."""
    return lambda soft: delta(lambda d: d.update(content=soft.dice.choice(words)))(soft)


def longer(items: Items, soft: Draft) -> Items:
    opener, *texts, end, done = items
    return [opener, *(copy.deepcopy(text) for _ in range(4) for text in texts), end, done]


def conversation(*texts: str) -> Edit:
    speakers = ("human", "bot")
    history = [{"speaker": speakers[n % 2], "text": text} for n, text in enumerate(texts)]
    return attr("conversation", {"history": history})


def mapped(soft: Draft) -> None:
    key = "".join(soft.dice.choices("abcdefghij", k=6))
    for chunk in soft.answer:
        chunk["scores"] = {key + letter: round(soft.dice.random(), 6) for letter in "xyz"}


def costly(counts: dict[str, Any]) -> None:
    counts["prompt_tokens"] *= 40
    counts["total_tokens"] = counts["prompt_tokens"] + counts["completion_tokens"]


def drawn(name: str, words: Sequence[str]) -> Edit:
    """A field of every chunk, another word for each stream."""
    return lambda soft: put(name, soft.dice.choice(words))(soft)


def other_id(soft: Draft) -> None:
    put("id", "chatcmpl-" + "".join(soft.dice.choices(LETTERS, k=38)))(soft)


def counted(name: str) -> Edit:
    """A header with a number of the moment."""
    return lambda soft: header(name, str(soft.dice.randint(0, 10**6)))(soft)


def headed(name: str, words: Sequence[str]) -> Edit:
    return lambda soft: header(name, soft.dice.choice(words))(soft)


def pinged(number: int) -> str:
    return ": ping\n\n" if number % 5 == 3 else ""


def empty_piece(items: Items, soft: Draft) -> Items:
    piece = copy.deepcopy(items[2])
    piece["choices"][0]["delta"]["content"] = ""
    return [*items[:2], piece, *items[2:]]


def left(end: End) -> Edit:
    """Our side stopped in the middle."""
    return both(on_bytes(half_of_the_events), attr("end", end))


def one_stall(soft: Draft) -> None:
    soft.gaps[len(soft.gaps) // 2] += 4000


def lowered(soft: Draft) -> None:
    soft.headers = [(name.lower(), value) for name, value in soft.headers]


ERROR_400 = answers(
    400, {"error": {"message": "bad temperature", "type": "invalid_request_error", "code": 40}}
)
OVERLOADED = {"error": {"message": "slow down"}}
CHINESE, RUSSIAN = list("潮水因为月亮和太阳而上涨退去每天两次"), [" луна", " и", " солнце", " тянут", " воду"]
EMOJI, HOSTILE = (
    ["😀", "👩‍👩‍👧", "🌊", " ok"],
    ['{"', "data: ", "[DONE]", "\n\n", '"}', " null", " 42", ": ping"],
)

NOTHING = (
    control("nothing"),
    control("nothing-rich", flavour="rich"),
    control("nothing-mixed", flavour="mixed"),
    control("nothing-short", flavour="short"),
)
ANSWERS = (
    control("longer", chunks(longer)),
    control("shorter", chunks(lambda items, _: [*items[:3], *items[-2:]])),
    control("one-word", said([" Yes"])),
    control("same-answer", said([" Yes", ",", " it", " is", "."])),
    control("empty-answers", chunks(lambda items, _: [items[0], *items[-2:]]), share=0.3),
    control("chinese", among(CHINESE)),
    control("russian", among(RUSSIAN)),
    control("emoji", among(EMOJI)),
    control("hostile-text", among(HOSTILE)),
    control("line-breaks", delta(lambda d: d.update(content="\n" + d["content"]))),
    control("repeated-words", said([" no"] * 9)),
    control("some-repeated-words", said([" ha", " ha", " ho", " ha", " ha", "!"]), share=0.3),
    control("code-and-tables", among(["```", "|", " --- ", "\t", "0x", " =", "\\n", '\\"'])),
    control("finish-length", finish(lambda word: "length"), share=0.4),
    control("finish-stop", finish(lambda word: "stop")),
    control(
        "empty-piece-at-times", at_times(0.4, chunks(empty_piece)), always=at_times(0.4, chunks(empty_piece))
    ),
)
QUESTIONS = (
    control("many-turns", conversation(*WORDS[:9])),
    control("one-turn", conversation("data: [DONE]")),
    control("long-question", turns(lambda said: said.update(text=" ".join(WORDS * 30)))),
    control("empty-question", conversation("")),
    control("chinese-question", conversation("潮水为什么上涨?")),
    control("temperature", asked("temperature", 0.2)),
    control("temperature-whole", asked("temperature", 1)),
    control(
        "temperature-text", asked("temperature", "0.7")
    ),  # the web page sends text, and the service reads both
    control("setting-at-times", at_times(0.3, shuffled_fields), always=at_times(0.3, shuffled_fields)),
    control("field-order", shuffled_fields, always=asked("top_p", 1)),
    control("other-host", attr("uri", "https://example.test/api/converse-edge")),
    control("user-agent", sent("User-Agent", "curl/8.0")),
    control("accept-language", sent("Accept-Language", "fr")),
    control("accept-encoding", sent("Accept-Encoding", "gzip, br")),
    control("trace-header", sent("Traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")),
    control("question-header-order", shuffled("request_headers")),
)
HEADERS = (
    control("header-order", shuffled("headers")),
    control("header-case", lowered),
    control("rate-limit-numbers", counted("X-RateLimit-Remaining")),
    control("rate-limit-zero", header("X-RateLimit-Remaining", "0")),
    control("request-id-number", counted("X-Request-Id"), always=counted("X-Request-Id")),
    control("count-in-header", counted("X-Left"), always=counted("X-Left")),
    control(
        "region",
        headed("X-Region", ["fra1", "iad1", "sin1"]),
        always=headed("X-Region", ["fra1", "iad1", "sin1"]),
    ),
    control("cf-ray-gone", header("CF-Ray", None)),
    control("alt-svc", header("Alt-Svc", 'h3=":443"')),
    control("x-cache", header("X-Cache", "MISS")),
    control("server-timing", counted("Server-Timing")),
    control("hsts", header("Strict-Transport-Security", "max-age=63072000")),
    control("cookie-at-times", header("Set-Cookie", "a=b; Path=/"), share=0.5),
    control("header-at-times", header("X-Hint", "warm"), share=0.4),
    control("header-less-often", nothing, always=at_times(0.5, header("X-Hint", "warm"))),
    control("type-spacing", header("Content-Type", "text/event-stream; charset=UTF-8")),
    control("other-date", header("Date", "Fri, 01 Jan 2027 23:59:59 GMT")),
)
FRAMES = (
    control("cut-in-pairs", attr("cut", "pairs")),
    control("cut-in-halves", attr("cut", "halves")),
    control("cut-in-bytes", attr("cut", "bytes")),
    control("no-pieces-known", attr("has_pieces", False)),
    control("comments-at-times", always=at_times(0.6, attr("lead", pinged))),
    control(
        "comments-less-often", at_times(0.7, attr("lead", lambda number: "")), always=attr("lead", pinged)
    ),
    control("one-client-left", left(End.CLOSED), share=0.1),
    control("one-recording-full", left(End.LIMIT), share=0.1),
)
FIELDS = (
    control("key-order", shuffled_keys),
    control("json-spacing", written_as(ensure_ascii=False)),
    control("json-escapes", written_as(separators=(",", ":"))),
    control("other-ids", other_id),
    control("created-later", turn("created", lambda at: at + 90_000_000)),
    control("created-same", put("created", 1_700_000_000)),
    control("map-keys", always=mapped),
    control("field-at-times", always=at_times(0.5, put("service_tier", "default"))),
    control("field-more-often", at_times(0.5, fingerprinted), always=at_times(0.5, fingerprinted)),
    control("open-words", always=drawn("topic", WORDS)),
    control("two-models", always=drawn("model", ["gpt-3.5-turbo-0613", "gpt-3.5-turbo-0301"])),
    control("nulls-as-before", always=choice(lambda c: c.update(logprobs=None))),
    control("fingerprints", fingerprinted, flavour="rich"),
    control("fingerprint-same", put("system_fingerprint", "fp_77ab0c1d2e"), flavour="rich"),
    control("costly-questions", usage(costly), flavour="rich"),
    control(
        "longer-rich", chunks(lambda i, _: [i[0], *i[1:-3], *copy.deepcopy(i[1:-3]), *i[-3:]]), flavour="rich"
    ),
)
ERRORS = (
    control("one-rate-limited", answers(429, OVERLOADED), share=0.1),
    control("one-failure", answers(502, "<html>Bad gateway</html>", "text/html"), share=0.1),
    control(
        "one-challenge",
        answers(403, "<!DOCTYPE html><title>Just a moment...</title>", "text/html"),
        share=0.1,
    ),
    control("more-errors", ERROR_400, share=0.6, always=at_times(0.3, ERROR_400)),
)
TIMES = (
    control("faster", both(slower(0.7), scaled("ttft", 0.7))),
    control("much-faster", both(slower(0.2), scaled("ttft", 0.2))),
    control("a-little-slower", both(slower(1.15), scaled("ttft", 1.15))),
    control("one-slow-start", scaled("ttft", 20), share=0.1),
    control("one-stall", one_stall, share=0.1),
    control("one-slow-stream", slower(6), share=0.1),
    control("uneven-pace", always=lambda soft: slower(soft.dice.lognormvariate(0, 0.5))(soft)),
)

ODD = (
    *("request-field-new", "request-speaker-words", "request-credential", "request-conversation-object"),
    *(
        "transport-status-201",
        "transport-plain-type",
        "transport-gzip",
        "transport-sunset",
        "transport-http-2",
    ),
    *(
        "framing-no-space",
        "framing-crlf",
        "framing-multi-line",
        "framing-event-name",
        "framing-comment-first",
    ),
    *("framing-done-gone", "framing-done-twice", "framing-data-after-done", "framing-ping-as-data"),
    *(
        "chunk-finish-gone",
        "chunk-created-float",
        "chunk-content-null",
        "chunk-finish-empty",
        "chunk-choices-two",
    ),
    *("sequence-role-missing", "sequence-finish-on-text", "sequence-usage-new", "sequence-usage-everywhere"),
    *("sequence-id-varies", "sequence-cumulative", "sequence-larger-pieces", "sequence-empty-delta"),
    *("error-flat", "error-page", "timing-all-at-once", "timing-stalls"),
)
"""Changes that were there before as well."""


def as_before(odd: Case) -> Case:
    return control(f"as-before-{odd.name}", flavour=odd.flavour, always=odd.edit)


AS_BEFORE = tuple(as_before(found) for found in OPERATORS if found.name in ODD)
CONTROLS = (*NOTHING, *ANSWERS, *QUESTIONS, *HEADERS, *FRAMES, *FIELDS, *ERRORS, *TIMES, *AS_BEFORE)

PAGE = "<!DOCTYPE html><title>Just a moment...</title>"
KEY = sent("Authorization", "Bearer REDACTED")


def blind(name: str, edit: Edit, *, always: Edit = nothing) -> Case:
    """All of the new answers say nothing about the service."""
    return Case(name, edit, Verdict.INCONCLUSIVE, always=always)


BLIND = (
    blind("challenge-403", answers(403, PAGE, "text/html")),
    blind("challenge-503", answers(503, PAGE, "text/html")),
    blind("challenge-200", answers(200, PAGE, "text/html")),
    blind("rate-limited", answers(429, {"error": {"message": "Rate limit reached"}})),
    blind("no-quota", answers(429, {"error": {"message": "You exceeded your current quota"}}), always=KEY),
    blind("failing", answers(500, {"error": {"message": "oops"}})),
    blind("bad-gateway", answers(502, "<html>Bad gateway</html>", "text/html")),
    blind(
        "failing-at-200", answers(200, {"error": {"message": "The server had an error"}}, "text/event-stream")
    ),
    blind("timed-out-gateway", answers(504, "upstream request timeout", "text/plain")),
    blind("maintenance", answers(503, {"message": "Down for maintenance"}, **{"Retry-After": "3600"})),
    blind("dead-key", answers(401, {"error": {"message": "Incorrect API key provided."}}), always=KEY),
    blind("key-without-rights", answers(403, {"error": {"message": "Key is disabled."}}), always=KEY),
)
