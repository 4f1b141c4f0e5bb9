"""A draft begins as its template, takes only what its template says, and what lies beside its paths stays."""

from __future__ import annotations

import json

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
