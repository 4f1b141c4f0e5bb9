"""Every law there is, in the order in which they are tried. The page `docs/reference/laws.md` is drawn from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from harness.errors import UsageError
from harness.fuzz.clauses import PARSER_LAWS
from harness.fuzz.encoding import ENCODER_LAWS, History, encoded
from harness.fuzz.law import Breach, Law, Part
from harness.fuzz.targets import Kind
from harness.fuzz.told import tell
from harness.fuzz.work import WORK_LAWS

if TYPE_CHECKING:
    from harness.fuzz.streams import Stream
    from harness.fuzz.targets import Target


def _comes_back(target: Target, given: Stream | History) -> Breach | None:
    """The target is only called: its watch raises `Hung` where it does not come back."""
    _ = encoded(target, given) if isinstance(given, History) else tell(target, given.pieces)
    return None


def _in_time(kind: Kind) -> Law:
    return Law(
        name="hang",
        says="The target comes back in time.",
        why="A client that waits for ever shows its user nothing, not even an error.",
        kind=kind,
        inputs=st.nothing(),
        check=_comes_back,
        part=Part.NAMED,
    )


LAWS: dict[Kind, dict[str, Law]] = {
    Kind.PARSER: {law.name: law for law in (*PARSER_LAWS, *WORK_LAWS, _in_time(Kind.PARSER))},
    Kind.ENCODER: {law.name: law for law in (*ENCODER_LAWS, _in_time(Kind.ENCODER))},
}
"""The laws for each kind of target, by their names."""


def law_named(kind: Kind, name: str) -> Law:
    """The law of that name. Raises UsageError where there is none."""
    try:
        return LAWS[kind][name]
    except KeyError:
        raise UsageError(
            f"There is no law {name!r}.", where=f"laws of {kind}s", expected=", ".join(LAWS[kind])
        ) from None


def laws_for(target: Target, *, skip: frozenset[str] = frozenset()) -> list[Law]:
    """The laws to search for *target*, without those to *skip*. Raises UsageError for a name to skip that is none."""
    for name in skip:
        law_named(target.kind, name)
    return [
        law
        for law in LAWS[target.kind].values()
        if law.name not in skip and law.part is not Part.NAMED and (target.ours or not law.ours)
    ]
