"""`harness explain`: what a rule means, why it matters, and what to do about it."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from harness.cli.command import command as command_
from harness.cli.options import Output, output
from harness.cli.reporting import emit
from harness.contract import catalog
from harness.contract.inference import rules as differences
from harness.disk.settings import severities
from harness.errors import UsageError
from harness.finding import Severity
from harness.report import Format
from harness.report.document import json_text

RULES: dict[str, catalog.Rule] = {**catalog.RULES, **differences.RULES}

EXAMPLES = ("harness explain terminal-missing", "harness explain chunk-field-null", "harness explain")
THREADS = "https://github.com/"


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


def _rule(code: str) -> catalog.Rule:
    if code in RULES:
        return RULES[code]
    if found := _of_drift(code):
        return found
    if code.startswith(("law-", "client-")) and (found := _law(code) or _of_clients(code)):
        return found
    near = get_close_matches(code, RULES, n=3, cutoff=0.5)
    raise UsageError(
        f"There is no rule {code!r}.",
        help=f"did you mean {' or '.join(near)}?" if near else "`harness explain` lists the rules",
    )


def _of_drift(code: str) -> catalog.Rule | None:
    """A rule of `harness drift` in the form of the others."""
    from harness.drift.rules import RULES as DRIFT

    found = DRIFT.get(code)
    if found is None:
        return None
    words = {name: getattr(found, name) for name in found.__struct_fields__}
    return catalog.Rule(**words)


def _law(code: str) -> catalog.Rule | None:
    """A law of `harness fuzz` as a rule; none where hypothesis, which searches them, is missing."""
    try:
        from harness.fuzz.laws import LAWS
        from harness.fuzz.telling import LAYER
    except ImportError:
        return None
    law = next((law for laws in LAWS.values() for law in laws.values() if law.rule == code), None)
    if law is None:
        return None
    return catalog.Rule(
        id=law.rule,
        layer=LAYER[law.kind],
        severity=Severity.BREAKING,
        what=f"A law is broken: {law.says}",
        why=law.why,
        help="mend the code, then: harness fuzz --replay",
    )


def _of_clients(code: str) -> catalog.Rule | None:
    """A rule of `harness fuzz client`."""
    try:
        from harness.fuzz.judge import CLIENT_RULES
    except ImportError:
        return None
    rule = CLIENT_RULES.get(code)
    if rule is None:
        return None
    return catalog.Rule(**{name: getattr(rule, name) for name in rule.__struct_fields__})


def _list() -> str:
    width = max(map(len, RULES))
    return "".join(f"{rule.id:<{width}}  {rule.severity:<8}  {rule.what}\n" for rule in RULES.values())


def _explained(rule: catalog.Rule) -> str:
    where = f", at {rule.where}" if rule.where else ""
    return (
        f"{rule.id}: {rule.severity}, layer {rule.layer}{where}\n\n"
        f"  {rule.what}\n\n  why:  {rule.why}\n  help: {rule.help}\n{_for_clients(rule.id)}"
    )


def _for_clients(code: str) -> str:
    """Who breaks by a rule of drift, how bad it is for which clients, where that was seen, and what is set here."""
    found = _impact(code)
    if found is None:
        return ""
    weights = ", ".join(f"{kind} {severity}" for kind, severity in found["clients"].items())
    lines = [f"who:  {found['who']}", f"for:  {weights}", *(f"seen: {link}" for link in found["seen"])]
    lines += [f"here: {found['here']}, by your settings"] if found["here"] else []
    return "".join(f"  {line}\n" for line in lines)


def _impact(code: str) -> dict[str, Any] | None:
    from harness.drift.clients import Clients, row_of, severity_for
    from harness.drift.rules import RULES as DRIFT

    rule = DRIFT.get(code)
    if rule is None or code in RULES:
        return None
    row = row_of(code)
    return {
        "clients": {kind.value: severity_for(kind, code, rule.severity).value for kind in Clients},
        "who": row.who,
        "seen": [THREADS + thread for thread in row.seen],
        "here": severities(Path.cwd(), os.environ).get(code),
    }


def _document(rule: catalog.Rule) -> dict[str, object]:
    names = ("id", "layer", "severity", "where", "what", "why", "help")
    return {name: getattr(rule, name) for name in names} | (_impact(rule.id) or {})
