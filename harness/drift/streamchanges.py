"""What differs in framing, sequence and pace: facts that were never there, as a table. Summaries in; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.difference import Difference, appeared, listed, of, rose, vanished
from harness.drift.places import places_of
from harness.drift.statistics import EFFECT, chance_of_at_least, chance_of_shift, shift, tail_shift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.difference import Pair
    from harness.upstreams.upstream import Upstream

STREAM = ("stream",)

_NEVER_BEFORE: tuple[tuple[tuple[str, ...], str], ...] = (
    (("wire", "bom"), "framing-bom-new"),
    (("wire", "multi-line"), "framing-multi-line-new"),
    (("wire", "strange-line"), "framing-line-strange"),
    (("wire", "comment"), "framing-comment-new"),
    (("wire", "utf8-invalid"), "framing-utf8-invalid"),
    (("wire", "replacement"), "framing-characters-lost"),
    (("wire", "mojibake"), "framing-encoded-twice"),
    (("order", "double-encoded"), "framing-json-in-string"),
    (("order", "comment-as-data"), "framing-comment-as-data"),
    (("order", "broken-json"), "framing-json-broken"),
    (("order", "terminal-missing"), "framing-sentinel-missing"),
    (("order", "terminal-changed"), "framing-sentinel-changed"),
    (("order", "terminal-repeated"), "framing-sentinel-repeated"),
    (("order", "terminal-unfinished"), "framing-sentinel-unfinished"),
    (("order", "data-after-terminal"), "framing-data-after-sentinel"),
    (("order", "stream-truncated"), "framing-stream-truncated"),
    (("order", "role-missing"), "sequence-role-missing"),
    (("order", "role-repeated"), "sequence-role-repeated"),
    (("order", "role-with-text"), "sequence-role-with-text"),
    (("order", "finish-missing"), "sequence-finish-missing"),
    (("order", "finish-repeated"), "sequence-finish-repeated"),
    (("order", "finish-with-text"), "sequence-finish-with-text"),
    (("order", "text-after-finish"), "sequence-text-after-finish"),
    (("order", "chunk-after-finish"), "sequence-chunk-after-finish"),
    (("order", "stray-document"), "sequence-document-strange"),
    (("order", "no-answer"), "sequence-answer-missing"),
    (("order", "chunk-repeated"), "sequence-chunk-repeated"),
)
"""Facts of a stream of which one is one too many where there was none."""

_ANY_OF = (("line-end", "framing-line-end-changed"), ("colon", "framing-space-changed"))
_BENIGN_FIELDS = (("id", "framing-id-changed"), ("retry", "framing-retry-changed"))

_TIMES = (
    ("ttft", "timing-ttft-slower", shift),
    ("gap", "timing-gap-slower", shift),
    ("duration", "timing-duration-longer", shift),
    ("tail", "timing-duration-longer", shift),
    ("ttft", "timing-ttft-slower", tail_shift),
    ("gap", "timing-gap-slower", tail_shift),
    ("duration", "timing-duration-longer", tail_shift),
)
"""Number, rule, and which effect is looked at."""

_EXCEEDING = (
    ("ttft", "timing-ttft-slower"),
    ("gap", "timing-gap-slower"),
    ("tail", "timing-duration-longer"),
)

FAR = 2.0
"""Times the slowest recording from before: what is beyond is no accident of sampling."""
TAIL_EFFECT = 3.0
"""A tail is worth a word when its slow ones are so many times slower: it moves with single streams."""
MOVED = 1.15
"""Ratio of mean gaps that other cuts of the same stream do not reach."""
TAIL_MS = 100.0
"""A silence before the end that is shorter is nobody's concern."""
COARSER, FINER = 4.0, 1 / 6
"""Ratios of chunk sizes that another language of the same model does not reach."""
PLAIN = 5
"""Replies that must all show what a single one may show by chance."""


