"""The demo's drift: the same questions asked again of a stand-in that has changed overnight, and what moved.

The change is made on the wire, on the pieces that the stand-in sends, so that all else is as it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from harness.cli import rehearsal
from harness.cli.showing import Recording, recordings, shown
from harness.disk.comparison import compare
from harness.net.standin import Standin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aiohttp import web

    from harness.finding import Report
    from harness.report.drift_page import DriftShown
    from harness.upstreams.vitalentum.standin.scenarios import Ask, Scenario
    from harness.upstreams.vitalentum.standin.script import Script

UPSTREAM = "vitalentum"
CHANGES: tuple[tuple[bytes, bytes], ...] = (
    (rb'"created":(\d+)', rb'"created":"\1"'),
    (rb'"finish_reason":"stop"', rb'"finish_reason":"end_turn"'),
    (rb'"object":', rb'"service_tier":"default","object":'),
)
"""A number becomes a string, a word another, a field is new: what stands in a chunk, and what stands there now."""
TOLD = "a number became a string, a finish reason has another word, a field is new"


class Changed(Standin):
    """The stand-in after that night."""

    def _chosen(self, request: web.Request) -> Scenario:
        scenario = super()._chosen(request)
        return msgspec.structs.replace(scenario, make=_changed(scenario.make))


async def record(folder: Path) -> list[rehearsal.Live]:
    """All conversations once more."""
    return await rehearsal.record(folder, standin=Changed)


def drift(
    before: list[rehearsal.Live], now: list[rehearsal.Live], *, folder: Path
) -> tuple[Report, DriftShown]:
    """What moved between these tapes, with the places that show it. Tapes are named as they lie below *folder*."""
    old, new = (_recordings(side, folder) for side in (before, now))
    found = compare([each.interaction for each in old], [each.interaction for each in new], upstream=UPSTREAM)
    return shown(found, old, new, upstream=UPSTREAM, otherwise=str(folder))


def _recordings(side: list[rehearsal.Live], folder: Path) -> list[Recording]:
    return [
        msgspec.structs.replace(each, cassette=str(live.tape.relative_to(folder)))
        for live in side
        for each in recordings(live.tape)
    ]


def _changed(make: Callable[[Ask], Script]) -> Callable[[Ask], Script]:
    def made(ask: Ask) -> Script:
        script = make(ask)
        steps = tuple(msgspec.structs.replace(step, data=_rewritten(step.data)) for step in script.steps)
        return msgspec.structs.replace(script, steps=steps)

    return made


def _rewritten(data: bytes) -> bytes:
    for there, instead in CHANGES:
        data = re.sub(there, instead, data)
    return data
