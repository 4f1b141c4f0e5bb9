"""Listening in on a live httpx answer: every piece is handed on first or noted at once, and none is kept waiting.

Knows neither httpx nor its siblings: whoever carries the answer says what came. Times come from the
performance counter.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from harness.cassette.model import Response
from harness.net.answer import Framing, framing_of
from harness.net.tap import Head, Tap, WireEnd

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.net.recorder import Recorder


class StreamTap:
    """One answer, for one exchange.

    The head and the first piece are noted when the caller comes back for more (`caught_up`): the first piece is
    the one that people wait for. Every later piece is noted before the caller has it, so that a killed process
    has written down what it was told.
    """

    def __init__(self, recorder: Recorder, *, method: str) -> None:
        self._recorder = recorder
        self._tap = Tap(recorder)
        self._method = method
        self._waiting: list[Callable[[], None]] = []
        self._has_begun = False
        self._missing: int | None = None
        self._sent_at = time.perf_counter()

    def traced(self, event: str) -> None:
        """The transport got on by a step. Times count from the last one of sending the request."""
        if ".send_request_" in event:
            self._sent_at = time.perf_counter()

    def answered(self, head: Head) -> None:
        """The status line and headers came."""
        self._missing = _promised(head, self._method)
        self._waiting.append(partial(self._tap.head, head))

    def arrived(self, raw: bytes) -> None:
        """A piece of the body came, in its content-coding."""
        if self._missing is not None:
            self._missing -= len(raw)
        step = partial(self._tap.piece, raw, self._now_ms())
        if self._has_begun:
            self._recorder.attempt(step)
        else:
            self._waiting.append(step)

    def caught_up(self) -> None:
        """The caller has what came so far."""
        self._has_begun = True
        waiting, self._waiting = self._waiting, []
        for step in waiting:
            self._recorder.attempt(step)

    def over(self, how: WireEnd) -> None:
        """The answer ended; told again, the first time counts."""
        self.caught_up()
        self._recorder.attempt(partial(self._tap.over, how, self._now_ms()))

    def left(self) -> None:
        """The caller closed the answer; one that had come whole by then is no broken one."""
        self.over(WireEnd.CLOSED if self._missing is None or self._missing > 0 else WireEnd.CLEAN)

    def _now_ms(self) -> float:
        return (time.perf_counter() - self._sent_at) * 1000


def _promised(head: Head, method: str) -> int | None:
    """Bytes of the body that the head promises; None where its framing tells at the end."""
    framing = framing_of(Response(head.status, head.reason, head.headers), method)
    if framing is Framing.NONE:
        return 0
    lengths = (value for name, value in head.headers if name.lower() == "content-length")
    length = next(lengths, "") if framing is Framing.LENGTH else ""
    return int(length) if length.isdecimal() else None
