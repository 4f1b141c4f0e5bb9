"""Every rule that a finding can name, with the command that finds it: what `harness explain` looks things up in.

The tables themselves lie in the rooms that judge. Some ids are those of two tables: `harness validate` and `harness
drift` use the same word for the same place, and mean a fault and a change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from harness.contract import catalog
from harness.contract.inference import rules as differences
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from harness.finding import Layer
    from harness.fuzz.law import Law


class Entry(msgspec.Struct, frozen=True):
    """A rule, and the command whose findings name it."""

    command: str
    rule: catalog.Rule


def entries() -> list[Entry]:
    """All rules, command by command; without those of `harness fuzz` where hypothesis is missing."""
    return [Entry(command, rule) for command, table in _TABLES.items() for rule in table()]


def entries_for(code: str) -> list[Entry]:
    """The rules of this id, none where it is unknown. Only the tables that could hold it are loaded."""
    is_fuzzed = code.startswith(_FUZZED)
    tables = {command: table for command, table in _TABLES.items() if command.startswith("fuzz") is is_fuzzed}
    return [Entry(command, rule) for command, table in tables.items() for rule in table() if rule.id == code]


def _drift() -> Iterable[catalog.Rule]:
    from harness.drift.rules import RULES

    return map(_as_rule, RULES.values())


def _clients() -> Iterable[catalog.Rule]:
    try:
        from harness.fuzz.judge import CLIENT_RULES
    except ImportError:
        return ()
    return map(_as_rule, CLIENT_RULES.values())


def _laws() -> Iterable[catalog.Rule]:
    """The laws, each in the form of a rule; one that parsers and encoders share is one."""
    try:
        from harness.fuzz.laws import LAWS
        from harness.fuzz.telling import LAYER
    except ImportError:
        return ()
    laws = (law for laws in LAWS.values() for law in laws.values())
    return {law.rule: _law(law, LAYER[law.kind]) for law in laws}.values()


def _law(law: Law, layer: Layer) -> catalog.Rule:
    return catalog.Rule(
        id=law.rule,
        layer=layer,
        severity=Severity.BREAKING,
        what=f"A law is broken: {law.says}",
        why=law.why,
        help="mend the code, then: harness fuzz --replay",
    )


def _as_rule(row: Any) -> catalog.Rule:
    """The same rule as one of the contract's: rooms of one level share their words, and not their types."""
    return catalog.Rule(**{name: getattr(row, name) for name in row.__struct_fields__})


_FUZZED = ("law-", "client-")

_TABLES: dict[str, Callable[[], Iterable[catalog.Rule]]] = {
    "validate": lambda: catalog.RULES.values(),
    "schema diff": lambda: differences.RULES.values(),
    "drift": _drift,
    "fuzz": _laws,
    "fuzz client": _clients,
}
"""The rules of each command, loaded when they are asked for."""
