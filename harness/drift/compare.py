"""Two sets of recordings, one report: summaries, differences, judgement, in that order. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.drift.diff import differences
from harness.drift.judge import judge
from harness.drift.places import listed_words
from harness.drift.shape import summarise

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.cassette.model import Interaction
    from harness.drift.summary import Summary
    from harness.finding import Report, Severity
    from harness.upstreams.upstream import Upstream


def compare(
    baseline: Iterable[Interaction],
    current: Iterable[Interaction],
    upstream: Upstream,
    *,
    schemas: Mapping[str, object] | None = None,
    severities: Mapping[str, Severity] | None = None,
) -> Report:
    """What has moved from *baseline* to *current*. *schemas* excuse words that the baseline happens to lack."""
    before, now = summarise(baseline, upstream), summarise(current, upstream)
    return compare_summaries(before, now, upstream, schemas=schemas, severities=severities)


def compare_summaries(
    before: Summary,
    now: Summary,
    upstream: Upstream,
    *,
    schemas: Mapping[str, object] | None = None,
    severities: Mapping[str, Severity] | None = None,
) -> Report:
    """The same for recordings that have been summed up already."""
    words = listed_words(schemas or {}, upstream.json_strings)
    return judge(differences(before, now, upstream, words), before, now, upstream, severities=severities)
