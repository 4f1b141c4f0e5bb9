"""Changes of when things come."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.drift.case import RISKY, change
from benchmarks.drift.edits import attr, both, scaled, slower
from harness.finding import Layer

if TYPE_CHECKING:
    from benchmarks.drift.corpus import Draft

ANY = ("ttft", "inter-chunk", "duration")


def all_at_once(soft: Draft) -> None:
    soft.ttft += sum(soft.gaps)
    soft.gaps = [0.0]


def stalled(soft: Draft) -> None:
    soft.gaps[len(soft.gaps) // 2] += 8000


row = partial(change, Layer.TIMING)
TIMING = (
    row("first-piece", RISKY, "ttft", scaled("ttft", 3)),
    row("gaps", RISKY, "inter-chunk", slower(3)),
    row("all-at-once", RISKY, ("inter-chunk", "ttft"), all_at_once),
    row("end-late", RISKY, "duration", attr("tail", 5000.0)),
    row("all-slower", RISKY, ANY, both(slower(3), scaled("ttft", 3))),
    row("stalls", RISKY, ("inter-chunk", "duration"), stalled, share=0.5),
    row("tail", RISKY, ANY, slower(10), share=0.5),
)
