"""The rules as Markdown, for `docs/reference/drift.md`: drawn from `rules.RULES` and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.rules import RULES
from harness.finding import Layer

if TYPE_CHECKING:
    from harness.drift.rules import Rule


def render_rules() -> str:
    """One table for each layer, in the order of an exchange."""
    return "\n".join(line for layer in Layer for line in _section(layer))


def _section(layer: Layer) -> list[str]:
    rows = [_row(rule) for rule in RULES.values() if rule.layer is layer]
    head = ["| rule | severity | where | what | why it matters |", "| --- | --- | --- | --- | --- |"]
    return [f"### {layer.value.capitalize()}", "", *head, *rows, ""]


def _row(rule: Rule) -> str:
    where = f"`{rule.where}`" if rule.where else "the place"
    return f"| `{rule.id}` | {rule.severity} | {where} | {rule.what} | {rule.why} |"
