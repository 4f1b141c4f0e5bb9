"""One thing that differs between two summaries, before anybody has said how bad that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable


class Change(msgspec.Struct, frozen=True):
    """What differs, by the id of the rule that speaks about it.

    `p` is None where no chance is involved. `severity` differs from the rule's only where the place makes it so. `key`
    tells it from other changes of the same rule and place (another new type, another new word), and is the same when
    the same change is recorded anew.
    """

    rule: str
    where: str = ""
    before: str = ""
    now: str = ""
    detail: str = ""
    p: float | None = None
    needed: int | None = None
    severity: Severity | None = None
    key: str = ""


MOST_WORDS = 3
"""New words of one place that name a change; more are the day's own."""


def key_of(words: Iterable[str]) -> str:
    """The key of a change that is known by its new words."""
    found = sorted(set(words))
    return ", ".join(found) if len(found) <= MOST_WORDS else ""


def share(count: int, total: int) -> str:
    """Counts, as evidence shows them."""
    return f"{count} of {total}"
