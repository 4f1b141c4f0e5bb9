"""How an exchange is changed: small functions that make edits, for the tables of operators and controls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.drift.case import Edit
    from benchmarks.drift.corpus import Draft

    Items = list[Any]


def each(change: Callable[[dict[str, Any]], object]) -> Edit:
    """Of every chunk."""
    return lambda soft: [change(chunk) for chunk in soft.objects]


def choice(change: Callable[[dict[str, Any]], object]) -> Edit:
    """Of every choice of every chunk."""
    return each(lambda chunk: [change(inner) for inner in chunk.get("choices", ())])


def delta(change: Callable[[dict[str, Any]], object]) -> Edit:
    """Of every delta that holds text."""
    return choice(lambda inner: change(inner["delta"]) if inner["delta"].get("content") else None)


def finish(change: Callable[[str], object]) -> Edit:
    """Of the reason for the end, where there is one."""
    return choice(
        lambda inner: inner["finish_reason"] and inner.update(finish_reason=change(inner["finish_reason"]))
    )


def usage(change: Callable[[dict[str, Any]], object]) -> Edit:
    """Of the counts of tokens."""
    return each(lambda chunk: change(chunk["usage"]) if chunk.get("usage") else None)


def put(name: str, value: Any) -> Edit:
    """A field of every chunk."""
    return each(lambda chunk: chunk.update({name: value}))


def turn(name: str, change: Callable[[Any], Any]) -> Edit:
    """The value of a field of every chunk."""
    return each(lambda chunk: chunk.update({name: change(chunk[name])}))


def drop(name: str) -> Edit:
    """A field of every chunk, taken away."""
    return each(lambda chunk: chunk.pop(name, None))


def renamed(fields: dict[str, Any], old: str, new: str) -> None:
    """A field under another name, at the same place."""
    kept = [(new if name == old else name, value) for name, value in fields.items()]
    fields.clear()
    fields.update(kept)


def chunks(change: Callable[[Items, Draft], Items]) -> Edit:
    """Of the list of chunks; `[DONE]` is its last item."""
    return lambda soft: setattr(soft, "chunks", change(soft.chunks, soft))


def attr(name: str, value: Any) -> Edit:
    """Something else about the exchange."""
    return lambda soft: setattr(soft, name, value)


def scaled(name: str, factor: float) -> Edit:
    """A time of the exchange."""
    return lambda soft: setattr(soft, name, getattr(soft, name) * factor)


def slower(factor: float) -> Edit:
    """Longer gaps between the events."""
    return lambda soft: setattr(soft, "gaps", [gap * factor for gap in soft.gaps])


def on_bytes(change: Callable[[bytes], bytes]) -> Edit:
    """Of the whole body."""
    return attr("on_bytes", change)


def header(name: str, value: str | None) -> Edit:
    """A header of the answer set, or taken away."""
    return lambda soft: setattr(soft, "headers", _with(soft.headers, name, value))


def sent(name: str, value: str | None) -> Edit:
    """A header of the question set, or taken away."""
    return lambda soft: setattr(soft, "request_headers", _with(soft.request_headers, name, value))


def _with(headers: list[tuple[str, str]], name: str, value: str | None) -> list[tuple[str, str]]:
    kept = [(known, old) for known, old in headers if known.lower() != name.lower()]
    return kept if value is None else [*kept, (name, value)]


def asked(name: str, value: Any) -> Edit:
    """A field of the question."""
    return lambda soft: soft.fields.update({name: value})


def turns(change: Callable[[dict[str, Any]], object]) -> Edit:
    """Of every turn of the conversation."""
    return lambda soft: [change(said) for said in soft.conversation["history"]]


def speakers(words: dict[str, str]) -> Edit:
    """Other words for who speaks."""
    return turns(lambda said: said.update(speaker=words.get(said["speaker"], said["speaker"])))


def answers(status: int, body: Any, kind: str = "application/json", **headers: str) -> Edit:
    """Another answer in the place of the reply; its other headers stay."""

    def edit(soft: Draft) -> None:
        soft.status, soft.chunks = status, []
        soft.body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        for name, value in {"Content-Type": kind, **headers}.items():
            header(name, value)(soft)

    return edit


def error(change: Callable[[dict[str, Any]], Any]) -> Edit:
    """Of the body of an error: changed in place, or returned anew."""

    def edit(soft: Draft) -> None:
        assert soft.body is not None
        document = json.loads(soft.body)
        soft.body = json.dumps(change(document) or document).encode()

    return of_errors(edit)


def of_errors(change: Edit) -> Edit:
    """Of errors alone."""
    return lambda soft: change(soft) if soft.status >= 400 else None


def of_replies(change: Edit) -> Edit:
    """Of replies alone."""
    return lambda soft: change(soft) if soft.status < 400 else None


def both(*changes: Edit) -> Edit:
    """One after the other."""
    return lambda soft: [change(soft) for change in changes]


def at_times(chance: float, change: Edit) -> Edit:
    """In some exchanges, by the dice of each."""
    return lambda soft: change(soft) if soft.dice.random() < chance else None
