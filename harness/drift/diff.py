"""What differs between two summaries: facts that never were, facts that always were, orders, stamps, paces.

No judgement here: every difference is given, also one that follows from another (`judge` folds those).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.change import Change, share
from harness.drift.fields import document_changes
from harness.drift.heads import head_changes
from harness.drift.paces import pace_changes
from harness.drift.questions import question_changes
from harness.drift.refusals import outcome_changes
from harness.drift.shape import TOO_MANY
from harness.drift.statistics import fewer, more, needed
from harness.drift.stream import places_of
from harness.drift.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

    from harness.drift.shape import Summary
    from harness.drift.words import Listed
    from harness.upstreams.upstream import Upstream

APPEARED = {
    "bom": "framing-bom",
    "lines-crlf": "framing-line-ends",
    "lines-cr": "framing-line-ends",
    "lines-lf": "framing-line-ends",
    "data-tight": "framing-space",
    "data-spaced": "framing-space",
    "data-many-lines": "framing-data-lines",
    "bare-json": "framing-lost",
    "field-unknown": "framing-field-unknown",
    "comment": "comments-new",
    "comment-as-data": "comment-as-data",
    "field-event": "event-field-new",
    "field-id": "id-field-changed",
    "field-retry": "retry-field-changed",
    "utf8-invalid": "encoding-invalid",
    "utf8-cut": "framing-cut",
    "replacement-character": "encoding-replacement",
    "encoded-twice": "encoding-twice",
    "double-encoded": "encoding-doubled",
    "ending-unfinished": "framing-cut",
    "broken-json": "chunk-not-json",
    "several-objects": "chunk-not-json",
    "not-an-object": "chunk-not-json",
    "word-at-the-end": "sentinel-changed",
    "no-chunks": "reply-without-chunks",
    "sentinel-missing": "sentinel-missing",
    "sentinel-again": "sentinel-doubled",
    "sentinel-unfinished": "sentinel-unfinished",
    "data-after-sentinel": "data-after-sentinel",
    "role-not-first": "role-missing",
    "role-again": "role-repeated",
    "role-late": "role-missing",
    "role-with-text": "role-with-text",
    "finish-missing": "finish-missing",
    "finish-again": "finish-repeated",
    "finish-with-text": "finish-with-text",
    "text-after-finish": "finish-early",
    "usage-again": "usage-repeated",
    "error-in-stream": "error-in-stream",
    "cumulative": "text-cumulative",
    "doubled": "chunks-doubled",
    "index-counts-up": "index-counts-up",
    "id-varies": "id-varies",
    "created-varies": "stamp-varies",
    "model-varies": "stamp-varies",
}
"""Facts that no earlier stream showed, and the rule that speaks about them."""

PLACES = {
    "id-varies": "id",
    "created-varies": "created",
    "model-varies": "model",
    "cumulative": "text",
    "index-counts-up": "index",
}
"""Facts that have a place in the chunks, by its name on the upstream's map; the others are where their rule says."""

SELDOM, HALF = 0.1, 0.5
"""Shares of the streams between which a fact has to rise to be told when some earlier stream showed it too."""

VANISHED = {
    "field-event": "event-field-gone",
    "field-id": "id-field-changed",
    "field-retry": "retry-field-changed",
    "bom": "framing-bom",
    "lines-lf": "framing-line-ends",
    "bare-json": "framing-lost",
    "data-many-lines": "framing-data-lines",
    "role-with-text": "role-with-text",
}
"""Facts that every earlier stream showed and no new one does."""

MOVED = (
    "usage-with-finish",
    "usage-before-finish",
    "usage-after-finish",
    "usage-with-choices",
    "usage-alone",
)
"""Where usage stands; a place that never was is news only where there was usage before."""


def changes(before: Summary, now: Summary, upstream: Upstream, words: Listed) -> list[Change]:
    """Every difference, in no order of weight. *words* are those that schemas list."""
    paths = places_of(upstream)
    found = [*head_changes(before, now), *question_changes(before, now), *outcome_changes(before, now)]
    for document in ("request", "chunk", *_errors_of(now)):
        places = paths if document == "chunk" else {}
        found += document_changes(View((before, now), document, upstream, paths=places, words=words))
    if _size(before) and _size(now):
        found += [
            *_broken(before, now),
            *_appeared(before, now, paths),
            *_oftener(before, now),
            *_vanished(before, now),
            *_names(before, now),
        ]
        found += [
            *_usage(before, now),
            *_order(before, now),
            *_stamps(before, now, paths),
            *pace_changes(before, now),
        ]
    return found


def _errors_of(summary: Summary) -> list[str]:
    """The documents of errors: one for each status, for each has a shape of its own."""
    return [f"error {status}" for status in sorted(summary.vocabulary("error-status") or {})]


def _size(summary: Summary) -> int:
    """How many streams there were."""
    return summary.count("outcome", "reply")


def _spelt(fact: str) -> str:
    return fact.replace("-", " ")


