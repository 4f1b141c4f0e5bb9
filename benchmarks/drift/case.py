"""A case: what is changed, in how many recordings, and what a person would say of it; and its two corpora."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.drift.corpus import corpus, render
from harness.finding import Layer, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.drift.corpus import Draft
    from harness.cassette.model import Interaction

    Edit = Callable[[Draft], object]
    """Changes an exchange in place; what it returns is of no interest."""

BREAKING, RISKY, ADDITIVE, BENIGN = Severity.BREAKING, Severity.RISKY, Severity.ADDITIVE, Severity.BENIGN


def nothing(soft: Draft) -> None:
    """Leave it as it is."""


@dataclass(frozen=True)
class Case:
    """One named case. A change has a layer, severities and places; where two are as good, both are listed.

    *always* is done to both sides, *edit* to the new side alone, to the first *share* of it.
    """

    name: str
    edit: Edit
    verdict: Verdict
    layer: Layer | None = None
    severities: tuple[Severity, ...] = ()
    where: tuple[str, ...] = ()
    flavour: str = "plain"
    share: float = 1.0
    always: Edit = nothing


class Sides(NamedTuple):
    """The recordings before, and those now."""

    before: list[Interaction]
    now: list[Interaction]


def sides(case: Case, seed: int, size: int) -> Sides:
    """So many recordings on each side; each seed asks and answers something else."""
    before = corpus(("before", case.name, seed), size, case.flavour)
    now = corpus(("now", case.name, seed), size, case.flavour)
    for soft in (*before, *now):
        case.always(soft)
    for soft in now[: max(1, round(case.share * size))]:
        case.edit(soft)
    return Sides([render(soft) for soft in before], [render(soft) for soft in now])


def change(
    layer: Layer,
    name: str,
    severity: Severity | tuple[Severity, ...],
    where: str | tuple[str, ...],
    edit: Edit,
    *,
    flavour: str = "plain",
    share: float = 1.0,
    always: Edit = nothing,
) -> Case:
    """A change of the service, in words that are short in a table."""
    severities = severity if isinstance(severity, tuple) else (severity,)
    verdict = Verdict.BENIGN if severities == (BENIGN,) else Verdict.DRIFT
    places = where if isinstance(where, tuple) else (where,)
    return Case(f"{layer}-{name}", edit, verdict, layer, severities, places, flavour, share, always)
