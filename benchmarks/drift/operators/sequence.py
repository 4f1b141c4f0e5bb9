"""Changes of what follows what: roles, ends, counts of tokens, order, and what must stay the same within a stream."""

from __future__ import annotations

import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from benchmarks.drift.case import BREAKING, RISKY, change
from benchmarks.drift.edits import chunks, put
from benchmarks.drift.operators.chunk import CONTENT, FINISH, INDEX, ROLE
from harness.finding import Layer

if TYPE_CHECKING:
    from benchmarks.drift.corpus import Draft
    from benchmarks.drift.edits import Items

FIRST, LAST, ORDER, USAGE = "first-chunk", "last-chunk", "chunk-sequence", "usage-chunk"
AGAIN = (LAST, ORDER, FINISH)


def first(chunk: dict[str, Any]) -> dict[str, Any]:
    """The first choice of a chunk."""
    found: dict[str, Any] = chunk["choices"][0]
    return found


def text_of(chunk: dict[str, Any]) -> str:
    return str(first(chunk)["delta"]["content"])


def role_everywhere(soft: Draft) -> None:
    for chunk in soft.texts:
        first(chunk)["delta"]["role"] = "assistant"


def role_with_text(items: Items, soft: Draft) -> Items:
    opener, text, *rest = items
    first(opener)["delta"]["content"] = text_of(text)
    return [opener, *rest]


def finish_on_text(items: Items, soft: Draft) -> Items:
    *rest, text, finish, done = items
    first(text)["finish_reason"] = first(finish)["finish_reason"]
    return [*rest, text, done]


