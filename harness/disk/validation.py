"""The contract check with the schema documents that lie on the disk: what `harness.validate` is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from harness.contract import check
from harness.contract.contract import Contract
from harness.contract.documents import Reading, checked_reading
from harness.disk.schemas import load_schemas
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from harness.cassette.model import Cassette
    from harness.finding import Report


@cache
def contract_for(upstream: str, reading: Reading = "strict") -> Contract:
    """The contract of the upstream of this name; compiled once for each reading."""
    found = get_upstream(upstream)
    return Contract(found, load_schemas(found), reading=reading)


def stream_check(
    upstream: str, *, interaction: int | None = None, reading: Reading = "strict"
) -> check.StreamCheck:
    """A check to be fed while a reply of this upstream streams."""
    return check.StreamCheck(contract_for(upstream, reading), interaction=interaction)


def validate(cassette: Cassette, *, upstream: str | None = None, reading: Reading = "strict") -> Report:
    """Hold every interaction of a cassette against its upstream's contract: requests, chunks, whole streams,
    errors.

    *upstream* names the upstream for all of them; without it each recording's own word counts, then its
    address. *reading* is `strict`, where a field that no schema lists is a finding, or `tolerant`, where it is
    none. The verdict is `clean`, `benign`, `invalid` or `inconclusive`. Raises `UsageError` for a word that is
    not known.
    """
    wanted = checked_reading(reading)
    return check.validate(cassette, lambda found: contract_for(found.name, wanted), upstream=upstream)