def framing_changes(pair: Pair) -> Iterator[Difference]:
    """Differences in the bytes, whatever they mean."""
    for place, rule in _ANY_OF:
        before, now = pair.words("wire", place)
        if before and now - before:
            yield Difference(rule=rule, before=listed(before), now=listed(now))
    before, now = pair.words("wire", "event")
    if pair.before.count(*STREAM) and (now - before or (before and not now and pair.now.count(*STREAM))):
        yield Difference(rule="framing-event-name-changed", before=listed(before), now=listed(now))
    for name, rule in _BENIGN_FIELDS:
        fact = ("wire", "field", name)
        yield from appeared(pair, fact, STREAM, rule=rule)
        if pair.before.count(*fact) == pair.before.count(*STREAM):
            yield from vanished(pair, fact, STREAM, rule=rule)


def form_changes(pair: Pair) -> Iterator[Difference]:
    """Whether bodies are event streams at all."""
    before, now = pair.words("form")
    if before and now - before:
        rule = "sequence-answer-missing" if now - before == {"empty"} else "framing-form-changed"
        yield Difference(rule=rule, before=listed(before), now=listed(now))


def sequence_changes(pair: Pair, upstream: Upstream) -> Iterator[Difference]:
    """Facts of the order that were never there."""
    places = places_of(upstream)
    for fact, rule in _NEVER_BEFORE:
        yield from appeared(pair, fact, STREAM, rule=rule)
    yield from appeared(
        pair, ("order", "text-cumulative"), STREAM, rule="sequence-text-cumulative", where=places.text
    )
    yield from appeared(
        pair, ("order", "index-counts"), STREAM, rule="sequence-index-counts", where=places.index
    )
    yield from appeared(
        pair, ("order", "choices-empty"), STREAM, rule="chunk-array-empty", where=places.choices
    )
    total = f"{places.usage}.total_tokens"
    yield from appeared(
        pair, ("order", "total-wrong"), ("order", "total-right"), rule="chunk-total-wrong", where=total
    )
    moved = pair.before.count("error") and not pair.now.count("error")
    where = "error:status" if moved else "error:$"
    yield from appeared(pair, ("order", "error-in-stream"), STREAM, rule="error-in-stream-new", where=where)
    yield from rose(pair, ("order", "one-chunk"), STREAM, rule="sequence-one-chunk")
    yield from _repeats(pair)
    yield from _usage_changes(pair)
    yield from _reused_ids(pair, places.id)


def _repeats(pair: Pair) -> Iterator[Difference]:
    """Single chunks that come twice, in every reply. Models do say a word twice now and then, so this must be plain."""
    for change in rose(pair, ("order", "neighbours-alike"), STREAM, rule="sequence-chunk-repeated"):
        before, now = pair.counts("order", "neighbours-alike")
        if now == pair.now.count(*STREAM) and not before and now >= PLAIN:
            yield change


def pace_changes(pair: Pair) -> Iterator[Difference]:
    """Differences of times and sizes: each with a chance, and only where the effect matters."""
    yield from rose(pair, ("pace", "burst"), ("pace", "gaps"), rule="timing-burst-new")
    yield from rose(pair, ("pace", "stall"), ("pace", "gaps"), rule="timing-stall-new")
    for name, rule, effect in _TIMES:
        before, now = pair.before.values("pace", name), pair.now.values("pace", name)
        gate = TAIL_EFFECT if effect is tail_shift else EFFECT
        if (
            not before
            or not now
            or effect(before, now) < gate
            or _is_trifling(name, now)
            or _is_length(pair, name)
        ):
            continue
        yield _shifted(rule, before, now, "ms", tested=_tested(pair, name))
    for name, rule in _EXCEEDING:
        yield from _exceeding(pair.before.values("pace", name), pair.now.values("pace", name), rule)
    yield from _gap_tail(pair)
    yield from _size_changes(pair)


