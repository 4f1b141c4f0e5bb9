"""`harness explain`: what a rule means, why it matters, and what to do about it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TypeAlias

import click

from harness.cli.command import command as command_
from harness.cli.options import Output, output
from harness.cli.reporting import emit
from harness.contract import catalog
from harness.drift import rules as drift
from harness.errors import UsageError
from harness.report import Format
from harness.report.document import json_text

Rule: TypeAlias = catalog.Rule | drift.Rule

RULES: dict[str, Rule] = {**catalog.RULES, **drift.RULES}
"""Those of the contract, then those of drift; their ids do not meet."""

EXAMPLES = ("harness explain terminal-missing", "harness explain")


@command_("explain", examples=EXAMPLES)
@click.argument("code", required=False)
@output(Format.TEXT, Format.JSON)
def command(code: str | None, output: Output) -> None:
    """Say what the rule CODE means; without one, list the rules."""
    rules = list(RULES.values()) if code is None else [_rule(code)]
    if output.format is Format.JSON:
        emit(json_text([_document(rule) for rule in rules], indent=2), output)
    else:
        emit(_list() if code is None else _explained(rules[0]), output)


def _rule(code: str) -> Rule:
    if code in RULES:
        return RULES[code]
    near = get_close_matches(code, RULES, n=3, cutoff=0.5)
    raise UsageError(
        f"There is no rule {code!r}.",
        help=f"did you mean {' or '.join(near)}?" if near else "`harness explain` lists the rules",
    )


def _list() -> str:
    width = max(map(len, RULES))
    return "".join(f"{rule.id:<{width}}  {rule.severity:<8}  {rule.what}\n" for rule in RULES.values())


def _explained(rule: Rule) -> str:
    where = f", at {rule.where}" if rule.where else ""
    return (
        f"{rule.id}: {rule.severity}, layer {rule.layer}{where}\n\n"
        f"  {rule.what}\n\n  why:  {rule.why}\n  help: {rule.help}\n"
    )


def _document(rule: Rule) -> dict[str, object]:
    names = ("id", "layer", "severity", "where", "what", "why", "help")
    return {name: getattr(rule, name) for name in names}
