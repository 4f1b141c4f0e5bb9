"""What stands in the fields."""

from __future__ import annotations

import pytest

from harness.drift.statistics import LEVEL
from harness.drift.values import length_changes, type_changes, value_changes
from tests.drift.views import phased, view


def told(before, now, path="$.a", document="chunk", **more):
    """The kinds of differences in the values of a field, each side a list of them, a stream each."""
    field = path.removeprefix("$.")
    found = view(
        [[{field: value}] for value in before], [[{field: value}] for value in now], document, **more
    )
    changes = (*type_changes(found, "", path), *length_changes(found, "", path), *value_changes(found, path))
    return {change.rule.split("-field-")[1] for change in changes if change.p is None or change.p < LEVEL}


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        ([1, 2, 3], [1, "2"], {"type-changed"}),
        ([1, 2, 3], [4, None], {"null"}),
        ([1, 2, 3], [1.5], {"type-changed"}),
        ([1.5, 2.5], [2], set()),
        ([[1]] * 5, [[]] * 3, {"array-empty"}),
        ([[1]] * 5, [[1, 2]] * 3, {"array-longer"}),
        ([[1]] * 9, [[1, 2], *[[1]] * 5], set()),
        (["on"] * 3, ["off"], {"constant-changed"}),
        (["red"] * 3 + ["blue"] * 3, ["green"], {"word-new"}),
        (["red"] * 30 + ["blue"] * 30, ["red"] * 20, {"word-gone"}),
        (["red", "blue", "grey"], ["green"], set()),
        ([1_700_000_000] * 3, [1_700_000_000_000] * 2, {"magnitude-changed"}),
        ([5, 6], [0, 0], {"magnitude-changed"}),
        ([5, 6], [-5], {"magnitude-changed"}),
        ([5, 6], [90, 700], set()),
        ([True] * 3, [False], {"constant-changed"}),
        (["2026-01-01T00:00:00Z"] * 3, ["Thu, 1 Jan 2026"] * 2, {"format-changed"}),
        (["Thu, 1 Jan 2026"] * 3, ["2026-01-01T00:00:00Z"] * 2, set()),
    ],
)
def test_a_value_that_moved(before, now, kinds):
    assert told(before, now) == kinds


@pytest.mark.parametrize("order", [["red", "blue", "pink"], ["pink", "blue", "red"], ["blue", "pink", "red"]])
def test_words_that_are_gone_come_in_one_order_whichever_was_recorded_first(order):
    found = view([[{"a": word}] for word in order * 20], [[{"a": "red"}]] * 20)
    assert [change.detail for change in value_changes(found, "$.a")] == ["'blue'", "'pink'"]


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        (["chatcmpl-aB3dE5gH7jK9mN"] * 2, ["chatcmpl-QwErTyUiOpAsDf"], set()),
        (["chatcmpl-aB3dE5gH7jK9mN"] * 2, ["cmpl-aB3dE5gH7jK9mN"], {"format-changed"}),
        (
            ["chatcmpl-aB3dE5gH7jK9mN"] * 2,
            ["6f1c2e9a-0b1d-4c5e-8f00-0123456789ab"],
            {"format-changed"},
        ),
    ],
)
def test_an_identifier_keeps_its_make(before, now, kinds):
    assert told(before, now, "$.id") == kinds


def test_a_word_that_a_schema_lists_was_always_possible():
    words = {"$.a": frozenset({"on", "off"})}
    assert told(["on"] * 3, ["off"], words=words) == set()
    assert told(["on"] * 3, ["standby"], words=words) == {"word-new"}


def test_what_callers_say_is_theirs_to_choose():
    assert told(["red"] * 6, ["blue"] * 6, document="request") == set()
    assert told([0.7] * 6, [1] * 6, document="request") == set()
    assert told([0.7] * 6, ["0.7"], document="request") == {"type-changed"}
    assert told([0.7] * 6, ["0.7"], "$.temperature", "request") == set()
    assert told([False] * 6, [True] * 6, document="request") == {"constant-changed"}


def test_the_index_of_a_choice_is_a_constant():
    before, now = ([[{"choices": [{"n": n, "text": "a"}]}]] * 3 for n in (0, 1))
    (change,) = value_changes(view(before, now), "$.choices[*].n")
    assert change.rule == "chunk-field-constant-changed"


def test_a_total_that_was_a_sum():
    right = [[{"a": 1, "b": 2, "total": 3}], [{"a": 2, "b": 2, "total": 4}]]
    (change,) = value_changes(view(right, [[{"a": 1, "b": 2, "total": 4}]]), "$.total")
    assert (change.rule, change.detail) == ("chunk-field-sum-broken", "a + b")


def test_a_code_of_an_error_is_a_constant():
    assert told([40, 40], [41], document="error 400") == {"constant-changed"}
    assert told([40, 41], [42], document="error 400") == set()


def test_a_word_that_one_caller_of_many_used_may_be_chance():
    words = {"request:$.a": frozenset({"x", "y"})}
    assert told(["x"] * 5, ["x"] * 5 + ["z"], document="request", words=words) == set()
    assert told(["x"] * 5, ["z"] * 5, document="request", words=words) == {"word-new"}


def test_what_only_the_first_tool_calls_say_is_no_news():
    def told_of(now):
        found = phased([[("text", {"kind": "text", "text": "a"})]] * 4, [now] * 2)
        changes = [*type_changes(found, "", "$.text"), *value_changes(found, "$.kind")]
        return {change.rule.split("-field-")[1] for change in changes}

    assert (
        told_of([("tool", {"kind": "call", "text": None}), ("text", {"kind": "text", "text": "a"})]) == set()
    )
    assert told_of([("text", {"kind": "call", "text": None})]) == {"null", "constant-changed"}
