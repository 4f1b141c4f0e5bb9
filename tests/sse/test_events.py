"""An event is a value."""

import msgspec
import pytest

from harness.sse import Event


def test_an_event_of_data_alone_is_a_message_without_an_id():
    assert Event("x") == Event(data="x", event="message", id="", retry=None)


def test_an_event_does_not_change():
    with pytest.raises(AttributeError):
        Event("x").data = "y"


def test_events_are_equal_by_value_and_may_be_counted():
    assert {Event("x"), Event("x"), Event("x", id="1")} == {Event("x"), Event("x", id="1")}


def test_an_event_says_what_it_holds():
    assert repr(Event("x", "add", "1", 5)) == "Event(data='x', event='add', id='1', retry=5)"


def test_an_event_becomes_json_and_comes_back():
    event = Event("x\ny", "add", "1", 5)
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
