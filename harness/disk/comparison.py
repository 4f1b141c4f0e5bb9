"""The comparison of recordings with the schema documents that lie on the disk: what `harness.compare` is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from harness import drift
from harness.disk.schemas import load_schemas
from harness.disk.upstreams import get_upstream
from harness.drift.words import Listed, listed_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Interaction
    from harness.finding import Report
    from harness.upstreams.upstream import Upstream


def compare(
    baseline: Iterable[Interaction], current: Iterable[Interaction], *, upstream: str = "vitalentum"
) -> Report:
    """What moved between *baseline* and *current*, two sets of recordings of one upstream.

    Differences of content (texts, ids, times, tokens, cuts) are none, and neither is a word that the upstream's
    schemas list. The verdict is `clean`, `benign`, `drift` or `inconclusive`; findings come worst first, each with its
    evidence. Raises `UsageError` for an unknown *upstream*.
    """
    found = get_upstream(upstream)
    return drift.compare(baseline, current, found, words=_words_of(found))


@cache
def _words_of(upstream: Upstream) -> Listed:
    return listed_words(load_schemas(upstream), upstream.json_strings)
