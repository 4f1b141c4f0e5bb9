"""A report for people at a terminal: one block a finding, the verdict last. Colour comes on demand, never alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.finding import Severity, Verdict
from harness.report.context import Context, acceptance, evidence, facts, in_words, place
from harness.report.visible import visible, visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.finding import Finding, Report

_SIGN = {
    Severity.BREAKING: ("✗", "x", "31"),
    Severity.RISKY: ("!", "!", "33"),
    Severity.ADDITIVE: ("+", "+", "36"),
    Severity.BENIGN: ("·", ".", "2"),
}
_VERDICT_SIGN = {
    Verdict.CLEAN: ("✓", "ok", "32"),
    Verdict.BENIGN: ("✓", "ok", "32"),
    Verdict.DRIFT: ("✗", "x", "31"),
    Verdict.INVALID: ("✗", "x", "31"),
    Verdict.INCONCLUSIVE: ("?", "?", "33"),
}


def render_text(report: Report, context: Context) -> str:
    """Findings as they stand in the report, accepted ones behind them if they are wanted, then the verdict."""
    shown = report.findings + (report.accepted if context.show_accepted else ())
    blocks = ["\n".join(_block(finding, context)) for finding in shown]
    return "\n\n".join([*blocks, _last_line(report, context)]) + "\n"


def _block(finding: Finding, context: Context) -> Iterator[str]:
    head = f"{_sign(_SIGN[finding.severity], context)} {finding.severity.value}"
    yield f"{head}  {visible(finding.rule)}  {visible(finding.where)}"
    yield _quoted(finding.message)
    if words := acceptance(finding):
        yield f"  accepted: {visible(words)}"
    if where := place(finding):
        yield f"  at: {visible(where)}"
    for label, words in evidence(finding).items():
        yield f"  {label}: {visible(words)}"
    if context.command == "drift":  # what `harness drift accept` asks for
        yield f"  fingerprint: {finding.fingerprint}"
    yield f"  help: {visible(finding.help)}"


def _last_line(report: Report, context: Context) -> str:
    said = [f"{report.verdict.value}: {in_words(report.findings)}"]
    said += [f"{len(report.accepted)} accepted"] if report.accepted else []
    return f"{_sign(_VERDICT_SIGN[report.verdict], context)} " + visible("; ".join([*said, *facts(report)]))


def _sign(sign: tuple[str, str, str], context: Context) -> str:
    pretty, plain, color = sign
    shown = pretty if context.signs else plain
    return f"\x1b[{color}m{shown}\x1b[0m" if context.color else shown


def _quoted(text: str) -> str:
    """Each line behind a bar: on a CI server a line that began with `::` would be taken for a command."""
    return "\n".join(f"  | {line}" for line in visible_lines(text).split("\n"))
