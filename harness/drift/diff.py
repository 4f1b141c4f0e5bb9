"""What differs between two summaries: facts that never were, facts that always were, orders, stamps, paces.

No judgement here: every difference is given, also one that follows from another (`judge` folds those).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.change import Change, share
from harness.drift.fields import document_changes
from harness.drift.heads import head_changes
from harness.drift.notes import value_of
from harness.drift.shape import ZERO_STEP
from harness.drift.statistics import fewer, median, more, needed, rank_test
from harness.drift.stream import paths_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.shape import Summary
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
    "double-encoded": "encoding-doubled",
    "ending-unfinished": "framing-cut",
    "broken-json": "chunk-not-json",
    "several-objects": "chunk-not-json",
    "not-an-object": "chunk-not-json",
    "word-at-the-end": "sentinel-changed",
    "no-chunks": "reply-without-chunks",
    "stream-broken": "stream-broken",
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

VANISHED = {
    "field-event": "event-field-gone",
    "field-id": "id-field-changed",
    "field-retry": "retry-field-changed",
    "bom": "framing-bom",
    "lines-lf": "framing-line-ends",
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

EFFECT = 1.5
"""How much slower, or larger, is worth a word."""
LARGER = 2.5
"""How much larger or smaller pieces of text must be: languages differ by less."""
APART = 3.0
"""How much larger, with no overlap at all, is evident without many recordings."""
EFFECTS = {"stall": 3.0}
"""The longest wait grows when a server, or a proxy, writes two events at a time."""
FLOORS = {"ttft": 20.0, "inter-chunk": 4.0, "stall": 100.0, "duration": 100.0}
"""Milliseconds by which a time must have grown."""
SLOWER = {
    "ttft": "ttft-slower",
    "inter-chunk": "inter-chunk-slower",
    "stall": "stalls-longer",
    "duration": "duration-longer",
}


def changes(before: Summary, now: Summary, upstream: Upstream) -> list[Change]:
    """Every difference, in no order of weight."""
    paths = paths_of(upstream.events[0]) if upstream.events else {}
    found = [*head_changes(before, now)]
    for document in ("request", "chunk", *_errors_of(before, now)):
        found += document_changes(before, now, document, paths, upstream)
    if before.count("outcome", "reply") and now.count("outcome", "reply"):
        found += [*_appeared(before, now, paths), *_vanished(before, now), *_names(before, now)]
        found += [*_usage(before, now), *_order(before, now), *_stamps(before, now), *_paces(before, now)]
    return found


def _errors_of(before: Summary, now: Summary) -> list[str]:
    """The documents of errors that both sides know: one for each status, for each has a shape of its own."""
    old, new = before.vocabulary("error-status") or {}, now.vocabulary("error-status") or {}
    return [f"error {status}" for status in sorted(old.keys() & new.keys())]


def _size(summary: Summary, fact: str) -> int:
    """How many streams could have shown the fact."""
    return summary.count("outcome", "reply")


def _appeared(before: Summary, now: Summary, paths: dict[str, str]) -> Iterator[Change]:
    for fact, rule in APPEARED.items():
        count, size, total = now.count("fact", fact), _size(now, fact), _size(before, fact)
        if count and total and not before.count("fact", fact):
            where = paths.get(fact.removesuffix("-varies"), "") if fact.endswith("-varies") else ""
            where = paths.get("text", "") if fact == "cumulative" else where
            where = paths.get("index", "") if fact == "index-counts-up" else where
            yield Change(rule, where, share(0, total), share(count, size), detail=fact.replace("-", " "))


def _vanished(before: Summary, now: Summary) -> Iterator[Change]:
    for fact, rule in VANISHED.items():
        total, size = _size(before, fact), _size(now, fact)
        if total >= 2 and size and before.count("fact", fact) == total and not now.count("fact", fact):
            yield Change(rule, "", share(total, total), share(0, size), detail=f"no {fact.replace('-', ' ')}")


def _names(before: Summary, now: Summary) -> Iterator[Change]:
    old, new = before.vocabulary("event-name"), now.vocabulary("event-name")
    if old is None or new is None or not before.count("fact", "field-event"):
        return
    for name in sorted(new.keys() - old.keys()):
        yield Change(
            "event-name-changed", "", share(0, _size(before, "")), share(new[name], _size(now, "")), name
        )


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


def _stamps(before: Summary, now: Summary) -> Iterator[Change]:
    ids, new = before.vocabulary("stamp", "id"), now.vocabulary("stamp", "id")
    if ids and new and max(ids.values()) == 1 and len(ids) > 1:
        word, count = max(new.items(), key=lambda pair: pair[1])
        total = sum(new.values())
        if count >= 2 and count == total:
            yield Change("id-repeated", "", f"{len(ids)} of {len(ids)} different", f"{count} times {word!r}")
    models, others = before.vocabulary("stamp", "model"), now.vocabulary("stamp", "model")
    if (models and others and not models.keys() & others.keys()) or (
        models and others and others.keys() - models.keys() and len(models) <= 2
    ):
        yield Change("model-changed", "", ", ".join(sorted(models)), ", ".join(sorted(others)))


def _paces(before: Summary, now: Summary) -> Iterator[Change]:
    """Slower, larger, or all at once; one value a stream."""
    yield from _pieces(before, now)
    buffered = _buffered(before, now)
    if buffered is not None:
        yield buffered
        return
    for name, rule in SLOWER.items():
        one, other = before.scale(name), now.scale(name)
        if not one or not other or (name == "duration" and not _as_long(before, now)):
            continue
        old, new = value_of(round(median(one))), value_of(round(median(other)))
        ratio, p = new / old if old else 1.0, rank_test(one, other)
        beyond = _beyond(one, other, FLOORS[name])
        if beyond < 1:
            new = max(new, old + FLOORS[name])
        if new - old >= FLOORS[name] and (ratio >= EFFECTS.get(name, EFFECT) or beyond < 1):
            p = min(p, _apart(one, other), beyond)
            yield Change(rule, "", f"median {old:.0f} ms", f"median {new:.0f} ms", f"{ratio:.1f} times", p=p)


def _as_long(before: Summary, now: Summary) -> bool:
    """Whether the answers have about as many pieces as before: longer answers take longer."""
    one, other = before.scale("pieces"), now.scale("pieces")
    return bool(one) and bool(other) and abs(median(one) - median(other)) <= 8


def _beyond(one: dict[int, int], other: dict[int, int], floor: float) -> float:
    """A chance for so many streams that took twice as long as the slowest of before; 1 for fewer than two."""
    slowest = value_of(max(one))
    limit = max(2 * slowest, slowest + floor)
    count = sum(count for step, count in other.items() if value_of(step) > limit)
    if count < 2:
        return 1.0
    return more(0, sum(one.values()), count, sum(other.values()))


def _buffered(before: Summary, now: Summary) -> Change | None:
    one, other = before.scale("inter-chunk"), now.scale("inter-chunk")
    if not one or not other:
        return None
    old, new = value_of(round(median(one))), value_of(round(median(other)))
    if old >= FLOORS["inter-chunk"] and new < old / 10 and max(other) < min(one):
        p = min(rank_test(one, other), _apart(one, other))
        return Change("stream-buffered", "", f"median {old:.1f} ms", f"median {new:.1f} ms", p=p)
    return None


def _pieces(before: Summary, now: Summary) -> Iterator[Change]:
    pieces, fewer_pieces = before.scale("pieces"), now.scale("pieces")
    one, other = before.scale("bytes"), now.scale("bytes")
    if not one or not other:
        return
    old, new = value_of(round(median(one))), value_of(round(median(other)))
    ratio = max(new / old, old / new) if old and new else 1.0
    if max(fewer_pieces) <= 0 and min(pieces) > 0 and median(pieces) >= 32 and new > old * 2:
        total, size = sum(pieces.values()), sum(fewer_pieces.values())
        yield Change("answer-in-one-piece", "", share(0, total), share(size, size), p=None)
    elif ratio >= LARGER:
        p = min(rank_test(one, other), _apart(one, other))
        yield Change("piece-size-changed", "", f"{old:.1f} bytes", f"{new:.1f} bytes", p=p)


def _apart(one: dict[int, int], other: dict[int, int]) -> float:
    """A chance for values that lie so far apart that a rank test of few of them says too little.

    The scales are logarithmic: a difference of steps is a ratio. Welch's statistic on them, with a floor for the
    spread, against the normal tail; 1 where the two overlap or are less than `APART` apart.
    """
    if min(other) <= max(one) and max(other) >= min(one):
        return 1.0
    if ZERO_STEP in (*one, *other):
        return 1e-6 if sum(one.values()) >= 2 and sum(other.values()) >= 2 else 1.0
    return _welch(one, other)


def _welch(one: dict[int, int], other: dict[int, int]) -> float:
    import math

    (m1, v1, n1), (m2, v2, n2) = _moments(one), _moments(other)
    if abs(m1 - m2) < 16 * math.log2(APART) or min(n1, n2) < 2:
        return 1.0
    spread = max(math.sqrt(max(v1, v2)), 16 * math.log2(1.5))
    return math.erfc(abs(m1 - m2) / (spread * math.sqrt(1 / n1 + 1 / n2)) / math.sqrt(2))


def _moments(steps: dict[int, int]) -> tuple[float, float, int]:
    n = sum(steps.values())
    mean = sum(step * count for step, count in steps.items()) / n
    return mean, sum(count * (step - mean) ** 2 for step, count in steps.items()) / max(n - 1, 1), n
