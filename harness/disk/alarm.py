"""Code that is not ours, with so many seconds to come back. Touches the alarm of the process and a clock."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def alarm(seconds: float, error: type[BaseException]) -> Iterator[None]:
    """Raise *error* in the block where it takes longer, or behind it where it let nobody interrupt it.

    Only the main thread of a POSIX system has an alarm; elsewhere nothing is watched. It rings again every second: the
    block may catch one by accident.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise error

    before = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    began = time.monotonic()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:  # somebody else's alarm, such as pytest-timeout's, goes on where it was
            spent = time.monotonic() - began
            signal.setitimer(signal.ITIMER_REAL, max(left - spent, 0.001), interval)
    if time.monotonic() - began > seconds + 0.5:
        raise error
