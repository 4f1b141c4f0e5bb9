"""What differs in how exchanges come out: other statuses, answered questions refused, errors in another dress.

A question is known by a short name, so that a refusal of one that was answered is told from a question nobody asked
before. Pure.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from harness.drift.change import Change, share
from harness.drift.layout import ANY
from harness.drift.questions import media_types
from harness.drift.shape import SAMPLED
from harness.drift.statistics import LEVEL, SUSPICIOUS, more
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.shape import Summary

REASONS = {
    "404": "endpoint-gone",
    "405": "endpoint-gone",
    "410": "endpoint-gone",
    "401": "credentials-required",
    "403": "credentials-required",
}
"""What a status says of the question that it refuses."""


def outcome_changes(before: Summary, now: Summary) -> Iterator[Change]:
    """Every difference in how exchanges come out."""
    yield from _statuses(before, now)
    yield from _refusals(before, now)
    if before.vocabulary("error-status"):
        yield from _error_statuses(before, now)
        yield from _error_bodies(before, now)


def _statuses(before: Summary, now: Summary) -> Iterator[Change]:
    old, new = (
        _words(before, "status", "reply"),
        _words(now, "status", "reply") | _words(now, "status", "redirect"),
    )
    strange = sorted(new.keys() - old.keys() - _words(before, "status", "redirect").keys())
    if old and strange:
        has = sum(new[word] for word in strange)
        words = share(0, before.count("outcome", "reply")), share(has, now.count("all"))
        detail = f"{', '.join(sorted(old))} before, {', '.join(strange)} now"
        yield Change("status-changed", "", *words, detail)


def _refusals(before: Summary, now: Summary) -> Iterator[Change]:
    """Questions that were answered and are refused."""
    found = sorted(_known_refused(before, now) or _often_refused(before, now))
    mild = [status for status in found if status.startswith("2")]
    plain = [status for status in found if status not in mild]
    if mild:
        nothing_works = now.count("outcome", "error") == now.count("all")
        severity = Severity.BREAKING if nothing_works else None
        yield Change("error-as-success", "", *_shares(before, now, mild), severity=severity)
    if plain:
        yield _refused("request-refused", before, now, plain)
    for rule in sorted({REASONS[status] for status in plain if status in REASONS}):
        yield _refused(rule, before, now, [status for status in plain if REASONS.get(status) == rule])


def _refused(rule: str, before: Summary, now: Summary, statuses: list[str]) -> Change:
    return Change(rule, "", *_shares(before, now, statuses), f"status {', '.join(statuses)}")


def _shares(before: Summary, now: Summary, statuses: list[str]) -> tuple[str, str]:
    """How many exchanges came out with an error of these statuses, before and now."""
    one, other = (
        share(sum(_words(side, "status", "error").get(status, 0) for status in statuses), side.count("all"))
        for side in (before, now)
    )
    return one, other


def _known_refused(before: Summary, now: Summary) -> set[str]:
    """The statuses of questions that were answered each time and are refused each time."""
    found: set[str] = set()
    for known, answers in _answers(before, now):
        if all(word.startswith("reply") for word in known) and all(
            word.startswith("error") for word in answers
        ):
            found |= {word.split()[1] for word in answers}
    return found


def _often_refused(before: Summary, now: Summary) -> set[str]:
    """The statuses of refusals that questions did not earn, where they are more than chance allows."""
    total, size = before.count("all"), now.count("all")
    had, has = before.count("outcome", "error"), now.count("outcome", "error")
    fresh = _undeserved(before, now)
    if not before.count("outcome", "reply") or not fresh:
        return set()
    if not had:
        return set(fresh) if has == size or more(0, total, has, size) < LEVEL else set()
    if more(had, total, has, size) > SUSPICIOUS:
        return set()
    strange = {
        status: count for status, count in fresh.items() if status not in _words(before, "error-status")
    }
    if strange and more(0, total, sum(strange.values()), size) < LEVEL:
        return set(strange)
    return set(fresh) if more(had, total, has, size) < LEVEL else set()


def _undeserved(before: Summary, now: Summary) -> dict[str, int]:
    """The errors by status, but for those of questions that nothing else than an error was known of."""
    found = Counter(_words(now, "status", "error"))
    for known, answers in _answers(before, now):
        if not any(word.startswith("reply") for word in known):
            found -= Counter(
                {word.split()[1]: count for word, count in answers.items() if word.startswith("error")}
            )
    return dict(found)


def _error_statuses(before: Summary, now: Summary) -> Iterator[Change]:
    old, new = _words(before, "error-status"), _words(now, "error-status")
    strange = {word for word in new.keys() - old.keys() if word != "429" and not _is_failure(word, now)}
    strange = strange if strange and not old.keys() & new.keys() else _moved(before, now)
    if strange:
        is_success = any(word.startswith("2") for word in strange)
        rule = "error-as-success" if is_success else "error-status-changed"
        yield Change(rule, "", ", ".join(sorted(old)), ", ".join(sorted(strange)))


def _is_failure(status: str, now: Summary) -> bool:
    """Whether this status says that something broke down; as a JSON error, and more than once, it says more."""
    return status.startswith("5") and now.count("seen", f"error {status}", ANY, "$") < 2


def _moved(before: Summary, now: Summary) -> set[str]:
    """The new statuses of questions that were refused before and are refused otherwise now."""
    found: set[str] = set()
    for known, answers in _answers(before, now):
        were, are = (
            {word.split()[1] for word in words if not word.startswith("reply")} for words in (known, answers)
        )
        found |= are if were and not are & were else set()
    return found


def _error_bodies(before: Summary, now: Summary) -> Iterator[Change]:
    old, new = _words(before, "error-body"), _words(now, "error-body")
    if old and new.keys() - old.keys():
        yield Change("error-body-changed", "", ", ".join(sorted(old)), ", ".join(sorted(new)))
    kinds, others = (media_types(side, "error", "content-type") for side in (before, now))
    if kinds and others - kinds:
        yield Change("error-content-type-changed", "", ", ".join(sorted(kinds)), ", ".join(sorted(others)))


def _answers(before: Summary, now: Summary) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """How the questions that both sides know were answered, before and now."""
    for key, answers in now.words.items():
        known = before.words.get(key)
        if key[0] == SAMPLED and known and answers:
            yield known, answers


def _words(summary: Summary, *key: str) -> dict[str, int]:
    return summary.vocabulary(*key) or {}
