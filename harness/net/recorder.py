"""One live exchange being written down, whatever library carries it.

It listens to head, pieces and end, and adds what the end means for the stream. Whatever fails in here is kept
for the end of the recording: a full disk must not break the caller's stream.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from harness.cassette.ending import EndingWatch
from harness.cassette.model import End
from harness.net.tap import Head, WireEnd

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.disk.tape import Take
    from harness.net.livecheck import Watch


class Recorder:
    """A listener (`harness.net.tap.Listener`) that tells a take what came.

    *begin* makes the take; it is called when an answer comes, because without one there is nothing to keep.
    `failure` is what went wrong with the recording, if anything. *check* hears the same, when it has been kept.
    """

    def __init__(self, begin: Callable[[], tuple[Take, EndingWatch]], check: Watch | None = None) -> None:
        self._begin = begin
        self.check = check
        self._take: Take | None = None
        self._watch = EndingWatch(None)
        self.failure: Exception | None = None

    @property
    def has_begun(self) -> bool:
        """Whether an answer came, so that there is something on the tape."""
        return self._take is not None

    def head(self, answer: Head) -> None:
        self._take, self._watch = self._begin()
        self._watch.head(answer.status, answer.headers)
        self._take.head(
            answer.status,
            answer.reason,
            answer.headers,
            http_version=answer.http_version or None,
            content_encoding=answer.coding or None,
        )
        if self.check is not None:
            self.check.head(answer.status, answer.reason, answer.headers)

    def piece(self, at_ms: float, data: bytes) -> None:
        self._watch.feed(data)
        if self._take is not None:
            self._take.piece(at_ms, data)
        if self.check is not None:
            self.check.piece(data)

    def over(self, how: WireEnd, at_ms: float) -> None:
        if self._take is not None:
            end = self._meaning(how)
            self._take.end(end, at_ms, broken_chunk=how is WireEnd.BROKEN_CHUNK)
            self._tell(end)

    def waited(self, until_ms: float) -> None:
        """Whoever reads had been told nothing of the end, and has given up."""
        if self._take is not None:
            self._take.waited(until_ms)

    def attempt(self, step: Callable[[], None]) -> None:
        """Do one step of the recording, unless an earlier one has failed."""
        if self.failure is None:
            try:
                step()
            except Exception as error:  # whatever it is, the caller's stream is not to blame and goes on
                self.failure = error
                self._stop_here()

    def _stop_here(self) -> None:
        """What came after this is missing, and the tape is to say so."""
        if self._take is not None:
            with suppress(Exception):
                self._take.end(End.CRASH, self._take.last_ms)
        self._tell(End.CRASH)

    def _tell(self, end: End) -> None:
        if self.check is not None:
            self.check.over(end)

    def _meaning(self, how: WireEnd) -> End:
        if how is WireEnd.CLEAN:
            return self._watch.ending()
        if how is WireEnd.BROKEN_CHUNK:
            return End.SHORT
        left_late = how in (WireEnd.CLOSED, WireEnd.TIMEOUT, WireEnd.TRUNCATED) and self._watch.is_whole
        return End.COMPLETE if left_late else End(how.value)