def finish_early(soft: Draft) -> None:
    first(soft.texts[len(soft.texts) // 2])["finish_reason"] = "stop"
    first(soft.answer[-1])["finish_reason"] = None


def finish_everywhere(soft: Draft) -> None:
    for chunk in soft.texts:
        first(chunk)["finish_reason"] = "stop"


def usage_new(items: Items, soft: Draft) -> Items:
    stamp = {key: items[0][key] for key in ("id", "object", "created", "model")}
    counts = {"prompt_tokens": 9, "completion_tokens": len(items), "total_tokens": 9 + len(items)}
    return [*items[:-1], stamp | {"choices": [], "usage": counts}, items[-1]]


def usage_on_finish(items: Items, soft: Draft) -> Items:
    *rest, finish, counts, done = items
    return [*rest, finish | {"usage": counts["usage"]}, done]


def usage_everywhere(items: Items, soft: Draft) -> Items:
    counts = items[-2]["usage"]
    return [chunk | {"usage": counts} if isinstance(chunk, dict) else chunk for chunk in items]


def nothing_said(chunk: dict[str, Any]) -> dict[str, Any]:
    return chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": None}]}


def without_choices(chunk: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in chunk.items() if name != "choices"}


def ids_each(soft: Draft) -> None:
    for number, chunk in enumerate(soft.objects):
        chunk["id"] = f"{chunk['id'][:-3]}{number:03}"


def created_each(soft: Draft) -> None:
    for number, chunk in enumerate(soft.objects):
        chunk["created"] += number


def models_in_turn(soft: Draft) -> None:
    for chunk in soft.answer[1::2]:
        chunk["model"] = "gpt-4"


def index_counts(soft: Draft) -> None:
    for number, chunk in enumerate(soft.answer):
        first(chunk)["index"] = number


def cumulative(soft: Draft) -> None:
    whole = ""
    for chunk in soft.texts:
        whole += text_of(chunk)
        first(chunk)["delta"]["content"] = whole


def doubled(items: Items, soft: Draft) -> Items:
    opener, *texts, finish, done = items
    return [opener, *(text for text in texts for _ in range(2)), finish, done]


def joined(items: Items, number: int) -> Items:
    """So many pieces of text in one."""
    opener, *texts, finish, done = items
    made = []
    for at in range(0, len(texts), number):
        whole = copy.deepcopy(texts[at])
        first(whole)["delta"]["content"] = "".join(map(text_of, texts[at : at + number]))
        made.append(whole)
    return [opener, *made, finish, done]


def by_letters(items: Items, soft: Draft) -> Items:
    opener, *texts, finish, done = items
    made = []
    for letter in "".join(map(text_of, texts)):
        piece = copy.deepcopy(texts[0])
        first(piece)["delta"]["content"] = letter
        made.append(piece)
    return [opener, *made, finish, done]


row = partial(change, Layer.SEQUENCE)
rich = partial(change, Layer.SEQUENCE, flavour="rich")
SEQUENCE = (
    # the beginning
    row("role-missing", BREAKING, (FIRST, ROLE), lambda soft: first(soft.answer[0])["delta"].pop("role")),
    row("opener-gone", BREAKING, (FIRST, ROLE), chunks(lambda items, _: items[1:])),
    row("role-repeated", RISKY, (FIRST, ORDER, ROLE), role_everywhere),
    row("role-with-text", RISKY, FIRST, chunks(role_with_text)),
    # the end
    row(
        "finish-missing",
        BREAKING,
        (LAST, FINISH),
        lambda soft: first(soft.answer[-1]).update(finish_reason=None),
    ),
    row("finish-chunk-gone", BREAKING, (LAST, FINISH), chunks(lambda items, _: [*items[:-2], items[-1]])),
    row("finish-twice", RISKY, AGAIN, chunks(lambda items, _: [*items[:-1], items[-2], items[-1]])),
    row("finish-everywhere", RISKY, AGAIN, finish_everywhere),
    row("finish-on-text", RISKY, (LAST, FINISH), chunks(finish_on_text)),
    row("finish-early", BREAKING, AGAIN, finish_early),
    row("text-after-finish", BREAKING, AGAIN, chunks(lambda i, _: [*i[:-3], i[-2], i[-3], i[-1]])),
    # the counts
    row("usage-new", BREAKING, (USAGE, "$.usage"), chunks(usage_new)),
    rich(
        "usage-gone", (BREAKING, RISKY), (USAGE, "$.usage"), chunks(lambda items, _: [*items[:-2], items[-1]])
    ),
    rich("usage-on-finish", RISKY, (USAGE, "$.usage"), chunks(usage_on_finish)),
    rich(
        "usage-early", RISKY, USAGE, chunks(lambda items, _: [items[0], items[-2], *items[1:-2], items[-1]])
    ),
    rich("usage-twice", RISKY, USAGE, chunks(lambda items, _: [*items[:-1], items[-2], items[-1]])),
    rich("usage-everywhere", RISKY, (USAGE, "$.usage"), chunks(usage_everywhere)),
    # the order
    row(
        "stray",
        BREAKING,
        (ORDER, "$.type", "$.choices"),
        chunks(lambda i, _: [i[0], {"type": "metadata", "trace": 1}, *i[1:]]),
    ),
    row(
        "no-choices",
        BREAKING,
        (ORDER, "$.choices"),
        chunks(lambda i, _: [i[0], without_choices(i[1]), *i[2:]]),
    ),
    row(
        "empty-delta",
        (RISKY, BREAKING),
        (ORDER, CONTENT),
        chunks(lambda i, _: [*i[:4], nothing_said(i[4]), *i[4:]]),
    ),
    row("no-answer", BREAKING, ORDER, chunks(lambda items, _: items[-1:])),
    row("some-no-answer", BREAKING, ORDER, chunks(lambda items, _: items[-1:]), share=0.3),
    # what stays the same
    row("id-varies", BREAKING, "$.id", ids_each),
    row("created-varies", RISKY, "$.created", created_each),
    row("model-varies", RISKY, "$.model", models_in_turn),
    row("id-reused", BREAKING, "$.id", put("id", "chatcmpl-VmABaNGlTduyopvKQ5ld8SmxsUjmz")),
    # what a piece means
    row("cumulative", BREAKING, CONTENT, cumulative),
    row("doubled", BREAKING, ORDER, chunks(doubled)),
    row("index-counts", BREAKING, INDEX, index_counts),
    row(
        "one-piece", RISKY, ("chunk-count", "chunk-size"), chunks(lambda items, _: joined(items, len(items)))
    ),
    row("larger-pieces", RISKY, "chunk-size", chunks(lambda items, _: joined(items, 6))),
    row("letters", RISKY, "chunk-size", chunks(by_letters)),
)
