"""JSON is read exactly: what the standard allows is taken, what it does not allow is refused, nothing is rounded."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.upstreams.jsontext import parse_json, repeated_keys

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@given(json_values)
def test_what_python_writes_is_read_back(value: object) -> None:
    assert parse_json(json.dumps(value)) == value
    assert repeated_keys(json.dumps(value)) == ()


@given(st.integers(min_value=2**63))
def test_a_whole_number_of_any_size_stays_exact(number: int) -> None:
    assert parse_json(str(number)) == number


def test_half_a_surrogate_pair_is_a_character_of_json() -> None:
    assert parse_json(r'"\ud83d"') == "\ud83d"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "{} {}",
        "NaN",
        "[Infinity]",
        "-Infinity",
        "\ufeff{}",
        "'a'",
        "{'a': 1}",
        "[1,]",
        "01",
        b'"\xff"',
        '{"a": 1}'.encode("utf-16-le"),
        '{"a": 1}'.encode("utf-32-be"),
        "\ud800",
    ],
)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError):
        parse_json(text)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_endless_nesting_is_an_error_and_no_crash(text: str) -> None:
    with pytest.raises(ValueError):
        parse_json(text)


def test_what_only_the_slow_way_reads_may_be_nested_too_deeply_too() -> None:
    with pytest.raises(ValueError, match=r"^it is nested too deeply$"):
        parse_json(r'["\ud83d", ' + "[" * 100_000 + "]" * 100_001)


@pytest.mark.parametrize("depth", [500, 900, 990, 995, 1000, 1100])
def test_what_can_be_read_can_be_looked_through_for_keys(depth: int) -> None:
    assert repeated_keys('{"a": 1, "a": ' + "[" * depth + "]" * depth + "}") in (("a",), ())


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ('{"a":1,"b":{"a":2}}', ()),
        ('{"a": 1, "a": 1}', ("a",)),
        ('{"a":1,"a":2}', ("a",)),
        ('{"a":"\\ud83d","a":1}', ("a",)),
        ('[{"x":{"a":1,"b":2,"b":3}},{"c":1,"c":1}]', ("b", "c")),
        ('{"a":1,"\\u0061":2}', ("a",)),
        ('{"a\\":":1,"b":2}', ()),
        ("5", ()),
    ],
)
def test_keys_that_stand_twice_in_one_object_are_told(text: str, keys: tuple[str, ...]) -> None:
    assert repeated_keys(text) == keys
    assert repeated_keys(text.encode()) == keys
