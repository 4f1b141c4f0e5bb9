"""A recorded body handed out piece by piece, at its pace and with its ending, to sync and async readers alike.

A piece is one step of the iterator, so the cuts stay exact however slow the reader is. Knows no HTTP library: what
is raised at the end, or when the reader's patience is over, is handed in. Waits on the clock.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from harness.cassette.framing import Playback


class StreamPlay:
    """One body, played once. Its times count from when this is made.

    *error* ends it, where it does not end well; *impatient* is raised once a piece is longer in coming than
    *patience_s*, the client's own read time-out.
    """

    def __init__(
        self, shown: Playback, *, error: Exception | None, impatient: Exception, patience_s: float | None
    ) -> None:
        self._items: list[tuple[float, bytes | Exception]] = [
            *((piece.at_s, piece.data) for piece in shown.pieces),
            (shown.end_s, error or b""),
        ]
        self._impatient = impatient
        self._patience_s = float("inf") if patience_s is None else patience_s
        self._began = time.monotonic()

    def pieces(self) -> Iterator[bytes]:
        """The pieces, for a sync reader."""
        for wait_s, item in self._turns():
            if wait_s:  # to sleep for no time takes a twentieth of a millisecond
                time.sleep(wait_s)
            if piece := _given(item):
                yield piece

    async def pieces_async(self) -> AsyncIterator[bytes]:
        """The pieces, for an async reader; between them others get their turn, as on a network."""
        for wait_s, item in self._turns():
            await anyio.sleep(wait_s)
            if piece := _given(item):
                yield piece

    def close(self) -> None:
        """Nothing is open."""

    async def close_async(self) -> None:
        """Nothing is open."""

    def _turns(self) -> Iterator[tuple[float, bytes | Exception]]:
        """How many seconds to wait, and what comes then."""
        for due_s, item in self._items:
            wait_s = max(0.0, self._began + due_s - time.monotonic())
            if wait_s > self._patience_s:
                yield self._patience_s, self._impatient
            yield wait_s, item


def _given(item: bytes | Exception) -> bytes:
    if isinstance(item, Exception):
        raise item
    return item
