"""What does each engine of `harness fuzz` do in the same time, and how soon does it find? In turns, in one run.

    python -m benchmarks.fuzz_engines [--seconds 30] [--rounds 3] [--bugs 15]

First the rate: the right parser of `tests/laws/planted`, for so many seconds an engine and round; then the seconds
until the law that names a planted bug is broken and shrunk, a bug at a time. The two laws that measure work and memory
are left out, for they are tried in the same way by both. Needs atheris.
"""

from __future__ import annotations

import argparse
import statistics
import time
from functools import partial
from typing import TYPE_CHECKING

from harness.disk.found import load_target
from harness.disk.guided import atheris_engine, ensure_atheris
from harness.fuzz.bytewise import bytewise
from harness.fuzz.campaign import Budget, campaign
from harness.fuzz.edges import EDGES
from harness.fuzz.law import Part
from harness.fuzz.laws import laws_for
from tests.laws.planted import parsers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.fuzz.campaign import Progress

ENGINES = ("hypothesis", "atheris")
NOT_SEARCHED = ("quadratic", "hangs")
"""Bugs that cost their time by being there."""

LONGEST = 60.0
"""Seconds after which a bug counts as not found."""


def search(engine: str, bug: str, seconds: float, seed: int) -> Iterator[Progress]:
    """A campaign of one engine."""
    target = load_target(f"tests.laws.planted.parsers:{bug}")
    laws = [law for law in laws_for(target) if law.part is not Part.ONCE]
    budget = Budget(clock=time.monotonic, until=time.monotonic() + seconds)
    if engine == "hypothesis":
        return campaign(target, laws, budget, seed=seed)
    return bytewise(
        target, laws, budget, partial(atheris_engine, target, budget=budget, seed=seed), seed=seed
    )


def rate(engine: str, seconds: float, seed: int) -> float:
    """Examples a second, from the start of the search to its end."""
    began = time.monotonic()
    *_, last = search(engine, "right", seconds, seed)
    found = last.examples / (time.monotonic() - began)
    print(f"  {engine:<11}{found:6.0f} a second, {len(last.seen.edges)} of {len(EDGES)} edges", flush=True)
    return found


def seconds_until(engine: str, bug: str, law: str) -> float:
    """Seconds until the bug is found."""
    began = time.monotonic()
    run = search(engine, bug, LONGEST, seed=5)
    for progress in run:
        if any(failure.law.name == law for failure in progress.failures):
            break
    else:
        return float("inf")
    run.close()  # type: ignore[attr-defined]
    return time.monotonic() - began


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--bugs", type=int, default=15)
    asked = options.parse_args()
    ensure_atheris()
    print("Rate")
    rates = [[rate(engine, asked.seconds, seed) for engine in ENGINES] for seed in range(asked.rounds)]
    ratios = [guided / plain for plain, guided in rates]
    print(f"  atheris : hypothesis  {', '.join(f'{each:.2f}' for each in ratios)}")
    print("Seconds until a bug is found")
    bugs = {bug: law for bug, law in parsers.PLANTED.items() if bug not in NOT_SEARCHED}
    spent: dict[str, list[float]] = {engine: [] for engine in ENGINES}
    for bug, law in list(bugs.items())[: asked.bugs]:
        for engine in ENGINES:
            spent[engine].append(seconds_until(engine, bug, law))
        print(
            f"  {bug:<22}" + "  ".join(f"{engine} {spent[engine][-1]:.1f}" for engine in ENGINES), flush=True
        )
    for engine, each in spent.items():
        print(f"  {engine:<11} median {statistics.median(each):.1f}, slowest {max(each):.1f}")


if __name__ == "__main__":
    main()
