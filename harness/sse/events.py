"""The one value of this room: an event, as the standard dispatches it. Holds no rule but its own shape."""

from __future__ import annotations

import msgspec


class Event(msgspec.Struct, frozen=True, gc=False):
    """A dispatched event (WHATWG HTML 9.2.6, "dispatch the event").

    `data` is the values of the data lines, joined by LF. `event` is the event type, "message" where the stream names
    none. `id` is the stream's last event ID at the time of dispatch, so it persists from event to event. `retry` is
    informational: the reconnection time in milliseconds that this event's own block set, if it set one.
    """

    data: str
    event: str = "message"
    id: str = ""
    retry: int | None = None
