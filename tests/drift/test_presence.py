"""Fields that come and go."""

from __future__ import annotations

import pytest

from harness.drift.presence import presence_changes
from harness.finding import Severity
from tests.drift.views import phased, view

FULL = {"a": 1, "b": 2}


def told(before, now, document="chunk", phase=""):
    changes = presence_changes(view(before, now, document, phase=phase), phase)
    return {(change.rule.split("-field-")[1], change.where, change.severity) for change in changes}


def test_what_was_never_missing_and_is_gone_is_certain():
    assert told([[FULL]] * 3, [[{"a": 1}]]) == {("removed", "$.b", None)}


def test_once_is_not_always():
    (change,) = presence_changes(view([[FULL]], [[{"a": 1}]]), "")
    assert change.p is not None
    assert change.p > 0.1
    assert change.needed > 5


def test_a_rare_field_that_stays_away_is_a_question_of_chance():
    before = [[FULL]] * 8 + [[{"a": 1}]] * 2
    (change,) = presence_changes(view(before, [[{"a": 1}]] * 6), "")
    assert (change.rule, change.severity) == ("chunk-field-removed", Severity.RISKY)
    assert 0 < change.p < 0.01


def test_missing_now_and_then():
    assert told([[FULL, FULL]] * 3, [[FULL, {"a": 1}]]) == {("optional", "$.b", None)}


def test_clients_read_the_core_without_asking():
    before = [[{"choices": [{"text": "a", "n": 0}]}] * 2] * 3
    now = [[{"choices": [{"text": "a", "n": 0}]}, {"choices": [{"n": 0}]}]]
    assert told(before, now, phase="text") == {("optional", "$.choices[*].text", Severity.BREAKING)}


def test_what_is_new_beside_something_lost_is_its_new_name():
    assert told([[FULL]] * 3, [[{"a": 1, "c": 2}]] * 2) == {("removed", "$.b", None)}


def test_a_question_with_another_name_for_its_field_breaks():
    assert told([[FULL]] * 3, [[{"a": 1, "c": 2}]] * 2, "request") == {
        ("removed", "request:$.b", Severity.BREAKING)
    }


@pytest.mark.parametrize(("streams", "is_told"), [(1, False), (3, True)])
def test_a_new_field_is_told_once_it_is_no_accident(streams, is_told):
    assert bool(told([[{"a": 1}]] * 4, [[FULL]] * streams)) is is_told


def test_how_often_callers_set_a_field_is_theirs_to_choose():
    assert told([[{"a": 1}]] * 9, [[FULL]] * 5 + [[{"a": 1}]] * 5, "request") == set()


def test_a_field_of_some_chunks_that_is_in_all_of_them():
    assert told([[FULL, {"a": 1}]] * 3, [[FULL, FULL]] * 3) == {("everywhere", "$.b", None)}


def test_an_object_of_another_kind_is_told_once():
    whole = {"w": 1, "x": 1, "y": 1, "z": 1}
    assert len(told([[whole, whole]] * 3, [[whole, {"q": 1}]] * 3)) == 1


TEXT = [("text", FULL)]
TOOL, FINISH = [("tool", {"a": 1, "name": "f"})], [("finish", {"a": 1, "end": "stop"})]


def told_of_phases(before, now):
    changes = presence_changes(phased(before, now), "")
    return {(change.rule.split("-field-")[1], change.where) for change in changes}


def test_the_first_tool_call_is_for_those_who_ask():
    assert told_of_phases([TEXT] * 3, [TEXT, TEXT + TOOL, TEXT + TOOL, TEXT + TOOL]) == set()
    assert told_of_phases([TEXT] * 3, [[("text", {"a": 1}), *TOOL]]) == {("removed", "$.b")}
    assert ("optional", "$.b") in told_of_phases([TEXT * 2] * 3, [[*TEXT, ("text", {"a": 1}), *TOOL]])


def test_what_a_lost_end_brought_is_lost_with_it():
    assert told_of_phases([TEXT + FINISH] * 3, [TEXT] * 3) == set()
    assert ("removed", "$.end") in told_of_phases(
        [[*TEXT, ("finish", {"a": 1, "end": "stop", "count": 1})]] * 3,
        [[*TEXT, ("text", {"a": 1, "count": 1})]] * 3,
    )


def test_streams_that_were_cut_lack_an_end_and_no_field():
    before = [TEXT + FINISH] * 20
    assert told_of_phases(before, [TEXT + FINISH] * 8 + [TEXT] * 8) == set()
    bare = [*TEXT, ("finish", {"a": 1})]
    assert told_of_phases(before, [TEXT + FINISH] * 8 + [bare] * 8) == {("optional", "$.end")}


def test_a_field_nobody_knew_is_new_wherever_it_stands():
    before, now = [TEXT * 3] * 20, [[*TEXT, *TEXT, ("text", {**FULL, "c": 1})]] * 20
    (change,) = presence_changes(phased(before, now), "text")
    assert change.rule == "chunk-field-added"


def test_how_often_callers_set_a_field_is_theirs():
    assert told([[FULL]] * 4 + [[{"a": 1}]] * 6, [[{"a": 1}]] * 40, "request") == set()


@pytest.mark.parametrize(("now", "is_told"), [(38, False), (25, False), (10, True)])
def test_what_nearly_every_stream_had_and_few_have(now, is_told):
    def sides(having):
        return [[FULL]] * having + [[{"a": 1}]] * (40 - having)

    assert told(sides(38), sides(now)) == ({("optional", "$.b", None)} if is_told else set())
