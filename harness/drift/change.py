"""One thing that differs between two summaries, before anybody has said how bad that is."""

from __future__ import annotations

import msgspec

from harness.finding import Severity


class Change(msgspec.Struct, frozen=True):
    """What differs, by the id of the rule that speaks about it.

    `p` is None where no chance is involved. `severity` differs from the rule's only where the place makes it so.
    """

    rule: str
    where: str = ""
    before: str = ""
    now: str = ""
    detail: str = ""
    p: float | None = None
    needed: int | None = None
    severity: Severity | None = None


def share(count: int, total: int) -> str:
    """Counts, as evidence shows them."""
    return f"{count} of {total}"
