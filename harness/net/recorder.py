"""One live exchange being written down, whatever library carries it.

It listens to head, pieces and end, and adds what the end means for the stream. Whatever fails in here is kept
for the end of the recording: a full disk must not break the caller's stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.model import End
from harness.errors import HarnessError
from harness.net.wiretap import Head, WireEnd

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.cassette.ending import EndingWatch
    from harness.disk.tape import Take


class Recorder:
    """A listener (`harness.net.wiretap.Listener`) that tells a take what came. `failure` is what went wrong,
    if anything.
    """

    def __init__(self, take: Take, watch: EndingWatch) -> None:
        self._take = take
        self._watch = watch
        self.failure: HarnessError | OSError | None = None
        self.is_over = False
        self.on_stop: Callable[[], None] | None = None
        """Called when the cassette is put away while this exchange is still open; it has to end the exchange."""

    def head(self, answer: Head) -> None:
        self._watch.head(answer.status, answer.headers)
        self.attempt(lambda: self._take.head(answer.status, answer.reason, answer.headers))

    def piece(self, at_ms: float, data: bytes) -> None:
        self._watch.feed(data)
        self.attempt(lambda: self._take.piece(at_ms, data))

    def over(self, how: WireEnd, at_ms: float) -> None:
        if not self.is_over:
            self.is_over = True
            self.attempt(lambda: self._take.end(self._meaning(how), at_ms))

    def _meaning(self, how: WireEnd) -> End:
        if how is WireEnd.CLEAN:
            return self._watch.ending()
        left_late = how in (WireEnd.CLOSED, WireEnd.TIMEOUT) and self._watch.is_whole
        return End.COMPLETE if left_late else End(how.value)

    def attempt(self, step: Callable[[], None]) -> None:
        """Do one step of the recording, unless an earlier one has failed."""
        if self.failure is None:
            try:
                step()
            except (HarnessError, OSError) as error:
                self.failure = error

    def stop(self) -> None:
        """The cassette is being put away."""
        if not self.is_over and self.on_stop is not None:
            self.on_stop()
