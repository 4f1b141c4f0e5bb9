"""What a cassette is: interactions in their order. Pure.

The values of this room, by one name each; `Cassette` reads and writes them as a vcrpy-shaped document.
"""

from __future__ import annotations

import msgspec

from harness.cassette.document import read_document, write_document
from harness.cassette.frames import Frame
from harness.cassette.interaction import End, Headers, Interaction, Request, Response, Source, StreamRecord

__all__ = [
    "Cassette",
    "End",
    "Frame",
    "Headers",
    "Interaction",
    "Request",
    "Response",
    "Source",
    "StreamRecord",
]


class Cassette(msgspec.Struct, frozen=True):
    """Interactions in the order they were recorded."""

    interactions: tuple[Interaction, ...] = ()

    @classmethod
    def from_document(cls, document: object) -> Cassette:
        """The cassette a vcrpy-shaped document describes. Raises CassetteError, with the place, for anything
        else.
        """
        return cls(read_document(document))

    def to_document(self) -> dict[str, object]:
        """The vcrpy-shaped document of plain values, keys sorted as vcrpy sorts them, headers in their own
        order.

        Raises CassetteError for values no file may hold.
        """
        return write_document(self.interactions)
