"""The script of a reply: its head, its pieces with their delays, and how the connection ends. Values only."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Ending(StrEnum):
    """What happens on the connection after the last piece."""

    FINISHED = "finished"
    """The body ends as its framing says."""
    CLOSED = "closed"
    """The server closes in the middle of the body: a FIN, and no last chunk."""
    RESET = "reset"
    """The server resets the connection: a RST."""
    SILENT = "silent"
    """Nothing more comes, and the connection stays open."""


class Step(msgspec.Struct, frozen=True):
    """One piece, written at once (one HTTP chunk), `delay_s` seconds after the one before."""

    delay_s: float
    data: bytes


class Script(msgspec.Struct, frozen=True, kw_only=True):
    """A whole reply. It is chunked, unless its headers name a Content-Length."""

    status: int = 200
    headers: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    ending: Ending = Ending.FINISHED
    end_s: float = 0.0
    """Seconds between the last piece and the ending."""

    @property
    def body(self) -> bytes:
        return b"".join(step.data for step in self.steps)
