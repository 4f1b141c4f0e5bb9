"""The contract check with the schema documents that lie on the disk: what `harness.validate` is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from harness.contract import check
from harness.contract.contract import Contract
from harness.disk.schemas import load_schemas
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from harness.cassette.model import Cassette
    from harness.finding import Report


@cache
def contract_for(upstream: str) -> Contract:
    """The contract of the upstream of this name; compiled once."""
    found = get_upstream(upstream)
    return Contract(found, load_schemas(found))


def stream_check(upstream: str, *, interaction: int | None = None) -> check.StreamCheck:
    """A check to be fed while a reply of this upstream streams."""
    return check.StreamCheck(contract_for(upstream), interaction=interaction)


def validate(cassette: Cassette, *, upstream: str | None = None) -> Report:
    """Hold every interaction of a cassette against its upstream's contract: requests, chunks, whole streams,
    errors.

    *upstream* names the upstream for all of them; without it each recording's own word counts, then its
    address. The verdict is `clean`, `benign`, `invalid` or `inconclusive`. Raises `UsageError` for a name
    that is not known.
    """
    return check.validate(cassette, lambda found: contract_for(found.name), upstream=upstream)
