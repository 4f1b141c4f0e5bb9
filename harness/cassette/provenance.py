"""Where a recording comes from, told from its address and its answer. Pure.

What is not the live service never claims to be: only the service's own host makes a recording `live`, and a
stand-in says in its answers what it is.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.cassette.model import Headers, Source
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.upstreams.upstream import Upstream

STANDIN_HEADER = "x-harness-standin"
"""A stand-in puts this header into every answer."""


def source_of(uri: str, upstream: Upstream | None) -> Source:
    """Who answers at this address, as far as the address tells: the service itself, or an independent server."""
    host = (urlsplit(uri).hostname or "").lower()
    if upstream is not None:
        return Source.LIVE if host == urlsplit(upstream.base_url).hostname else Source.INDEPENDENT
    return Source.INDEPENDENT if _is_local(host) else Source.LIVE


def corrected(source: Source | None, headers: Headers) -> Source | None:
    """The source, once the answer's headers are known: a stand-in's is never anything else."""
    said = any(name.lower() == STANDIN_HEADER for name, _ in headers)
    return Source.STAND_IN if said else source


def parse_source(word: str) -> Source:
    """A source by its word. Raises UsageError with the words there are."""
    try:
        return Source(word)
    except ValueError:
        raise UsageError(
            f"{word!r} is no source of recordings.", expected=f"one of {', '.join(Source)}"
        ) from None


def _is_local(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local")) or "." not in host
