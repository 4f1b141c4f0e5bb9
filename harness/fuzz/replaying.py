"""A kept case tried again: FIXED, FAILED or ERROR. Pure; the target is handed in."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from harness.fuzz.campaign import HANG
from harness.fuzz.law import Breach
from harness.fuzz.targets import Hung

if TYPE_CHECKING:
    from harness.fuzz.found import Found
    from harness.fuzz.targets import Target


class Outcome(StrEnum):
    """What became of a case."""

    FIXED = "FIXED"
    """The law holds now."""
    FAILED = "FAILED"
    """It is still broken."""
    ERROR = "ERROR"
    """It could not be tried."""


class Replayed(msgspec.Struct, frozen=True):
    """The outcome of one case, and why: the breach, or the words of an error."""

    outcome: Outcome
    breach: Breach | None = None
    words: str = ""


def replay(found: Found, target: Target) -> Replayed:
    """Try the input of *found* on *target*."""
    if target.kind is not found.law.kind:
        return Replayed(
            Outcome.ERROR, words=f"the case was found with a target of another kind: {found.law.kind}"
        )
    try:
        breach = found.law.check(target, found.given)
    except Hung:
        breach = HANG
    return Replayed(Outcome.FIXED if breach is None else Outcome.FAILED, breach)
