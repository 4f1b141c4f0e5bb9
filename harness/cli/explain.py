"""`harness explain`: what a rule means, why it matters, and what to do about it."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.command import command as command_
from harness.cli.options import Output, output
from harness.cli.reporting import emit
from harness.cli.rulebook import Entry, entries, entries_for
from harness.disk.settings import severities
from harness.errors import UsageError
from harness.report import Format
from harness.report.document import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence

EXAMPLES = ("harness explain terminal-missing", "harness explain chunk-field-null", "harness explain")
THREADS = "https://github.com/"


@command_("explain", examples=EXAMPLES)
@click.argument("code", required=False)
@output(Format.TEXT, Format.JSON)
def command(code: str | None, output: Output) -> None:
    """Say what the rule CODE means; without one, list the rules, each with the command that finds it."""
    found = entries() if code is None else entries_for(code)
    if code is not None and not found:
        raise _unknown(code)
    if output.format is Format.JSON:
        emit(json_text([_document(entry) for entry in found], indent=2), output)
    else:
        emit(_list(found) if code is None else _explained(found), output)


def _unknown(code: str) -> UsageError:
    near = get_close_matches(code, {entry.rule.id for entry in entries()}, n=3, cutoff=0.5)
    return UsageError(
        f"There is no rule {code!r}.",
        help=f"did you mean {' or '.join(near)}?" if near else "`harness explain` lists the rules",
    )


def _list(found: Sequence[Entry]) -> str:
    width = max(len(entry.rule.id) for entry in found)
    other = max(len(entry.command) for entry in found)
    return "".join(
        f"{entry.rule.id:<{width}}  {entry.rule.severity:<8}  {entry.command:<{other}}  {entry.rule.what}\n"
        for entry in found
    )


def _explained(found: Sequence[Entry]) -> str:
    """The rule; where two commands use its id, each with its command's name."""
    return "\n".join(_told(entry, by_command=len(found) > 1) for entry in found)


def _told(entry: Entry, *, by_command: bool) -> str:
    rule = entry.rule
    where = f", at {rule.where}" if rule.where else ""
    by = f" (harness {entry.command})" if by_command else ""
    return (
        f"{rule.id}: {rule.severity}, layer {rule.layer}{where}{by}\n\n"
        f"  {rule.what}\n\n  why:  {rule.why}\n  help: {rule.help}\n{_for_clients(entry)}"
    )


def _for_clients(entry: Entry) -> str:
    """Who breaks by a rule of drift, how bad it is for which clients, where that was seen, and what is set here."""
    found = _impact(entry)
    if found is None:
        return ""
    weights = ", ".join(f"{kind} {severity}" for kind, severity in found["clients"].items())
    lines = [f"who:  {found['who']}", f"for:  {weights}", *(f"seen: {link}" for link in found["seen"])]
    lines += [f"here: {found['here']}, by your settings"] if found["here"] else []
    return "".join(f"  {line}\n" for line in lines)


def _impact(entry: Entry) -> dict[str, Any] | None:
    if entry.command != "drift":
        return None
    from harness.drift.clients import Clients, row_of, severity_for

    rule = entry.rule
    row = row_of(rule.id)
    return {
        "clients": {kind.value: severity_for(kind, rule.id, rule.severity).value for kind in Clients},
        "who": row.who,
        "seen": [THREADS + thread for thread in row.seen],
        "here": severities(Path.cwd(), os.environ).get(rule.id),
    }


def _document(entry: Entry) -> dict[str, object]:
    names = ("id", "layer", "severity", "where", "what", "why", "help")
    rule = {name: getattr(entry.rule, name) for name in names}
    return {"command": entry.command, **rule, **(_impact(entry) or {})}