def _exceeding(before: list[float], now: list[float], rule: str) -> Iterator[Difference]:
    """Recordings far slower than any was before: a tail that ranks see late."""
    if not before or not now:
        return
    slow = sum(1 for value in now if value > FAR * before[-1])
    if slow:
        yield Difference(
            rule=rule,
            before=f"at most {before[-1]:.3g} ms, {len(before)} recordings",
            now=f"{of(slow, len(now))} beyond {FAR * before[-1]:.3g} ms",
            p=chance_of_at_least(slow, len(now), 0, len(before)),
        )


def _gap_tail(pair: Pair) -> Iterator[Difference]:
    """Slow pieces among quick ones. Other cuts move them too, but not the mean gap."""
    means = pair.before.values("pace", "gap"), pair.now.values("pace", "gap")
    before, now = pair.before.values("pace", "gap-p95"), pair.now.values("pace", "gap-p95")
    if before and now and shift(before, now) >= TAIL_EFFECT and MOVED <= shift(*means) < EFFECT:
        yield _shifted("timing-gap-tail", before, now, "ms")


def _is_trifling(name: str, now: list[float]) -> bool:
    return name == "tail" and now[len(now) // 2] < TAIL_MS


def _is_length(pair: Pair, name: str) -> bool:
    """Whether replies only take longer because they say more."""
    before, now = pair.before.values("pace", "duration-each"), pair.now.values("pace", "duration-each")
    return name == "duration" and bool(before) and bool(now) and shift(before, now) < EFFECT


def _size_changes(pair: Pair) -> Iterator[Difference]:
    before, now = pair.before.values("text", "chunk-size"), pair.now.values("text", "chunk-size")
    if not before or not now or FINER < shift(before, now) < COARSER:
        return
    yield _shifted("sequence-chunk-size-changed", before, now, "characters")


def _tested(pair: Pair, name: str) -> tuple[list[float], list[float]] | None:
    """The numbers that a test looks at, where they are others than those told: a duration is one for each event."""
    each = pair.before.values("pace", "duration-each"), pair.now.values("pace", "duration-each")
    return each if name == "duration" and all(each) else None


def _shifted(
    rule: str,
    before: list[float],
    now: list[float],
    unit: str,
    *,
    tested: tuple[list[float], list[float]] | None = None,
) -> Difference:
    chance = chance_of_shift(*(tested or (before, now)))
    return Difference(
        rule=rule,
        before=f"median {before[len(before) // 2]:.3g} {unit}, {len(before)} recordings",
        now=f"median {now[len(now) // 2]:.3g} {unit}, {len(now)} recordings",
        p=chance,
    )


def _usage_changes(pair: Pair) -> Iterator[Difference]:
    fact = ("order", "usage")
    was, is_ = pair.words("order", "usage-place")
    (before, now), (of_before, of_now) = pair.counts(*fact), pair.counts(*STREAM)
    if not of_before or not of_now:
        return
    if not before and now:
        own = is_ <= {"usage-last", "usage-early"}
        rule = "sequence-usage-new" if own else "sequence-usage-added"
        yield Difference(rule=rule, before=of(before, of_before), now=of(now, of_now))
    elif before == of_before and not now:
        yield from vanished(pair, fact, STREAM, rule="sequence-usage-gone")
    elif before and is_ - was:
        rule = "sequence-usage-repeated" if is_ - was == {"usage-repeated"} else "sequence-usage-moved"
        yield Difference(rule=rule, before=listed(was), now=listed(is_))


def _reused_ids(pair: Pair, where: str) -> Iterator[Difference]:
    before, now = pair.before.marks.get(("id",), {}), pair.now.marks.get(("id",), {})
    again = [count for count in now.values() if count > 1]
    if before and again and max(before.values()) == 1:
        yield Difference(
            rule="sequence-id-reused",
            where=where,
            before=f"{len(before)} ids, each once",
            now=f"{len(now)} ids for {sum(now.values())} replies",
        )
