"""The catalogue as Markdown, for `docs/reference/findings.md`: drawn from `catalog.TABLE` and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.contract.catalog import TABLE, Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.finding import Layer

_HEAD = [
    "| rule | severity | where | what | why it matters | what to do |",
    "| --- | --- | --- | --- | --- | --- |",
]


def render_rules(table: Sequence[Rule] = TABLE) -> str:
    """One table for each layer, in the order of an exchange."""
    layers = dict.fromkeys(row.layer for row in table)
    return "\n".join(line for layer in layers for line in _section(layer, table))


def _section(layer: Layer, table: Sequence[Rule]) -> list[str]:
    return [
        f"### {layer.value.capitalize()}",
        "",
        *_HEAD,
        *(_row(row) for row in table if row.layer is layer),
        "",
    ]


def _row(row: Rule) -> str:
    severity = f"{row.severity} (inconclusive)" if row.inconclusive else row.severity.value
    where = f"`{row.where}`" if row.where else "the field"
    return f"| `{row.id}` | {severity} | {where} | {row.what} | {row.why} | {row.help} |"