def _appeared(before: Summary, now: Summary, paths: dict[str, str]) -> Iterator[Change]:
    for fact, rule in APPEARED.items():
        count, size, total = now.count("fact", fact), _size(now), _size(before)
        if count and not before.count("fact", fact) and not _may_be_speech(fact, count, size):
            where = paths.get(PLACES[fact], "") if fact in PLACES else ""
            yield Change(rule, where, share(0, total), share(count, size), _spelt(fact))


def _oftener(before: Summary, now: Summary) -> Iterator[Change]:
    """Facts that a few earlier streams showed and half of the new ones do."""
    for fact, rule in APPEARED.items():
        count, size, total = now.count("fact", fact), _size(now), _size(before)
        had = before.count("fact", fact)
        if had and had <= SELDOM * total and count >= HALF * size:
            p = more(had, total, count, size)
            yield Change(rule, "", share(had, total), share(count, size), _spelt(fact), p=p)


def _may_be_speech(fact: str, count: int, size: int) -> bool:
    """Whether a stream or two say everything twice because somebody talks like that: an upstream does it to most."""
    return fact == "doubled" and 2 * count < size


def _broken(before: Summary, now: Summary) -> Iterator[Change]:
    """Connections that broke: one is bad luck on the way, and too many are not."""
    total, size = _size(before), _size(now)
    had, has = before.count("fact", "stream-broken"), now.count("fact", "stream-broken")
    if has * total > had * size:
        p = None if has == size and not had and total > 1 else more(had, total, has, size)
        yield Change("stream-broken", "", share(had, total), share(has, size), p=p)


def _vanished(before: Summary, now: Summary) -> Iterator[Change]:
    total, size = _size(before), _size(now)
    for fact, rule in VANISHED.items():
        if total >= 2 and before.count("fact", fact) == total and not now.count("fact", fact):
            yield Change(rule, "", share(total, total), share(0, size), f"no {_spelt(fact)}")


def _names(before: Summary, now: Summary) -> Iterator[Change]:
    old, new = before.vocabulary("event-name"), now.vocabulary("event-name")
    if old is None or new is None or not before.count("fact", "field-event"):
        return
    for name in sorted(new.keys() - old.keys()):
        yield Change("event-name-changed", "", share(0, _size(before)), share(new[name], _size(now)), name)


def _usage(before: Summary, now: Summary) -> Iterator[Change]:
    had, has = before.count("fact", "usage"), now.count("fact", "usage")
    total, size = before.count("fact", "chunks"), now.count("fact", "chunks")
    if not total or not size:
        return
    if had and has:
        for fact in MOVED:
            if now.count("fact", fact) and not before.count("fact", fact):
                yield Change("usage-moved", "", share(0, had), share(now.count("fact", fact), has), fact)
    elif has and (has * 2 >= size):
        yield Change("usage-new", "", share(0, total), share(has, size))
    if had == total and has < size and total >= 2:
        yield Change("usage-missing", "", share(had, total), share(has, size))
    elif had and not has:
        p, more_needed = fewer(had, total, 0, size), needed(had, total, size)
        yield Change("usage-missing", "", share(had, total), share(0, size), p=p, needed=more_needed)


def _order(before: Summary, now: Summary) -> Iterator[Change]:
    total, size = before.count("fact", "chunks"), now.count("fact", "chunks")
    old = {key for key in before.tallies if key[0] == "pair"}
    for key in sorted(key for key in now.tallies if key[0] == "pair"):
        if key not in old and total >= 3 and _is_telling(key):
            yield Change(
                "order-changed",
                "",
                share(0, total),
                share(now.tallies[key], size),
                f"{key[1]}, then {key[2]}",
            )


def _is_telling(pair: tuple[str, ...]) -> bool:
    """Short and empty answers put rare neighbours together; an empty chunk among texts is never that."""
    return pair[1:] in {("text", "empty"), ("empty", "text"), ("finish", "finish"), ("start", "text")}


def _stamps(before: Summary, now: Summary, paths: dict[str, str]) -> Iterator[Change]:
    ids, new = before.vocabulary("stamp", "id"), now.vocabulary("stamp", "id")
    was_unique = ids is TOO_MANY or (len(ids) > 1 and max(ids.values()) == 1)
    if was_unique and new and len(new) == 1 and sum(new.values()) > 1:
        ((word, count),) = new.items()
        yield Change(
            "id-repeated", paths.get("id", ""), "another one in each stream", f"{count} times {word!r}"
        )
    models, others = before.vocabulary("stamp", "model"), now.vocabulary("stamp", "model")
    if models and others and others.keys() - models.keys() and _is_sure(models.keys(), others.keys()):
        yield Change(
            "model-changed", paths.get("model", ""), ", ".join(sorted(models)), ", ".join(sorted(others))
        )


def _is_sure(old: Set[str], new: Set[str]) -> bool:
    """Whether a model that was never met is new: of very many, one may only not have been met yet."""
    return len(old) <= 2 or not old & new
