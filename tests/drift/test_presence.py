"""Fields that come and go."""

from __future__ import annotations

import pytest

from harness.drift.presence import presence_changes
from harness.drift.statistics import fewer, needed
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


def said(before, now, document="chunk", phase=""):
    """What each difference says, in full."""
    changes = presence_changes(view(before, now, document, phase=phase), phase)
    return [
        (each.rule.split("-field-")[1], each.where, each.before, each.now, each.detail, each.p)
        for each in changes
    ]


def having(count, size, whole=None):
    """So many streams, of which some have a field."""
    return [[whole or FULL]] * count + [[{"a": 1}]] * (size - count)


def about(p):
    return pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize(
    ("before", "now", "document", "found"),
    [
        (having(3, 3), having(0, 2), "chunk", ("removed", "$.b", "3 of 3", "0 of 2", "", None)),
        (having(2, 2), having(0, 1), "chunk", ("removed", "$.b", "2 of 2", "0 of 1", "", None)),
        (having(1, 1), having(0, 1), "error 400", ("removed", "error:$.b", "1 of 1", "0 of 1", "", None)),
        (
            having(4, 9),
            having(0, 5),
            "chunk",
            ("removed", "$.b", "4 of 9", "0 of 5", "", about(fewer(4, 9, 0, 5))),
        ),
        (having(0, 9), having(3, 5), "chunk", ("added", "$.b", "0 of 9", "3 of 5", "", None)),
        (having(0, 1), having(1, 1), "error 400", ("added", "error:$.b", "0 of 1", "1 of 1", "", None)),
        (having(3, 3), having(1, 2), "chunk", ("optional", "$.b", "3 of 3", "1 of 2", "", None)),
        (
            having(3, 3),
            having(1, 2),
            "request",
            ("removed", "request:$.b", "3 of 3", "1 of 2", "", about(fewer(3, 3, 1, 2))),
        ),
        (
            having(36, 40),
            having(10, 20),
            "chunk",
            ("optional", "$.b", "36 of 40", "10 of 20", "", about(fewer(36, 40, 10, 20))),
        ),
    ],
)
def test_what_is_said_of_a_field_that_came_or_went(before, now, document, found):
    assert said(before, now, document) == [found]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (having(35, 40), having(10, 20)),
        (having(36, 40), having(11, 20)),
        (having(9, 10), having(1, 2)),
        (having(0, 9), having(2, 9)),
        (having(0, 4), having(1, 1)),
        (having(40, 40), having(40, 40)),
    ],
)
def test_what_is_not_said_of_a_field_that_is_rare_or_grew_rarer(before, now):
    assert said(before, now) == []


def test_how_many_more_streams_would_settle_that_a_rare_field_is_gone():
    (change,) = presence_changes(view(having(4, 9), having(0, 2)), "")
    assert change.needed == needed(4, 9, 2)


def test_an_error_with_a_new_field_is_told_though_chance_may_have_made_it():
    assert told(having(0, 4), having(1, 1), "error 400") == {("added", "error:$.b", None)}
    assert told(having(0, 4), having(1, 2), "error 400") == set()


@pytest.mark.parametrize(("streams", "is_told"), [(1, False), (2, True)])
def test_a_field_that_streams_had_somewhere_and_a_part_has_nowhere_is_asked_for_its_chance(streams, is_told):
    before = [[FULL, {"a": 1}]] * 60
    now = [[FULL, {"a": 1}]] * 2 + [[{"a": 1}, {"a": 1}]] * streams
    found = [("optional", "$.b", "60 of 60", f"2 of {2 + streams}", "", about(fewer(60, 60, 2, 2 + streams)))]
    assert said(before, now) == found * (fewer(60, 60, 2, 2 + streams) < 0.01) == found * is_told


def test_a_field_that_all_streams_had_somewhere_may_not_be_missing_in_a_few():
    now = [[FULL, {"a": 1}]] * 6 + [[{"a": 1}, {"a": 1}]] * 4
    assert said([[FULL, {"a": 1}]] * 60, now) == [
        ("optional", "$.b", "60 of 60", "6 of 10", "", about(fewer(60, 60, 6, 10)))
    ]
    assert said([[FULL, {"a": 1}]] * 59 + [[{"a": 1}, {"a": 1}]], now) == []


def test_a_field_of_some_chunks_is_no_rarer_where_every_stream_has_it():
    assert said([[FULL, {"a": 1}]] * 60, [[FULL, {"a": 1}, {"a": 1}]] * 9) == []


def test_that_tokens_are_counted_more_seldom_is_told_by_another_rule():
    from harness import get_upstream
    from harness.drift.view import View
    from tests.drift.views import summed

    sides = [[[{**FULL, "a": 1}, {"a": 1}]] * 60, [[{"a": 1}, {"a": 1}]] * 20 + [[FULL, {"a": 1}]] * 2]
    for paths, count in (({"usage": "$.b"}, 0), ({"usage": "$.c"}, 1)):
        both = View(tuple(map(summed, sides)), "chunk", get_upstream("vitalentum"), paths=paths, words={})
        assert len(list(presence_changes(both, ""))) == count


CORE = {"choices": [{"text": "a", "n": 0}]}
BARE = {"choices": [{"n": 0}]}


