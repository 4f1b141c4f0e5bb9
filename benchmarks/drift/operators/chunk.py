"""Changes of the fields of a chunk: names, types, nulls, words, sizes, sums."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.drift.case import ADDITIVE, BREAKING, RISKY, change
from benchmarks.drift.corpus import HEX
from benchmarks.drift.edits import (
    at_times,
    choice,
    chunks,
    delta,
    drop,
    each,
    finish,
    put,
    renamed,
    turn,
    usage,
)
from harness.finding import Layer

if TYPE_CHECKING:
    from benchmarks.drift.corpus import Draft
    from benchmarks.drift.edits import Items

CHOICE = "$.choices[*]"
DELTA, FINISH, INDEX = f"{CHOICE}.delta", f"{CHOICE}.finish_reason", f"{CHOICE}.index"
CONTENT, ROLE = f"{DELTA}.content", f"{DELTA}.role"
USAGE, PROMPT, TOTAL = "$.usage", "$.usage.prompt_tokens", "$.usage.total_tokens"
MARK = "$.system_fingerprint"


def into_meta(chunk: dict[str, Any]) -> None:
    chunk["meta"] = {"model": chunk.pop("model")}


def with_an_empty_one(items: Items, soft: Draft) -> Items:
    return [items[0] | {"choices": []}, *items]


def second_choice(chunk: dict[str, Any]) -> None:
    chunk["choices"] = [*chunk["choices"], chunk["choices"][0] | {"index": 1}]


def uuid(chunk: dict[str, Any]) -> None:
    chunk["id"] = f"{chunk['created']:08x}-0000-4000-8000-{chunk['created']:012x}"


def no_text_in_the_middle(soft: Draft) -> None:
    texts = soft.texts
    texts[len(texts) // 2]["choices"][0]["delta"]["content"] = None


def no_text_at_first(soft: Draft) -> None:
    soft.answer[0]["choices"][0]["delta"]["content"] = None


def usage_null(soft: Draft) -> None:
    for chunk in soft.answer:
        chunk["usage"] = None


def fingerprinted(soft: Draft) -> None:
    put("system_fingerprint", "fp_" + "".join(soft.dice.choices(HEX, k=10)))(soft)


row = partial(change, Layer.CHUNK)
rich = partial(change, Layer.CHUNK, flavour="rich")
CHUNK = (
    # gone, renamed, moved
    row(
        "content-renamed",
        BREAKING,
        (CONTENT, f"{DELTA}.text"),
        delta(lambda d: renamed(d, "content", "text")),
    ),
    row("content-gone", BREAKING, CONTENT, delta(lambda d: d.pop("content"))),
    row(
        "delta-renamed",
        BREAKING,
        (DELTA, f"{CHOICE}.message"),
        choice(lambda c: renamed(c, "delta", "message")),
    ),
    row("id-gone", BREAKING, "$.id", drop("id")),
    row("object-gone", BREAKING, "$.object", drop("object")),
    row("finish-gone", BREAKING, FINISH, choice(lambda c: c.pop("finish_reason"))),
    row("index-gone", BREAKING, INDEX, choice(lambda c: c.pop("index"))),
    row(
        "choices-renamed",
        BREAKING,
        ("$.choices", "$.outputs"),
        each(lambda c: renamed(c, "choices", "outputs")),
    ),
    row("model-moved", BREAKING, ("$.model", "$.meta.model"), each(into_meta)),
    row(
        "created-renamed",
        BREAKING,
        ("$.created", "$.created_at"),
        each(lambda c: renamed(c, "created", "created_at")),
    ),
    rich("fingerprint-gone", BREAKING, MARK, drop("system_fingerprint")),
    rich("logprobs-gone", BREAKING, f"{CHOICE}.logprobs", choice(lambda c: c.pop("logprobs"))),
    rich(
        "prompt-tokens-renamed",
        BREAKING,
        (PROMPT, "$.usage.input_tokens"),
        usage(lambda u: renamed(u, "prompt_tokens", "input_tokens")),
    ),
    row("optional-gone", RISKY, MARK, drop("system_fingerprint"), always=at_times(0.8, fingerprinted)),
    # new
    row("field-new", ADDITIVE, "$.service_tier", put("service_tier", "default")),
    row("choice-field-new", ADDITIVE, f"{CHOICE}.logprobs", choice(lambda c: c.update(logprobs=None))),
    row("delta-field-new", ADDITIVE, f"{DELTA}.refusal", choice(lambda c: c["delta"].update(refusal=None))),
    row(
        "object-new", ADDITIVE, ("$.meta", "$.meta.region", "$.meta.n"), put("meta", {"region": "eu", "n": 1})
    ),
    # types
    row("created-float", BREAKING, "$.created", turn("created", lambda at: at + 0.5)),
    row("created-string", BREAKING, "$.created", turn("created", str)),
    row("index-string", BREAKING, INDEX, choice(lambda c: c.update(index="0"))),
    row(
        "content-list",
        BREAKING,
        CONTENT,
        delta(lambda d: d.update(content=[{"type": "text", "text": d["content"]}])),
    ),
    row("choices-object", BREAKING, "$.choices", turn("choices", lambda items: items[0])),
    rich("tokens-string", BREAKING, TOTAL, usage(lambda u: u.update(total_tokens=str(u["total_tokens"])))),
    # nulls
    row("id-null", BREAKING, "$.id", put("id", None)),
    row("content-null", BREAKING, CONTENT, no_text_in_the_middle),
    row("first-content-null", BREAKING, CONTENT, no_text_at_first),
    row("finish-empty", BREAKING, FINISH, choice(lambda c: c.update(finish_reason=c["finish_reason"] or ""))),
    row("finish-absent", BREAKING, FINISH, choice(lambda c: c["finish_reason"] or c.pop("finish_reason"))),
    row(
        "choices-null",
        BREAKING,
        ("$.choices", "chunk-sequence"),
        chunks(lambda i, _: [*i[:-1], i[-2] | {"choices": None}, i[-1]]),
    ),
    rich("fingerprint-null", BREAKING, MARK, put("system_fingerprint", None)),
    rich("usage-null", BREAKING, (USAGE, "usage-chunk"), usage_null),
    # now and then
    row("model-sometimes", RISKY, "$.model", lambda soft: [chunk.pop("model") for chunk in soft.texts[1::3]]),
    rich("some-fingerprint-gone", RISKY, MARK, drop("system_fingerprint"), share=0.3),
    # words and constants
    row("object-word", BREAKING, "$.object", put("object", "chat.chunk")),
    row(
        "role-word", BREAKING, ROLE, choice(lambda c: "role" in c["delta"] and c["delta"].update(role="bot"))
    ),
    row("index-one", BREAKING, INDEX, choice(lambda c: c.update(index=1))),
    row("finish-word", RISKY, FINISH, finish(lambda word: "end_turn")),
    row("finish-case", RISKY, FINISH, finish(str.upper)),
    row("finish-stop-gone", RISKY, FINISH, finish(lambda word: "length")),
    row("model", RISKY, "$.model", put("model", "gpt-4o-mini")),
    row("model-dated", RISKY, "$.model", put("model", "gpt-3.5-turbo-1106")),
    row("some-other-model", RISKY, "$.model", put("model", "gpt-3.5-turbo-1106"), share=0.4),
    # numbers and forms
    row("created-ms", RISKY, "$.created", turn("created", lambda at: at * 1000)),
    row("created-zero", RISKY, "$.created", put("created", 0)),
    row("id-form", RISKY, "$.id", each(uuid)),
    row("id-head", RISKY, "$.id", turn("id", lambda old: old.replace("chatcmpl-", "gen-"))),
    rich("total-wrong", RISKY, TOTAL, usage(lambda u: u.update(total_tokens=5))),
    rich(
        "tokens-zero",
        RISKY,
        PROMPT,
        usage(lambda u: u.update(prompt_tokens=0, total_tokens=u["completion_tokens"])),
    ),
    # arrays
    row("choices-empty", BREAKING, ("$.choices", "chunk-sequence"), chunks(with_an_empty_one)),
    row("choices-two", RISKY, "$.choices", each(second_choice)),
)
