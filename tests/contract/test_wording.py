"""Paths name the place; a value is told by its kind, never at length, and never when it could be a key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.wording import any_path, found, json_path

KEY = "sk-proj-4fG7hJ9kLmN2pQ5rS8tV1wX3yZ6aB0cD"


@pytest.mark.parametrize(
    ("keys", "concrete", "any_item"),
    [
        ([], "$", "$"),
        (["choices", 0, "delta", "content"], "$.choices[0].delta.content", "$.choices[*].delta.content"),
        (["a-b", "_c", "d e"], '$.a-b._c["d e"]', '$.a-b._c["d e"]'),
        (["", "\x1b"], r'$[""]["\x1b"]', r'$[""]["\x1b"]'),
        ([2, 3], "$[2][3]", "$[*][*]"),
    ],
)
def test_a_path_is_written_for_one_item_and_for_any(
    keys: list[str | int], concrete: str, any_item: str
) -> None:
    assert json_path(keys) == concrete
    assert any_path(keys) == any_item


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (5, "5"),
        (-0.5, "-0.5"),
        pytest.param(10**5000, "a number of more than 24 digits", id="10**5000"),
        (float("inf"), "a number of more than 24 digits"),
        ("", '""'),
        ("stop", '"stop"'),
        ("x" * 41, "a string of 41 characters"),
        (KEY[:40], '"[40 characters]"'),
        ([1, 2], "an array of 2 items"),
        ({}, "an empty object"),
        ({"a": KEY, "b": 1}, "an object with a, b"),
        (dict.fromkeys("abcdefghijk"), "an object with a, b, c, d, e, f, g, h, …"),
    ],
)
def test_a_value_is_told_in_few_words(value: object, words: str) -> None:
    assert found(value) == words


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=80), inner, max_size=12),
)


@given(values)
def test_words_for_any_value_are_one_bounded_line(value: object) -> None:
    assert found(value).isprintable()
    assert len(found(value)) < 700
