"""What stands in the fields."""

from __future__ import annotations

import pytest

from harness.drift.statistics import LEVEL, fewer, more
from harness.drift.values import length_changes, type_changes, value_changes
from harness.finding import Severity
from tests.drift.views import phased, view


def found(before, now, path="$.a", document="chunk", **more):
    """The differences in the values of a field, each side a list of them, a stream each."""
    field = path.removeprefix("$.")
    both = view([[{field: value}] for value in before], [[{field: value}] for value in now], document, **more)
    return [*type_changes(both, "", path), *length_changes(both, "", path), *value_changes(both, path)]


def told(before, now, path="$.a", document="chunk", **more):
    """The kinds of those differences that chance did not make."""
    changes = found(before, now, path, document, **more)
    return {change.rule.split("-field-")[1] for change in changes if change.p is None or change.p < LEVEL}


def words(before, now, path="$.a", document="chunk", **more):
    """What the differences say."""
    changes = found(before, now, path, document, **more)
    return [(change.before, change.now, change.detail) for change in changes]


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
    assert (change.rule, change.before, change.now) == ("chunk-field-constant-changed", "0", "1")


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


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([1, 1.5, None], ["x"], ("0 of 3", "1 of 1", "integer or null or number before, string now")),
        ([1, 2, 3], [4, None, 5], ("0 of 3", "1 of 3", "")),
        ([[1]] * 5, [[]] * 3, ("always 1", "0 in 3 of 3", "")),
        ([[1, 2]] * 5, [[1, 2, 3]] * 3, ("always 2", "3 in 3 of 3", "")),
        (["on"] * 3, ["off"], ("on", "off", "'off' for on")),
        (
            ["red", "blue"] * 3,
            ["red", "pink", "grey"],
            ("blue, red", "grey, pink, red", "'grey', 'pink' for blue, red"),
        ),
        (["red", "blue"] * 3, ["red", "blue", "pink"], ("blue, red", "blue, pink, red", "'pink'")),
        (["red", "blue"] * 30, ["red"] * 20, ("30 of 60", "0 of 20", "'blue'")),
        (
            ["red"] * 3,
            [f"a{chr(97 + n // 9)}{chr(97 + n % 9)}" for n in range(40)],
            ("red", "too many to list", ""),
        ),
        ([5, 6], [-5], ("never below zero", "below zero", "")),
        ([5, 5], [0, 0], ("about 4.97", "0", "")),
        ([5, 5], [5_000_000], ("about 4.97", "about 4.99e+06", "")),
    ],
)
def test_what_is_said_of_a_value(before, now, said):
    assert words(before, now) == [said]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ([-5, 6], [-5]),
        ([0, 5], [5_000_000]),
        ([5, 6], [0, 5_000_000]),
        ([0, 0], [0, 0]),
        ([5], [-5]),
        ([1, 1, 3000], [3000]),
        ([3000], [3000, 1, 1]),
        ([3000, 3000, 1], [1]),
        ([5, 5], [500, 1000]),
    ],
    ids=str,
)
def test_a_number_that_did_not_leave_its_size(before, now):
    assert told(before, now) == set()


@pytest.mark.parametrize("sides", [([5, 5], [5_000]), ([5_000, 5_000], [5])], ids=["larger", "smaller"])
def test_a_thousand_times_is_another_size(sides):
    assert told(*sides) == {"magnitude-changed"}


@pytest.mark.parametrize(
    ("before", "now", "is_told"),
    [
        ([1] * 6, [0.5] * 6, False),
        ([1, None] * 3, [0.5] * 6, False),
        ([1] * 6, ["1"] * 6, True),
        ([True, False] * 3, [1] * 6, True),
    ],
    ids=str,
)
def test_a_number_of_a_question_is_a_number(before, now, is_told):
    assert bool(told(before, now, document="request")) is is_told


def test_a_number_that_came_to_be_a_string_of_a_question_where_the_profile_allows_it():
    assert told([1] * 6, ["1"] * 6, "$.temperature", "request") == set()
    assert told([1] * 6, [[1]] * 6, "$.temperature", "request") == {"type-changed"}
    assert told([1] * 6, ["1"] * 6, "$.temperature") == {"type-changed"}


