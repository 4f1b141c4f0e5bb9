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
    """An upstream with its documents. `strings` holds those for the request's JSON strings, by field; `chunks` those
    for the data of events, by the name of the document.
    """

    def __init__(self, upstream: Upstream, documents: Mapping[str, Schema]) -> None:
        missing = [name for name in upstream.schemas if name not in documents]
        if missing:
            raise UsageError(f"{upstream.title} has no schema document {missing[0]!r}")
        self.upstream = upstream
        self.request = Document(documents["request"])
        self.chunks = {name: Document(documents[name]) for name in upstream.chunk_schemas}
        self.error = Document(documents["error"])
        self.strings = {field: Document(documents[field]) for field in upstream.json_strings}
        self.event_names = frozenset(chunk_map.name for chunk_map in upstream.events)

    def chunk(self, event_name: str) -> Document:
        """The document that the data of an event of this type is held against; of a strange one, the first kind's."""
        kind = self.upstream.chunk_map(event_name) or self.upstream.events[0]
        return self.chunks[kind.schema]
