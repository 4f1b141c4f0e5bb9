"""The conversions answer what Node answers: the vectors were written by Node itself."""

from __future__ import annotations

import json
import math
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.upstreams.vitalentum.standin.javascript import (
    UNDEFINED,
    JsonError,
    json_parse,
    parse_float,
    to_string,
)

VECTORS = Path(__file__).parents[3] / "vectors" / "javascript-json-parse.json"
CASES = json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("case", CASES, ids=[ascii(case["text"])[:40] for case in CASES])
def test_broken_json_is_refused_in_nodes_words(case: dict[str, str]) -> None:
    with pytest.raises(JsonError) as fault:
        json_parse(case["text"])

    assert str(fault.value) == case["message"]


@given(json_values)
def test_good_json_is_read(value: object) -> None:
    assert json_parse(json.dumps(value)) == value


@given(st.text(alphabet='{}[]",:\\u01a\n tfn') | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(JsonError):
        json_parse(text)


def test_json_nested_without_end_is_refused() -> None:
    with pytest.raises(JsonError, match="too deeply"):
        json_parse("[" * 100_000)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", '{"a": NaN}'])
def test_numbers_that_only_python_knows_are_refused(constant: str) -> None:
    with pytest.raises(JsonError, match=r"Unexpected token '[NI]'"):
        json_parse(constant)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UNDEFINED, "undefined"),
        (None, "null"),
        (True, "true"),
        (1, "1"),
        ("a", "a"),
        ({"a": 1}, "[object Object]"),
        ([], ""),
        ([1, None, ["a", {}]], "1,,a,[object Object]"),
    ],
)
def test_every_value_has_a_text(value: object, text: str) -> None:
    assert to_string(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0.7, 0.7),
        ("0.7", 0.7),
        (1, 1.0),
        (" .5x", 0.5),
        ("1e-1", 0.1),
        ("-2", -2.0),
        ([0.5], 0.5),
        ("1.", 1.0),
    ],
)
def test_a_number_is_what_the_text_begins_with(value: object, number: float) -> None:
    assert parse_float(value) == number


@pytest.mark.parametrize("value", [UNDEFINED, None, True, "", "hot", {}, [], "٣"])
def test_what_begins_with_no_number_is_nan(value: object) -> None:
    assert math.isnan(parse_float(value))
