"""A draft begins as its template, takes only what its template says, and what lies beside its paths stays."""

from __future__ import annotations

import json

import pytest

from harness.chat.events import Delta, Done, Finished, Stamp, ToolDelta, Usage
from harness.upstreams.draft import Draft
from harness.upstreams.upstream import ChunkMap, Template, ToolMap

MAP = ChunkMap(
    text=("message", "content"),
    finish=("reason",),
    model=("model",),
    usage=("usage",),
    tools=ToolMap(calls=("message", "calls"), name=("name",), arguments=("arguments",)),
)
JSON = '{"model": null, "message": {"role": "x", "calls": [{"arguments": {}}]}, "reason": null}'
TEMPLATE = Template(says=("text", "tools", "finish", "done"), json=JSON)


def draft(*said: object) -> Draft:
    made = Draft(MAP, TEMPLATE, Stamp("id", 1, "model"))
    for each in said:
        made.say(each)
    return made


def data(*said: object) -> object:
    return json.loads(draft(*said).event(None).data)


def test_a_draft_is_its_template_and_the_stamp_where_it_has_a_path() -> None:
    assert data() == {"model": "model", "message": {"role": "x"}, "reason": None}


def test_what_is_said_lies_at_its_path() -> None:
    assert data(Delta("Hi"), Finished("stop")) == {
        "model": "model",
        "message": {"role": "x", "content": "Hi"},
        "reason": "stop",
    }


def test_arguments_are_a_value_where_the_sample_holds_one() -> None:
    said = data(ToolDelta(name="tide", arguments='{"at": 6}'), ToolDelta(name="moon"))
    assert said["message"]["calls"] == [  # type: ignore[index]
        {"name": "tide", "arguments": {"at": 6}},
        {"name": "moon", "arguments": {}},
    ]


def test_a_draft_takes_what_its_template_says_in_the_readers_order() -> None:
    assert draft(Delta("a")).takes(Finished("stop"))
    assert not draft(Finished("stop")).takes(Delta("a"))
    assert not draft(Delta("a")).takes(Delta("b"))
    assert draft(Finished("stop")).takes(Done())
    assert not draft().takes(Usage())


def test_what_has_no_path_is_not_taken() -> None:
    assert not draft().takes(Delta("a", index=1))
    assert not draft().takes(ToolDelta(id="call_1"))
    assert not draft().takes(ToolDelta(call=1))


def test_behind_the_counts_no_choice_says_more() -> None:
    counted = Draft(MAP, Template(says=("text", "usage"), json="{}"), Stamp())
    counted.say(Usage(1))
    assert not counted.takes(Delta("a"))


def test_counts_without_a_path_are_not_taken() -> None:
    uncounted = Draft(ChunkMap(text=("text",)), Template(says=("usage",), json="{}"), Stamp())
    assert not uncounted.takes(Usage(1))


def test_a_choice_is_told_by_its_number_where_there_is_a_path_for_it() -> None:
    several = ChunkMap(choices=("choices",), index=("index",), text=("text",))
    template = Template(says=("text",), json='{"choices": []}')
    assert Draft(several, template, Stamp()).takes(Delta("a", index=1))
    without = ChunkMap(choices=("choices",), text=("text",))
    assert not Draft(without, template, Stamp()).takes(Delta("a", index=1))


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        (ToolDelta(name="tide", arguments='{"at": 6}'), True),
        (ToolDelta(name="tide", arguments='{"at'), False),
        (ToolDelta(name="tide", arguments="[]"), False),
        (ToolDelta(arguments='{"at": 6}'), False),
    ],
)
def test_arguments_that_are_a_value_come_whole_and_with_a_name(said: ToolDelta, taken: bool) -> None:
    assert draft().takes(said) == taken


def test_a_call_without_a_path_for_arguments_says_its_id_or_its_name() -> None:
    named = ChunkMap(tools=ToolMap(calls=("calls",), id=("id",), name=("name",)))
    begun = Draft(named, Template(says=("tools",), json='{"calls": []}'), Stamp())
    assert begun.takes(ToolDelta(id="call_1"))
    assert begun.takes(ToolDelta(name="tide"))
    assert not begun.takes(ToolDelta())
    begun.say(ToolDelta(name="tide"))
    assert json.loads(begun.event(None).data)["calls"][0]["name"] == "tide"


def test_objects_on_the_way_to_a_path_are_made() -> None:
    deep = Draft(ChunkMap(finish=("end", "why", "word")), Template(says=("finish",), json="{}"), Stamp())
    deep.say(Finished("stop"))
    assert json.loads(deep.event(None).data) == {"end": {"why": {"word": "stop"}}}


def test_a_sample_of_calls_may_lie_deep() -> None:
    deep = ChunkMap(tools=ToolMap(calls=("a", "b", "calls"), name=("name",)))
    json_text = '{"a": {"b": {"calls": [{"kind": "function"}], "c": 1}}}'
    begun = Draft(deep, Template(says=("tools",), json=json_text), Stamp())
    assert json.loads(begun.event(None).data) == {"a": {"b": {"c": 1}}}
    begun.say(ToolDelta(name="tide"))
    call = json.loads(begun.event(None).data)["a"]["b"]["calls"][0]
    assert (call["kind"], call["name"]) == ("function", "tide")
