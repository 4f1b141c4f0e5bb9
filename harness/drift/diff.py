"""What differs between two summaries, and what of it only follows from the rest. No judgement; pure.

`CONSEQUENCES` is the list of what follows from what, so that one change is one finding or two, and not a dozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.difference import Difference, Pair
from harness.drift.errorchanges import error_reply_changes
from harness.drift.fieldchanges import chunk_changes, error_changes, request_changes
from harness.drift.headchanges import error_head_changes, reply_head_changes, request_head_changes
from harness.drift.jsonpaths import is_below
from harness.drift.outcomes import Outcome
from harness.drift.places import places_of
from harness.drift.streamchanges import STREAM, form_changes, framing_changes, pace_changes, sequence_changes

if TYPE_CHECKING:
    from harness.drift.places import Listed, Places
    from harness.drift.summary import Summary
    from harness.upstreams.upstream import Upstream

_FINISH, _INDEX, _USAGE = "$.choices[*].finish_reason", "$.choices[*].index", "$.usage"

CONSEQUENCES: dict[str, tuple[str, ...]] = {
    "transport-content-type-changed": (
        "framing-form-changed",
        "transport-transfer-changed",
        "transport-header-removed header:transfer-encoding",
        "transport-header-removed header:cache-control",
        "transport-header-removed header:x-accel-buffering",
    ),
    "transport-transfer-changed": ("transport-header-added header:content-length",),
    "framing-form-changed": ("framing-", "sequence-"),
    "framing-json-in-string": ("sequence-", "chunk-", "framing-comment-as-data", "framing-sentinel"),
    "framing-stream-truncated": ("sequence-finish", "sequence-usage", "sequence-role", "timing-"),
    "framing-utf8-invalid": ("framing-characters-lost",),
    "error-form-changed": ("error-header-",),
    "error-in-stream-new": (
        *("framing-sentinel", "framing-stream", "sequence-finish"),
        *("sequence-answer", "sequence-usage"),
    ),
    "sequence-text-cumulative": ("sequence-chunk-size", "sequence-chunk-repeated", "sequence-one-chunk"),
    "sequence-one-chunk": (
        *("sequence-chunk-size", "timing-gap", "timing-burst"),
        *("sequence-role-with-text", "sequence-finish-with-text"),
    ),
    "sequence-index-counts": (f"chunk-constant-changed {_INDEX}",),
    "sequence-role-missing": ("chunk-field-optional",),
    "sequence-finish-missing": (f"chunk-null-new {_FINISH}",),
    "sequence-usage-new": (f"chunk-field-added {_USAGE}", "chunk-array", f"chunk-field-spread {_USAGE}"),
    "sequence-usage-added": (f"chunk-field-added {_USAGE}",),
    "sequence-usage-gone": (f"chunk-field-removed {_USAGE}", f"chunk-field-rare-removed {_USAGE}"),
    "sequence-usage-moved": (
        *(f"chunk-field-spread {_USAGE}", f"chunk-field-optional {_USAGE}"),
        "sequence-chunk-after-finish",
    ),
    "sequence-id-varies": ("sequence-id-reused",),
    "sequence-text-after-finish": ("sequence-chunk-after-finish",),
    "sequence-chunk-repeated": (
        *("sequence-role-repeated", "sequence-finish-repeated"),
        *("framing-sentinel-repeated", "sequence-usage-repeated"),
    ),
    "timing-burst-new": ("timing-gap", "timing-duration", "timing-stall"),
    "timing-gap-slower": ("timing-gap-tail",),
    "chunk-null-replaced": ("sequence-finish",),
}
"""A rule, and what then says nothing new: beginnings of rule ids, with a place where only that one is meant."""


def differences(before: Summary, now: Summary, upstream: Upstream, words: Listed) -> list[Difference]:
    """Everything that differs, in the order of an exchange, causes and consequences.

    *words* are those that schemas allow, by place.
    """
    pair = Pair(before, now)
    found = [*request_head_changes(pair), *request_changes(pair, upstream, words)]
    if all(pair.counts("outcome", Outcome.REPLY)):
        found += [*reply_head_changes(pair), *form_changes(pair)]
    elif pair.before.count("outcome", Outcome.REPLY) and pair.now.count("outcome", Outcome.REDIRECT):
        found += [each for each in reply_head_changes(pair) if each.rule == "transport-status-changed"]
    if all(pair.counts(*STREAM)):
        found += _stream_differences(pair, upstream, words)
    found += error_reply_changes(pair)
    if all(pair.counts("error")):
        found += [*error_head_changes(pair), *error_changes(pair)]
    return _once(found)


def _stream_differences(pair: Pair, upstream: Upstream, words: Listed) -> list[Difference]:
    return [
        *framing_changes(pair),
        *chunk_changes(pair, upstream, words),
        *sequence_changes(pair, upstream),
        *pace_changes(pair),
    ]


def causes(found: list[Difference], upstream: Upstream) -> list[Difference]:
    """These differences without those that follow from another of them."""
    rules = {difference.rule for difference in found}
    silenced = [
        (rule, pattern) for rule, patterns in CONSEQUENCES.items() if rule in rules for pattern in patterns
    ]
    silenced += [("", pattern) for pattern in _of_fields(found, places_of(upstream))]
    return [
        each
        for each in found
        if not any(_is_meant(each, pattern) and each.rule != rule for rule, pattern in silenced)
    ]


def _of_fields(found: list[Difference], places: Places) -> list[str]:
    """What the order of a stream cannot tell once the field is gone that it is read from."""
    changed = [each.where for each in found if each.rule.startswith("chunk-") and _unreadable(each.rule)]
    follows = (
        (places.finish, "sequence-finish"),
        (places.text, "sequence-answer"),
        (places.text, "sequence-one-chunk"),
        (places.text, "sequence-chunk-"),
        (places.choices, "sequence-"),
    )
    lost = [pattern for place, pattern in follows if any(is_below(place, where) for where in changed)]
    elsewhere = {each.where for each in found if each.rule.endswith(("-renamed", "-moved"))}
    lost += ["sequence-role-missing"] if places.role in elsewhere else []
    return [*lost, *(["sequence-usage"] if places.usage in elsewhere else [])]


def _unreadable(rule: str) -> bool:
    return rule.endswith(("-removed", "-renamed", "-moved", "type-changed"))


def _is_meant(difference: Difference, pattern: str) -> bool:
    rule, _, where = pattern.partition(" ")
    return difference.rule.startswith(rule) and (not where or is_below(difference.where, where))


def _once(found: list[Difference]) -> list[Difference]:
    """One difference for each rule and place: the surest."""
    best: dict[tuple[str, str], Difference] = {}
    for each in found:
        key = (each.rule, each.where)
        if key not in best or _chance(each) < _chance(best[key]):
            best[key] = each
    return list(best.values())


def _chance(difference: Difference) -> float:
    return difference.p if isinstance(difference.p, float) else -1.0
