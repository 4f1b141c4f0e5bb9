"""What one upstream has promised, ready to be held against an exchange: its profile and its schema documents,
compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.contract.documents import Document, Schema
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.upstreams.upstream import Upstream


class Contract:
    """An upstream with its documents. `strings` holds the documents for the request's JSON strings, by field."""

    def __init__(self, upstream: Upstream, documents: Mapping[str, Schema]) -> None:
        missing = [name for name in upstream.schemas if name not in documents]
        if missing:
            raise UsageError(f"{upstream.title} has no schema document {missing[0]!r}")
        self.upstream = upstream
        self.request = Document(documents["request"])
        self.chunk = Document(documents["chunk"])
        self.error = Document(documents["error"])
        self.strings = {field: Document(documents[field]) for field in upstream.json_strings}
        self.event_names = frozenset(chunk_map.name for chunk_map in upstream.events)
