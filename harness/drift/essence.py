"""What is the same about a change each time it is recorded: its new kinds, words and directions, without counts.

A fingerprint is made of it, so it must stay when texts, ids, numbers and dates are other ones, and it must differ where
another change comes to the same place. Pure.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from math import log10
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.drift.change import Change

_NUMBER = re.compile(r"\d+(?:[.:,-]\d+)*")
_MADE_UP = re.compile(r"(?<=/)(?=[^/]*\d)[\w-]{6,}|\d{4,}")
"""Parts of a path that look like an identifier."""
_FIRST = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_THOUSAND = 3.0


def essence(change: Change) -> str:
    """The change without what another recording of it would show otherwise."""
    for patterns, of in ESSENCES:
        if any(fnmatchcase(change.rule, pattern) for pattern in patterns.split()):
            return of(change)
    return _NUMBER.sub("#", change.detail)


def _nothing(change: Change) -> str:
    """The rule says it all."""
    return ""


def _detail(change: Change) -> str:
    return change.detail


def _turn(change: Change) -> str:
    """What it is now, where the detail says `this before, that now`: before, more may have been seen or less."""
    return change.detail.rpartition(", ")[2]


def _new(change: Change) -> str:
    """The words of now that are none of before."""
    now = set(re.split(", | or ", change.now))
    return ", ".join(sorted(now - set(re.split(", | or ", change.before)) or now))


def _new_but_numbers(change: Change) -> str:
    return _NUMBER.sub("#", _new(change))


def _path(change: Change) -> str:
    return _MADE_UP.sub("#", _new(change))


def _strange(change: Change) -> str:
    """The new words. Known ones in another case are one change, however many of them were met."""
    said = change.detail.removesuffix(f" for {change.before}") or change.now
    words = {word.strip("'\"").casefold() for word in said.split(", ")}
    return "another case" if words & set(change.before.casefold().split(", ")) else said


def _formats(change: Change) -> str:
    """The new formats; heads that change from one identifier to the next belong to the dice."""
    forms = change.now.split(" or ")
    return (
        change.now if len(forms) == 1 else " or ".join(sorted({re.split("[-_]", each)[-1] for each in forms}))
    )


def _size(change: Change) -> str:
    """Below zero, zero, or so many thousand times as large."""
    old, new = _FIRST.search(change.before), _FIRST.search(change.now)
    if old is None or new is None or not float(old[0]) * float(new[0]) > 0:
        return change.now
    return f"1000**{round(log10(float(new[0]) / float(old[0])) / _THOUSAND)}"


def _direction(change: Change) -> str:
    old, new = _FIRST.search(change.before), _FIRST.search(change.now)
    return "more" if old and new and float(new[0]) > float(old[0]) else "less"


ESSENCES: tuple[tuple[str, Callable[[Change], str]], ...] = (
    ("*-field-type-changed status-changed", _turn),
    ("*-field-removed *-field-added *header-removed *header-added", _nothing),
    ("*-field-constant-changed *-field-word-new", _strange),
    ("*-field-word-gone", _detail),
    ("*-field-format-changed", _formats),
    ("*-field-magnitude-changed", _size),
    ("*-field-array-longer piece-size-changed", _direction),
    ("*header-type-changed request-header-changed request-type-changed *content-type-changed", _new),
    ("charset-changed content-encoding-changed transfer-changed buffering-changed origin-changed", _new),
    ("http-version-changed model-changed request-method-changed request-encoding-changed", _new),
    ("error-status-changed error-body-changed", _new),
    ("server-changed cache-control-changed caching-allowed", _new_but_numbers),
    ("request-path-changed", _path),
    ("request-refused endpoint-gone credentials-required", _detail),
    ("deprecation-announced framing-cut role-missing id-repeated stream-broken usage-missing", _nothing),
    ("*-slower *-longer stream-buffered answer-in-one-piece", _nothing),
)
"""What the essence is made of, by the rule; of the others it is the detail without its numbers."""
