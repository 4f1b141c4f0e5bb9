"""The comparison of recordings with the schema documents that lie on the disk: what `harness.compare` is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from harness import drift
from harness.cassette.model import Cassette
from harness.disk.schemas import load_schemas
from harness.disk.upstreams import get_upstream
from harness.disk.validation import validate
from harness.drift.movers import told_apart
from harness.drift.weigh import NO_LEVELS, weigh
from harness.drift.words import Listed, listed_words
from harness.finding import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from harness.cassette.model import Interaction
    from harness.drift.shape import Summary
    from harness.finding import Report
    from harness.upstreams.upstream import Upstream


def compare(
    baseline: Iterable[Interaction],
    current: Iterable[Interaction],
    *,
    upstream: str = "vitalentum",
    clients: str = "sdk",
    severities: Mapping[str, str] = NO_LEVELS,
) -> Report:
    """What moved between *baseline* and *current*, two sets of recordings of one upstream.

    Differences of content (texts, ids, times, tokens, cuts) are none, and neither is a word that the upstream's
    schemas list. The verdict is `clean`, `benign`, `drift` or `inconclusive`; findings come worst first, each with its
    evidence. *clients* says whose compatibility matters: `strict-typed`, `sdk`, `tolerant` or `wire`. *severities* are
    your own for single rules, `off` among them. Raises `UsageError` for an unknown *upstream*, or another word that
    does not exist.
    """
    before, found = tuple(baseline), get_upstream(upstream)
    summary = drift.summarise(before, found)
    return compare_with(
        summary, lambda: before, current, upstream=upstream, clients=clients, severities=severities
    )


def compare_with(
    summary: Summary,
    baseline: Callable[[], Iterable[Interaction]],
    current: Iterable[Interaction],
    *,
    upstream: str = "vitalentum",
    clients: str = "sdk",
    severities: Mapping[str, str] = NO_LEVELS,
) -> Report:
    """The same with the *summary* of a baseline; its recordings are asked for only where something has moved."""
    found, now = get_upstream(upstream), tuple(current)
    report = drift.compare_summaries(summary, drift.summarise(now, found), found, words=_words_of(found))
    if report.verdict in (Verdict.DRIFT, Verdict.BENIGN):
        report = told_apart(report, _breaches(tuple(baseline()), upstream), _breaches(now, upstream))
    return weigh(report, found, clients=clients, levels=severities)


def _breaches(interactions: tuple[Interaction, ...], upstream: str) -> set[str]:
    """The places where these recordings break their contract."""
    return {finding.where for finding in validate(Cassette(interactions), upstream=upstream).findings}


@cache
def _words_of(upstream: Upstream) -> Listed:
    return listed_words(load_schemas(upstream), upstream.json_strings)
