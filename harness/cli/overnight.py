"""The demo's drift: the same questions asked again of a stand-in that has changed overnight, and what moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.cli import rehearsal
from harness.cli.showing import Recording, recordings, shown
from harness.disk.comparison import compare
from harness.upstreams.vitalentum.standin.mutations import MUTATIONS

if TYPE_CHECKING:
    from pathlib import Path

    from harness.finding import Report
    from harness.report.drift_page import DriftShown

UPSTREAM = "vitalentum"
CHANGES = ("created-text", "finish-word", "field-new", "comments")
"""A type, a word, a field and the framing: one change for each way to break a client."""
TOLD = "; ".join(MUTATIONS[name].description for name in CHANGES)


async def record(folder: Path) -> list[rehearsal.Live]:
    """All conversations once more."""
    return await rehearsal.record(folder, mutations=CHANGES)


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
