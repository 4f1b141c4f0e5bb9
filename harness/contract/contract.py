"""What one upstream has promised, ready to be held against an exchange: its profile and its schema documents,
compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.contract.documents import Document, Reading, Schema
from harness.errors import HarnessError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.upstreams.upstream import Upstream


class Contract:
    """An upstream with its documents, read strictly or tolerantly. `strings` holds the documents for the request's
    JSON strings, by field; `chunks` those for the data of events.
    """

    def __init__(
        self, upstream: Upstream, documents: Mapping[str, Schema], *, reading: Reading = "strict"
    ) -> None:
        missing = [name for name in upstream.schemas if name not in documents]
        if missing:
            raise UsageError(f"{upstream.title} has no schema document {missing[0]!r}")
        self.upstream = upstream
        self.request = _document("request", documents, reading)
        self.chunks: Mapping[str, Document] = {
            name: _document(name, documents, reading) for name in upstream.chunk_schemas
        }
        self.error = _document("error", documents, reading)
        self.strings = {field: _document(field, documents, reading) for field in upstream.json_strings}
        self.event_names = frozenset(chunk_map.name for chunk_map in upstream.events)

    def chunk(self, event_name: str) -> Document:
        """The document that the data of an event of this type is held against; of a strange one, the first kind's."""
        kind = self.upstream.chunk_map(event_name) or self.upstream.events[0]
        return self.chunks[kind.schema]


def _document(name: str, documents: Mapping[str, Schema], reading: Reading) -> Document:
    try:
        return Document(documents[name], reading=reading)
    except HarnessError as error:
        error.where = error.where or f"{name}.schema.json"
        raise