def test_what_was_always_null_was_to_become_something():
    (change,) = found([None] * 4, ["x"])
    assert (change.severity, change.detail) == (Severity.RISKY, "null before, string now")
    (change,) = found([None, 1] * 2, ["x"])
    assert change.severity is None


def test_one_recording_is_no_rule():
    assert found([1], ["2"]) == []
    assert found([[1]], [[]]) == []
    assert found(["2026-01-01T00:00:00Z"], ["Thu, 1 Jan 2026"]) == []
    assert found([5], [5_000_000]) == []
    assert found([40], [41], document="error 400") == []


@pytest.mark.parametrize(
    ("before", "now", "is_told"),
    [
        (["fp_ab12"], ["fp_1234"], False),
        (["fp_1234"], ["fp_12-34"], False),
        (["fp_1234"], ["sk_1234"], True),
        (["fp-1234"], ["fp_1234"], True),
        (["fp_{1}"], ["fp_1234"], True),
        (["token1"], ["1234"], True),
    ],
    ids=str,
)
def test_an_identifier_with_a_head_keeps_its_head(before, now, is_told):
    assert bool(told(before * 2, now * 2, "$.id")) is is_told


@pytest.mark.parametrize(
    ("before", "now", "is_told"),
    [
        (["2026-01-01", "6f1c2e9a-0b1d-4c5e-8f00-0123456789ab"], ["well, now!"], True),
        (["https://a.example", "2026-01-01"], ["well, now!"], False),
        (["https://a.example"], ["17"], True),
        (["well, now!"], ["17"], False),
        (["17"], ["18"], False),
        (["17"], ["17.5"], True),
    ],
    ids=str,
)
def test_free_text_has_no_format(before, now, is_told):
    assert bool(told(before * 2, now * 2)) is is_told


def test_how_likely_a_new_word_of_a_caller_is_by_chance_is_said():
    words = {"request:$.a": frozenset({"x", "y"})}
    (change,) = found(["x"] * 5, ["x"] * 2 + ["z"] * 2, document="request", words=words)
    assert change.p == pytest.approx(more(0, 5, 2, 4))
    (change,) = found(["x"] * 5, ["x"] * 5 + ["z"] * 2, words={"$.a": frozenset({"x", "y"})})
    assert change.p is None


def test_answers_that_end_otherwise_are_a_set_however_few_ways_were_seen():
    assert told(["stop"] * 3, ["end"], "$.end") == {"word-new"}
    assert told(["on"] * 3, ["off"], words={"$.a": frozenset({"on"})}) == {"constant-changed"}


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        ([40, 40], [40, 41], set()),
        ([40, 40], [], set()),
        (["a", "b"], [41], {"type-changed"}),
        (["no such word"] * 2, ["another word"], {"constant-changed"}),
    ],
    ids=str,
)
def test_codes_and_words_of_errors(before, now, kinds):
    assert told(before, now, document="error 400") == kinds


def test_a_word_of_an_error_that_stays_away_is_no_news():
    assert found(["a", "b"] * 30, ["a"] * 30, document="error 400") == []


@pytest.mark.parametrize(("had", "p"), [(79, None), (80, fewer(80, 100, 0, 40)), (99, fewer(99, 100, 0, 40))])
def test_an_end_is_missed_where_it_was_usual(had, p):
    before = ["stop"] * had + ["length"] * (100 - had)
    streams = [[[{"end": word}] for word in side] for side in (before, ["length"] * 40)]
    both = view(*streams)
    for side, size in ((both.before, 100), (both.now, 40)):
        side.tallies["fact", "finish"] = size
    assert [change.p for change in value_changes(both, "$.end")] == ([] if p is None else [pytest.approx(p)])


