"""What a law is, and what breaking one is. Values only; the laws themselves are in the modules that `laws` lists."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec
from hypothesis import strategies as st

from harness.fuzz.targets import Kind, Target


class Breach(msgspec.Struct, frozen=True):
    """One way in which a law did not hold: at a place, what was expected, what was given."""

    place: str
    expected: str
    got: str
    crash: bool = False
    """Whether the target failed; a crash at one place is told once, whichever law meets it first."""


Check: TypeAlias = Callable[[Target, Any], Breach | None]
"""Try a target on one input; None where the law holds."""


class Part(StrEnum):
    """What a law has to do with the others."""

    CLAUSE = "clause"
    FIRST = "first"
    """Where it is broken, no other law could say anything of use."""
    CATCH_ALL = "catch-all"
    """Tried while no clause is known to be broken, for it would only repeat it."""
    ONCE = "once"
    """Its few inputs are tried once; trying them again would tell nothing new."""
    NAMED = "named"
    """Not searched: found by the way."""


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that holds for every input.

    `says` is one sentence. `why` is whom it hurts where it does not hold. `ours` is for this package's own targets.
    """

    name: str
    says: str
    why: str
    kind: Kind
    inputs: st.SearchStrategy[Any]
    check: Check
    part: Part = Part.CLAUSE
    ours: bool = False

    @property
    def rule(self) -> str:
        """The id of its findings."""
        return f"law-{self.name}"
