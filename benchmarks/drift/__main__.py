"""The benchmark of drift: `python -m benchmarks.drift [--size N] [--seeds N] [--failures]`. Prints one table.

Each change and each ordinary difference of the tables is a case: a corpus as it was, and one as it is. A change is
found when the verdict is drift (or benign, for what is), its severity is right when the worst finding has it, its place
when some finding names it.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import harness
from benchmarks.drift.controls import CONTROLS, INCONCLUSIVE, Control
from benchmarks.drift.corpus import corpus, render
from benchmarks.drift.operators import BENIGN, OPERATORS, Operator
from harness.finding import Report, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cassette.model import Interaction


@dataclass(frozen=True)
class Case:
    """Two corpora, and what is to be said of them."""

    before: list[Interaction]
    now: list[Interaction]
    expected: Operator | Control


def case_of(row: Operator | Control, seed: int, size: int) -> Case:
    """The case of one row of the tables."""
    before, now = (
        corpus(("before", row.name, seed), size, row.flavour),
        corpus(("now", row.name, seed), size, row.flavour),
    )
    touched = now[: max(1, round(row.share * len(now)))]
    for soft in touched:
        row.change(soft)
    if getattr(row, "also", False):
        for soft in before:
            row.change(soft)
    return Case([render(soft) for soft in before], [render(soft) for soft in now], row)


def is_found(report: Report, operator: Operator) -> bool:
    wanted = Verdict.BENIGN if operator.severity == BENIGN else Verdict.DRIFT
    return report.verdict is wanted


def is_placed(report: Report, operator: Operator) -> bool:
    return any(finding.where in operator.where for finding in report.findings)


def is_rated(report: Report, operator: Operator) -> bool:
    return bool(report.findings) and report.findings[0].severity == operator.severity


def main() -> None:
    """Run the cases and print the table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--size", type=int, default=10, help="recordings on each side")
    asked.add_argument("--seeds", type=int, default=1)
    asked.add_argument("--failures", action="store_true", help="show what went wrong")
    options = asked.parse_args()
    tell = print if options.failures else lambda *_: None
    _changes(options.size, options.seeds, tell)
    _ordinary("ordinary, must be silent", CONTROLS, Verdict.CLEAN, options, tell)
    _ordinary("nobody could look", INCONCLUSIVE, Verdict.INCONCLUSIVE, options, tell)


def _changes(size: int, seeds: int, tell: Callable[..., None]) -> None:
    rows: dict[str, Counter[str]] = {}
    for operator in OPERATORS:
        for seed in range(seeds):
            case = case_of(operator, seed, size)
            report = harness.compare(case.before, case.now)
            good = {
                "found": is_found(report, operator),
                "severity": is_rated(report, operator),
                "place": is_placed(report, operator),
            }
            for layer in (operator.layer, "all", *(["breaking"] if operator.severity == "breaking" else [])):
                rows.setdefault(layer, Counter())["cases"] += 1
                rows[layer].update(name for name, value in good.items() if value)
            if not all(good.values()) or len(report.findings) > 3:
                tell(operator.name, operator.severity, operator.where, report.verdict, good)
                for finding in report.findings:
                    tell("    ", finding.severity, finding.rule, finding.where, finding.evidence)
    print("| layer | cases | found | severity | place |\n| --- | --- | --- | --- | --- |")
    for layer, counts in rows.items():
        print(
            f"| {layer} | {counts['cases']} | {counts['found']} | {counts['severity']} | {counts['place']} |"
        )


def _ordinary(
    title: str,
    rows: tuple[Control, ...],
    wanted: Verdict,
    options: argparse.Namespace,
    tell: Callable[..., None],
) -> None:
    right = 0
    for control in rows:
        for seed in range(options.seeds):
            case = case_of(control, seed, options.size)
            report = harness.compare(case.before, case.now)
            right += report.verdict is wanted
            if report.verdict is not wanted:
                tell(title, control.name, report.verdict)
                for finding in report.findings:
                    tell("    ", finding.severity, finding.rule, finding.where, finding.evidence)
    print(f"{title}: {right} of {len(rows) * options.seeds}")


if __name__ == "__main__":
    main()