@pytest.mark.parametrize(
    ("phase", "before", "now", "found"),
    [
        ("text", [[CORE]] * 2, [[BARE]], ("removed", "$.choices[*].text", "no longer in the text chunk")),
        ("first", [[CORE]] * 2, [[BARE]], ("moved", "$.choices[*].text", "no longer in the first chunk")),
        ("first", [[FULL]] * 2, [[{"a": 1}]], ("optional", "$.b", "no longer in the first chunk")),
        ("first", [[CORE]], [[BARE]], None),
        ("first", [[FULL], [{"a": 1}]], [[{"a": 1}]], None),
        ("first", [[FULL, FULL]] * 2, [[FULL, {"a": 1}]], ("optional", "$.b", "in the first chunk")),
        ("first", [[{"a": 1}]] * 9, [[FULL]] * 3, ("added", "$.b", "now in the first chunk")),
    ],
)
def test_a_field_that_left_one_part_of_the_stream(phase, before, now, found):
    assert [(kind, where, detail) for kind, where, _, _, detail, _ in said(before, now, phase=phase)] == (
        [found] if found else []
    )


def test_a_field_that_stood_elsewhere_has_moved():
    before, now = [[("text", FULL), ("first", {"a": 1})]] * 9, [[("text", FULL), ("first", FULL)]] * 3
    both = phased(before, now)
    both.before.tallies["present", "chunk", "", "$.b"] = 9
    (change,) = presence_changes(both, "first")
    assert (change.rule, change.detail) == ("chunk-field-moved", "now in the first chunk")


@pytest.mark.parametrize(
    ("value", "document", "severity", "detail"),
    [
        (None, "chunk", Severity.BREAKING, "absent where it was null"),
        (1, "chunk", None, ""),
        (None, "error 400", None, "absent where it was null"),
    ],
)
def test_what_was_null_is_read_and_may_not_be_absent(value, document, severity, detail):
    whole = {"a": 1, "b": value}
    (change,) = presence_changes(view([[whole, whole]] * 3, [[whole, {"a": 1}]] * 2, document), "")
    assert (change.severity, change.detail) == (severity, detail)


@pytest.mark.parametrize(
    ("before", "now", "is_told"),
    [
        ([[FULL, {"a": 1}]] * 2, [[FULL, FULL]] * 2, True),
        ([[FULL, {"a": 1}]], [[FULL, FULL]] * 2, False),
        ([[FULL, {"a": 1}], [FULL, FULL]], [[FULL, FULL]] * 2, False),
        ([[FULL, {"a": 1}]] * 2, [[FULL, FULL], [FULL, {"a": 1}]], False),
        ([[FULL, {"a": 1}]] * 2, [[FULL, FULL], [FULL]], False),
    ],
)
def test_a_field_that_stands_everywhere(before, now, is_told):
    found = [("everywhere", "$.b", "0 of 2", "2 of 2", "", None)]
    assert said(before, now) == found * is_told


def test_an_object_of_another_kind_is_told_by_the_worst_of_its_fields():
    whole = {"choices": 1, "x": None, "y": 1, "z": 1}
    (change,) = presence_changes(view([[whole, whole]] * 3, [[whole, {"q": 1}]] * 3), "")
    assert (change.where, change.severity) == ("$.choices", Severity.BREAKING)
    assert len(told([[whole, whole]] * 3, [[whole, {"y": 1, "z": 1}]] * 3)) == 2


def test_two_new_names_are_no_name_of_one_that_is_gone():
    now = [[{"a": 1, "c": 2, "d": 3}]] * 2
    assert told([[FULL]] * 3, now, "request") == {("removed", "request:$.b", None)}
    inner = [[{"a": {"c": 2}}]] * 2
    assert ("removed", "request:$.b", None) in told([[{"a": {}, "b": 1}]] * 3, inner, "request")


def test_the_new_name_is_said():
    assert said([[FULL]] * 3, [[{"a": 1, "c": 2}]] * 2, "request") == [
        ("removed", "request:$.b", "3 of 3", "0 of 2", "request:$.c now", None)
    ]


def test_a_name_that_takes_over_by_and_by_is_asked_for_its_chance():
    now = [[{**FULL, "c": 3}], [{"a": 1, "c": 3}]]
    (change,) = presence_changes(view([[FULL]] * 5, now, "request"), "")
    assert (change.severity, change.detail) == (Severity.BREAKING, "request:$.c now")
    assert change.p == about(fewer(5, 5, 1, 2))


def test_what_came_to_a_part_of_the_stream_beside_something_lost_is_not_told():
    before = [[("text", CORE), ("first", {"b": 1})]] * 3
    assert told_of(before, [[("text", {**BARE, "b": 1}), ("first", {"b": 1})]] * 3) == {"$.choices[*].text"}
    assert "$.b" in told_of(before, [[("text", {**CORE, "b": 1}), ("first", {"b": 1})]] * 3)


def told_of(before, now):
    return {change.where for change in presence_changes(phased(before, now), "text")}


def test_what_only_tool_calls_bring_is_no_news_however_often():
    assert told_of_phases([TEXT] * 20, [TEXT + TOOL] * 10) == set()
    assert told_of_phases([TEXT] * 20, [[("text", {**FULL, "name": "f"})]] * 10) == {("added", "$.name")}


def test_a_field_that_stood_in_each_part_that_still_comes_is_no_news():
    before = [[*TEXT, *TEXT, ("usage", {"a": 1})]] * 3
    assert told_of_phases(before, [TEXT * 2] * 2) == set()
    assert told_of_phases(before, [TEXT * 2] * 2 + [[("text", {"a": 1})] * 2]) == set()


def test_three_fields_are_an_object_and_the_worst_of_them_speaks():
    whole = {"a": 1, "x": 1, "y": 1, "z": None}
    (change,) = presence_changes(view([[whole, whole]] * 3, [[whole, {"a": 1}]] * 3), "")
    assert (change.where, change.severity) == ("$.z", Severity.BREAKING)
