"""How well is drift told from the ordinary? Beside DeepDiff, genson, difflib and a byte diff, over the same recordings.

    python -m benchmarks.drift [--sizes 5 8 10 30] [--seeds 3] [--page FILE]

Prints the page, or writes it. `--only WORD` takes the cases whose name holds it, and `--alone` leaves the others out,
for work on the detector: with `--seeds 1 --sizes 10 --alone` it takes ten seconds. Exits 1 when a target is missed.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.drift.controls import BLIND, CONTROLS
from benchmarks.drift.operators import OPERATORS
from benchmarks.drift.page import page
from benchmarks.drift.reading import FREE
from benchmarks.drift.score import look
from benchmarks.drift.tools import OURS, TOOLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.drift.score import Outcome, Run

CASES = (*OPERATORS, *CONTROLS, *BLIND)
USUAL = 10
"""Recordings on each side at which the tools stand beside one another, and for which the targets are."""
FOUND, RATED, FALSE = 120 / 123, 0.9, 1 / 45
"""Of the changes, at least; of severities and places, at least; of the ordinary, at most. Breaking ones: all."""


def main() -> int:
    """Look, write, and say whether the targets are met."""
    options = _options()
    cases = [case for case in CASES if options.only in case.name]
    sizes = sorted(options.sizes)
    usual = USUAL if USUAL in sizes else sizes[-1]
    before = _load()
    beside = look([OURS] if options.alone else TOOLS, cases, options.seeds, usual)
    by_size = [beside[0] if size == usual else look([OURS], cases, options.seeds, size)[0] for size in sizes]
    text = page(by_size, beside, _notes(before))
    Path(options.page).write_text(text, encoding="utf-8") if options.page else print(text)
    return 0 if options.only else _judged(beside[0])


def _options() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--sizes", type=int, nargs="+", default=[5, 8, 10, 30], help="recordings on each side")
    asked.add_argument("--seeds", type=int, default=3, help="how often each case is made anew")
    asked.add_argument("--page", help="the file to write")
    asked.add_argument("--only", default="", metavar="WORD", help="cases whose name holds it")
    asked.add_argument("--alone", action="store_true", help="without the others")
    return asked.parse_args()


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _notes(load: str) -> dict[str, str]:
    now = datetime.now(UTC)
    return {
        "date": f"{now.day} {now:%B %Y}",
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores that others used too",
        "load before": load,
        "load after": _load(),
        "free": str(FREE),
    }


def _judged(run: Run) -> int:
    """What was promised of ours, on stderr; 1 when something is missed."""
    bounds = (
        ("changes found", _share(run.changes, "found"), FOUND),
        ("breaking found", _share(run.breaking, "found"), 1.0),
        ("severity right", _share(run.changes, "rated"), RATED),
        ("place right", _share(run.changes, "placed"), RATED),
        ("ordinary and silent", _share(run.ordinary, "found"), 1 - FALSE),
    )
    for name, share, bound in bounds:
        said = "met" if share >= bound else "MISSED"
        print(f"{name}: {share:.1%}, target {bound:.1%}: {said}", file=sys.stderr)
    return int(any(share < bound for _, share, bound in bounds))


def _share(outcomes: Sequence[Outcome], name: str) -> float:
    return sum(bool(getattr(each, name)) for each in outcomes) / max(len(outcomes), 1)


if __name__ == "__main__":
    sys.exit(main())
