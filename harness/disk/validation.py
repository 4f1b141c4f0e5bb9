"""The contract check with the schema documents that lie on the disk: what `harness.validate` is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from harness.contract import check
from harness.contract.contract import Contract
from harness.contract.documents import Reading, checked_reading
from harness.disk.schemas import load_schemas
from harness.disk.upstreams import ensure_upstreams, get_upstream, own_upstreams
from harness.errors import HarnessError

if TYPE_CHECKING:
    from harness.cassette.model import Cassette
    from harness.disk.upstreams import OwnUpstream
    from harness.finding import Report
    from harness.upstreams.upstream import Upstream


def contract_for(upstream: str, reading: Reading = "strict") -> Contract:
    """The contract of the upstream of this name; compiled once for each reading."""
    found = get_upstream(upstream)
    return _compiled(found, own_upstreams().get(upstream), reading)


@cache
def _compiled(upstream: Upstream, own: OwnUpstream | None, reading: Reading) -> Contract:
    """*own* is where the documents come from, if not from this package; read anew, it is another."""
    try:
        return Contract(upstream, load_schemas(upstream), reading=reading)
    except HarnessError as error:
        if own is not None:
            error.where = str(own.folder / "schemas" / (error.where or ""))
        raise


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
    ensure_upstreams()
    return check.validate(cassette, lambda found: contract_for(found.name, wanted), upstream=upstream)
