"""The laws, and the rules for clients, as Markdown: drawn from `laws.LAWS` and `judge.CLIENT_RULES`, and nothing else.

They stand in `docs/reference/laws.md` and `docs/reference/findings.md`.
"""

from __future__ import annotations

from harness.fuzz.judge import CLIENT_RULES
from harness.fuzz.laws import LAWS
from harness.fuzz.targets import Kind

_TITLES = {Kind.PARSER: "Of parsers", Kind.ENCODER: "Of encoders"}
_HEAD = ["| law | what holds | where it does not |", "| --- | --- | --- |"]
_OF_CLIENTS = (
    "What `harness fuzz client` finds in [a client](../how-to/fuzz-your-client.md); "
    "`where` is the name of the case. Who earns which: [other people's clients](clients.md)."
)
_CLIENTS_HEAD = [
    "| rule | severity | layer | what | why it matters | what to do |",
    "| --- | --- | --- | --- | --- | --- |",
]


def render_laws() -> str:
    """One table for each kind of target, in the order in which the laws are tried."""
    return "\n".join(line for kind in LAWS for line in _section(kind))


def render_client_rules() -> str:
    """One table of all the rules for clients."""
    rows = [
        f"| `{rule.id}` | {rule.severity} | {rule.layer} | {rule.what} | {rule.why} | {rule.help} |"
        for rule in CLIENT_RULES.values()
    ]
    return "\n".join(["## The rules for clients", "", _OF_CLIENTS, "", *_CLIENTS_HEAD, *rows, ""])


def _section(kind: Kind) -> list[str]:
    rows = [
        f"| `{law.name}` | {law.says}{' (Our own parser only.)' if law.ours else ''} | {law.why} |"
        for law in LAWS[kind].values()
    ]
    return [f"## {_TITLES[kind]}", "", *_HEAD, *rows, ""]
