"""A replay server that gives one answer to whatever is asked, and writes down when it was asked.

An edge: the clock is here, and the sockets are those of `harness.net.replay_server`. A client under test asks in its
own words, which no recording could know.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from harness.cassette.model import Cassette
from harness.fuzz.trial import Expect
from harness.net.replay_server import ReplayServer

if TYPE_CHECKING:
    from harness.cassette.faults import Fault
    from harness.cassette.model import Interaction, Request
    from harness.fuzz.trial import Trial


class TrialServer(ReplayServer):
    """An async context manager; `url` is where it listens, `asked` the seconds at which requests came.

    Where the client is told to wait, only the first answer says so: who asks again in time is answered well.
    """

    def __init__(self, trial: Trial) -> None:
        super().__init__(Cassette((trial.interaction,)), cut=trial.cut, faults=trial.faults)
        self._trial = trial
        self.asked: list[float] = []

    def _chosen(self, asked: Request) -> tuple[Interaction, tuple[Fault, ...]]:
        self.asked.append(time.monotonic())
        again = self._trial.expect is Expect.WAIT and len(self.asked) > 1
        return self._trial.interaction, () if again else self._faults
