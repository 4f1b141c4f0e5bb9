"""The record modes: a table. vcrpy's words with vcrpy's meanings; nothing here acts on them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from harness.errors import UsageError


class RecordMode(StrEnum):
    """When requests are recorded, and when recordings are played."""

    NONE = "none"
    ONCE = "once"
    NEW_EPISODES = "new_episodes"
    ALL = "all"


class OnMiss(StrEnum):
    """What happens to a request that no recording answers."""

    REFUSE = "refuse"
    RECORD = "record"


class Rule(msgspec.Struct, frozen=True):
    """What a mode means for one use of a tape, the tape being there already (`on_tape`) or not yet
    (`without_tape`).
    """

    plays: bool
    """Recordings that were on the tape at the start may answer."""
    on_tape: OnMiss
    without_tape: OnMiss
    replaces: bool
    """What is recorded takes the tape's place, instead of being added to it."""

    def on_miss(self, *, tape_exists: bool) -> OnMiss:
        """What a miss leads to; REFUSE makes the tape read-only."""
        return self.on_tape if tape_exists else self.without_tape


RULES: dict[RecordMode, Rule] = {
    RecordMode.NONE: Rule(plays=True, on_tape=OnMiss.REFUSE, without_tape=OnMiss.REFUSE, replaces=False),
    RecordMode.ONCE: Rule(plays=True, on_tape=OnMiss.REFUSE, without_tape=OnMiss.RECORD, replaces=False),
    RecordMode.NEW_EPISODES: Rule(
        plays=True, on_tape=OnMiss.RECORD, without_tape=OnMiss.RECORD, replaces=False
    ),
    RecordMode.ALL: Rule(plays=False, on_tape=OnMiss.RECORD, without_tape=OnMiss.RECORD, replaces=True),
}


def parse_mode(mode: str) -> RecordMode:
    """A mode by its word. Raises UsageError with the words there are."""
    try:
        return RecordMode(mode)
    except ValueError:
        raise UsageError(f"{mode!r} is no record mode.", expected=f"one of {', '.join(RecordMode)}") from None


def rule_of(mode: str) -> Rule:
    """The table's row for a mode."""
    return RULES[parse_mode(mode)]
