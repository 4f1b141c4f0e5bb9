"""What differs in errors: a known request refused, another status, another kind of body. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.difference import Difference, appeared, listed
from harness.drift.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.difference import Pair


def error_reply_changes(pair: Pair) -> Iterator[Difference]:
    """Differences of error replies, but for the fields of their bodies."""
    yield from refusals(pair)
    before, now = pair.words("error-status")
    new = now - before
    if before and new and not _known_refusals_only(pair, new):
        yield Difference(rule="error-status-changed", before=listed(before), now=listed(now))
    forms = pair.words("error-form")
    if forms[0] and forms[1] - forms[0] and now & before:
        labels = pair.words("header-value", "error", "content-type")
        where = "error:header:content-type" if labels[1] - labels[0] else "error:$"
        yield Difference(
            rule="error-form-changed", where=where, before=listed(forms[0]), now=listed(forms[1])
        )


def refusals(pair: Pair) -> Iterator[Difference]:
    """Requests that were answered and are refused now."""
    fact, base = ("outcome", Outcome.REFUSED.value), ("exchange",)
    found = appeared(pair, fact, base, rule="error-request-refused")
    if not found or not pair.before.count("outcome", Outcome.REPLY):
        return
    _, statuses = pair.words("status", Outcome.REFUSED)
    yield from (_with_detail(difference, f"status {listed(statuses)}") for difference in found)
    if not pair.now.count("outcome", Outcome.REPLY):
        before, _ = pair.words("status", Outcome.REPLY)
        yield Difference(rule="transport-replies-refused", before=listed(before), now=listed(statuses))


def _known_refusals_only(pair: Pair, new: set[str]) -> bool:
    """Whether the new statuses are told already, or are those of a bad moment beside the ones known."""
    before, now = pair.words("error-status")
    momentary = all(status.startswith("5") or status == "429" for status in new)
    return bool(momentary and now & before)


def _with_detail(difference: Difference, detail: str) -> Difference:
    return Difference(
        rule=difference.rule,
        where=difference.where,
        detail=detail,
        before=difference.before,
        now=difference.now,
    )
