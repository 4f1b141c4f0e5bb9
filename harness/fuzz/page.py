"""The laws as Markdown, for `docs/reference/laws.md`: drawn from `laws.LAWS` and from nothing else."""

from __future__ import annotations

from harness.fuzz.laws import LAWS
from harness.fuzz.targets import Kind

_TITLES = {Kind.PARSER: "Of parsers", Kind.ENCODER: "Of encoders"}
_HEAD = ["| law | what holds | where it does not |", "| --- | --- | --- |"]


def render_laws() -> str:
    """One table for each kind of target, in the order in which the laws are tried."""
    return "\n".join(line for kind in LAWS for line in _section(kind))


def _section(kind: Kind) -> list[str]:
    rows = [
        f"| `{law.name}` | {law.says}{' (Our own parser only.)' if law.ours else ''} | {law.why} |"
        for law in LAWS[kind].values()
    ]
    return [f"## {_TITLES[kind]}", "", *_HEAD, *rows, ""]
