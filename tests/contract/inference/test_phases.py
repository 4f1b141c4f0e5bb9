"""The part a chunk plays, by what it says and by its shape."""

from __future__ import annotations

import pytest

from harness.chat.events import Delta, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.contract.inference.phases import PhaseReader, in_order

SAYINGS = [
    ((Stamp(), Started("assistant")), "opener"),
    ((Stamp(), Started("assistant"), Delta("Hi")), "opener"),
    ((Stamp(), Delta("Hi")), "text"),
    ((Stamp(), ToolDelta(arguments="{")), "tool"),
    ((Stamp(), Delta("."), Finished("stop")), "finish"),
    ((Stamp(), Finished("stop"), Usage(1, 2, 3)), "finish"),
    ((Stamp(), Usage(1, 2, 3)), "usage"),
    ((Failed("no"),), "error"),
    ((Stamp(),), "other"),
    ((), "other"),
]


@pytest.mark.parametrize(("said", "phase"), SAYINGS, ids=[phase for _, phase in SAYINGS])
def test_what_a_chunk_says_tells_its_phase(said, phase):
    assert PhaseReader().of_events(said) == phase


def test_a_role_in_every_chunk_opens_a_choice_once():
    reader = PhaseReader()
    chunks = [
        (Started("assistant"), Delta("a")),
        (Started("assistant"), Delta("b")),
        (Started("assistant", 1),),
    ]
    assert [reader.of_events(said) for said in chunks] == ["opener", "text", "opener"]


def test_the_name_of_an_event_is_part_of_its_phase():
    assert PhaseReader().of_events((Delta("a"),), name="content_block_delta") == "content_block_delta.text"


def test_of_an_unknown_upstream_place_and_shape_tell():
    reader = PhaseReader()
    shapes = [{"a": 1}, {"a": 2}, {"error": None}, {"error": {"message": "no"}}, 3]
    assert [reader.of_shape(shape) for shape in shapes] == ["opener", "other", "other", "error", "other"]


def test_the_order_is_that_of_a_stream():
    assert in_order(["x.text", "error", "text", "opener", "a.text"]) == [
        "opener",
        "text",
        "error",
        "a.text",
        "x.text",
    ]
