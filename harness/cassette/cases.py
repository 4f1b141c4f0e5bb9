"""How a kept case of `harness fuzz` is told from a recording: by its request's address. Pure.

A case is a cassette, and no exchange with an upstream: no contract says anything of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.cassette.model import Cassette

ADDRESS = "http://127.0.0.1/found"
"""Where a case claims to come from; its law, target and seed are in the query."""

CLIENT = "client"
"""The kind of the cases that show what a client did: answers, and no inputs of a law."""


def is_client_case(cassette: Cassette) -> bool:
    """Whether the cassette holds an answer that a client took badly; no law can be tried with it again."""
    return is_case(cassette) and cassette.interactions[0].request.uri.startswith(f"{ADDRESS}?kind={CLIENT}&")


def is_case(cassette: Cassette) -> bool:
    """Whether the cassette holds a case, and nothing that was recorded."""
    uris = [item.request.uri for item in cassette.interactions]
    return len(uris) == 1 and uris[0].startswith(f"{ADDRESS}?kind=")
