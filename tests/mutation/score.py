"""What a run of mutants comes to: a score, what lives and why, whether the room passes, and the page that tells it.

Computes only. Kept honest by `tests/test_mutation.py`, and by counting for the tests nothing but what they noticed: a
mutant that no test runs lives, and one that was never tried fails the room.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

KILLED = frozenset({"killed", "timeout", "segfault"})
"""The tests failed, or hung, or the interpreter fell."""
UNTRIED = frozenset({"not checked", "check was interrupted by user", "skipped"})

Reasons = dict[str, dict[str, str]]
"""Why a mutant may live: function, change, reason."""


class Survivor(msgspec.Struct, frozen=True, order=True):
    """A change that no test noticed, and the function that it was made in."""

    function: str
    change: str

    def reason(self, reasons: Reasons) -> str:
        """Why it may live; empty where nobody has said."""
        return reasons.get(self.function, {}).get(self.change, "")


class Outcome(msgspec.Struct, frozen=True):
    """What became of a room's mutants: how many in each status, and those that live."""

    counts: dict[str, int]
    survivors: tuple[Survivor, ...] = ()

    @property
    def ran(self) -> int:
        return sum(count for status, count in self.counts.items() if status not in UNTRIED)

    @property
    def untried(self) -> int:
        return sum(self.counts.values()) - self.ran

    @property
    def killed(self) -> int:
        return sum(count for status, count in self.counts.items() if status in KILLED)

    @property
    def score(self) -> float:
        """Per cent; nothing ran is nothing proved."""
        return 100 * self.killed / self.ran if self.ran else 0.0

    def gaps(self, reasons: Reasons) -> list[Survivor]:
        """What lives without a reason."""
        return [each for each in self.survivors if not each.reason(reasons)]


def outcome_of(fates: Mapping[str, str], changes: Mapping[str, str]) -> Outcome:
    """The outcome of the mutants by name, with their status; and of those that live, what was changed."""
    alive = [Survivor(function_of(name), change) for name, change in changes.items()]
    return Outcome(dict(sorted(Counter(fates.values()).items())), tuple(sorted(alive)))


def alive(fates: Mapping[str, str]) -> list[str]:
    """The mutants that were tried and that the tests did not notice."""
    return [name for name, status in fates.items() if status not in KILLED | UNTRIED]


def function_of(mutant: str) -> str:
    """`harness.sse.lines.split_lines` of mutmut's name `harness.sse.lines.x_split_lines__mutmut_7`."""
    path, name = mutant.partition("__mutmut_")[0].rsplit(".x", 1)
    return f"{path}.{name[1:].replace('ǁ', '.')}"


def change_of(shown: str) -> str:
    """The lines that a mutant has in place of the code's own, of what `mutmut show` prints."""
    lines = [line for line in shown.splitlines() if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")]
    before, after = (" ".join(line[1:].strip() for line in lines if line[0] == sign) for sign in "-+")
    return f"{before} → {after}"


def faults(outcome: Outcome, reasons: Reasons, floor: float) -> list[str]:
    """Why a room does not pass, in words; empty where it does."""
    gaps = len(outcome.gaps(reasons))
    cases = {
        "nothing ran": not outcome.ran,
        f"{outcome.untried} mutants were not tried": outcome.untried,
        f"{outcome.score:.1f} per cent killed, {floor:g} wanted": outcome.ran and outcome.score < floor,
        f"{gaps} survivors without a reason": gaps,
    }
    return [words for words, holds in cases.items() if holds]


def told(name: str, outcome: Outcome, reasons: Reasons, floor: float) -> Iterator[str]:
    """A room's lines on the terminal."""
    wrong = faults(outcome, reasons, floor)
    yield f"{name}: {outcome.killed} of {outcome.ran} killed; {'; '.join(wrong) or 'passes'}"
    for each in outcome.gaps(reasons):
        yield f"  {each.function}: {each.change}"


def unneeded(outcomes: Mapping[str, Outcome], reasons: Reasons) -> list[str]:
    """Reasons for mutants that no longer live, in the modules that were run."""
    living = {(each.function, each.change) for outcome in outcomes.values() for each in outcome.survivors}
    return [f"{name}: {what}" for name in reasons for what in reasons[name] if (name, what) not in living]


def table(outcomes: Mapping[str, Outcome]) -> list[str]:
    """The table of scores, as Markdown."""
    rows = [
        f"| `{name}` | {outcome.ran} | {outcome.killed} | {outcome.score:.1f} | {len(outcome.survivors)} |"
        for name, outcome in outcomes.items()
    ]
    return ["| room | mutants | killed | per cent | live |", "| --- | --- | --- | --- | --- |", *rows]


def survivors(outcomes: Mapping[str, Outcome], reasons: Reasons) -> list[str]:
    """What lives in each room, and why, as Markdown."""
    lines = []
    for name, outcome in outcomes.items():
        lines += ["", f"## What lives in `{name}`", "", "| where | change | why |", "| --- | --- | --- |"]
        lines += [
            f"| `{each.function.removeprefix('harness.')}` | {_code(each.change)} | {each.reason(reasons) or '?'} |"
            for each in outcome.survivors
        ]
    return lines


def _code(text: str) -> str:
    return f"`` {text.replace('|', chr(92) + '|')} ``"
