"""The comparison of recordings with the schema documents that lie on the disk: what `harness.compare` is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.disk.schemas import load_schemas
from harness.drift import compare as drift
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Interaction
    from harness.finding import Report


def compare(
    baseline: Iterable[Interaction], current: Iterable[Interaction], *, upstream: str = "vitalentum"
) -> Report:
    """What has moved upstream between two sets of recordings, and how bad it is.

    The unit is the exchange: a dozen on each side settle most questions, and a finding says how many more would settle
    it. Content never counts: other texts, ids, times, cuts are no drift. The verdict is `clean`, `benign`, `drift`, or
    `inconclusive` where the upstream could not be looked at. Raises `UsageError` for an upstream that is not known.
    """
    found = get_upstream(upstream)
    return drift.compare(baseline, current, found, schemas=load_schemas(found))
