"""The events are values: equal by what they say, told apart by their kind, and able to travel as JSON."""

import msgspec
import pytest

from harness.chat.events import ChatEvent, Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage

EVENTS = [
    Stamp("chatcmpl-1", 1693526400, "gpt-3.5-turbo-0613"),
    Started("assistant"),
    Delta("Hel", index=1),
    ToolDelta(0, "call-1", "look_up", '{"wo'),
    Finished("stop"),
    Usage(9, 12, 21),
    Done(),
    Failed("Rate limit reached.", "requests", "rate_limit_exceeded"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_travels_as_json(event: ChatEvent) -> None:
    assert msgspec.json.decode(msgspec.json.encode(event), type=ChatEvent) == event


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_cannot_be_changed(event: ChatEvent) -> None:
    with pytest.raises(AttributeError):
        event.index = 5  # type: ignore[misc, union-attr]


def test_events_of_two_kinds_are_never_equal() -> None:
    assert Started("stop") != Finished("stop")
    assert len({*EVENTS}) == len(EVENTS)