def test_where_every_stream_was_cut_no_word_is_missed():
    both = view([[{"a": "x"}], [{"a": "y"}]] * 20, [[{"a": "x"}]] * 20)
    assert len(list(value_changes(both, "$.a"))) == 1
    both.now.tallies["fact", "cut"] = 19
    assert len(list(value_changes(both, "$.a"))) == 1
    both.now.tallies["fact", "cut"] = 20
    assert list(value_changes(both, "$.a")) == []
    both.now.tallies["seen", "chunk", "", "$.a"] = both.now.tallies["fact", "cut"] = 1
    assert list(value_changes(both, "$.a")) == []


def test_a_sum_that_held_once_is_no_rule():
    right = [[{"a": 1, "b": 2, "total": 3}], [{"a": 2, "b": 2, "total": 4}]]
    wrong = [[{"a": 1, "b": 2, "total": 4}]]
    assert list(value_changes(view(right[:1], wrong), "$.total")) == []
    assert [
        change for change in value_changes(view(right + wrong, wrong), "$.total") if change.detail == "a + b"
    ] == []
    (change,) = value_changes(view(right, wrong * 3), "$.total")
    assert (change.before, change.now) == ("2 of 2", "wrong in 3")


def test_a_null_at_one_part_of_the_stream_says_where():
    both = phased([[("text", {"a": 1})]] * 3, [[("text", {"a": None})]])
    assert [change.detail for change in type_changes(both, "text", "$.a")] == ["null in the text chunk"]
    assert [change.detail for change in type_changes(both, "", "$.a")] == [""]


def test_what_tool_calls_bring_does_not_hide_what_others_do():
    now = [[("tool", {"a": [1]}), ("text", {"a": None})]] * 2
    both = phased([[("text", {"a": "x"})]] * 4, now)
    assert [change.rule for change in type_changes(both, "", "$.a")] == ["chunk-field-null"]


def test_arrays_of_two_lengths_may_have_a_third():
    assert told([[1], [1, 2]] * 3, [[]] * 9) == set()


def test_too_many_words_are_new_words():
    many = [f"a{chr(97 + number // 9)}{chr(97 + number % 9)}" for number in range(40)]
    assert told(["red"] * 3, many) == {"word-new"}


def test_a_new_word_of_tool_calls_is_news_where_tools_were_called():
    def stream(word):
        return [("tool", {"kind": word}), ("text", {"a": "x"})]

    both = phased([stream("call")] * 3, [stream("other")] * 2)
    assert [change.rule for change in value_changes(both, "$.kind")] == ["chunk-field-constant-changed"]


@pytest.mark.parametrize("path", ["$.created", "$.model"])
def test_stamps_have_rules_of_their_own(path):
    assert told(["on"] * 3, ["off"], path) == set()
    assert told(["2026-01-01"] * 3, ["17"], path) == set()


def test_formats_are_held_to_in_chunks_alone():
    assert told(["2026-01-01"] * 3, ["17"]) == {"format-changed"}
    assert told(["2026-01-01"] * 3, ["17"], document="error 400") == set()


@pytest.mark.parametrize(
    ("before", "is_closed"),
    [
        ([word for word in "abcdefgh" for _ in range(3)], True),
        ([word for word in "abcdefghi" for _ in range(3)], False),
        (["a"] * 2 + ["b"] * 4, True),
        (["a"] + ["b"] * 9, False),
        (["a"] * 2 + ["b"] * 2, False),
    ],
)
def test_a_small_set_of_which_each_word_was_seen_again_is_closed(before, is_closed):
    assert told(before, [*before, "new"]) == ({"word-new"} if is_closed else set())


def test_what_a_question_turns_on_or_off_is_a_set():
    assert told([True] * 6, [False] * 6, document="request") == {"constant-changed"}


@pytest.mark.parametrize(("is_asked", "count"), [(True, 0), (False, 1)])
def test_the_words_of_tool_calls_go_with_those_who_ask_for_them(is_asked, count):
    before = [[("tool", {"kind": "call", "name": "f"}), ("text", {"kind": "text"})]] * 20
    both = phased(before, [[("text", {"kind": "text"})]] * 20)
    if is_asked:
        both.before.tallies["present", "request", "", "$.tools"] = 20
    assert len(list(value_changes(both, "$.kind"))) == count
