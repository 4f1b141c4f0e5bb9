"""Which part a chunk plays in its stream: the schema of an opener is another than that of a piece of text.

Told by what the chunk says when it is read as its upstream's; of an unknown upstream by its shape and place alone.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from harness.chat.events import Delta, Failed, Finished, Started, ToolDelta, Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.chat.events import ChatEvent

STANDARD_NAME = "message"
"""The type of an event that names none (WHATWG HTML 9.2.6)."""


class Phase(StrEnum):
    """The parts, in the order of a stream."""

    OPENER = "opener"
    """The first chunk of a choice: it says the role."""
    TEXT = "text"
    TOOL = "tool"
    FINISH = "finish"
    USAGE = "usage"
    ERROR = "error"
    OTHER = "other"
    """A chunk that says nothing of these."""


_SAYS = {
    Failed: Phase.ERROR,
    Finished: Phase.FINISH,
    Started: Phase.OPENER,
    ToolDelta: Phase.TOOL,
    Delta: Phase.TEXT,
    Usage: Phase.USAGE,
}
"""What a chunk says, and the phase it is of; the first that applies counts, for a last chunk may hold text as well."""


class PhaseReader:
    """Tells the phases of one stream, chunk by chunk."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._has_begun = False

    def of_events(self, events: Sequence[ChatEvent], *, name: str = STANDARD_NAME) -> str:
        """The phase of a chunk that says *events*; where its event has a *name*, `name.phase`."""
        said = {type(event) for event in events if not self._is_repeated(event)}
        phase = next((phase for kind, phase in _SAYS.items() if kind in said), Phase.OTHER)
        self._has_begun = True
        return _named(phase, name)

    def of_shape(self, document: object, *, name: str = STANDARD_NAME) -> str:
        """The phase of a chunk whose upstream is not known."""
        is_error = isinstance(document, dict) and document.get("error") is not None
        phase = Phase.ERROR if is_error else Phase.OTHER if self._has_begun else Phase.OPENER
        self._has_begun = True
        return _named(phase, name)

    def _is_repeated(self, event: ChatEvent) -> bool:
        """Whether this is a role that was said before; some upstreams say it in every chunk."""
        if not isinstance(event, Started):
            return False
        repeated = event.index in self._open
        self._open.add(event.index)
        return repeated


def _named(phase: Phase, name: str) -> str:
    return phase.value if name == STANDARD_NAME else f"{name}.{phase}"


def in_order(phases: Sequence[str]) -> list[str]:
    """Phases as a stream has them, those of named events behind."""
    order = list(Phase)
    return sorted(phases, key=lambda name: (order.index(Phase(name)) if name in order else len(order), name))
