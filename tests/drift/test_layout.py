"""Documents taken apart."""

from __future__ import annotations

import pytest

from harness.drift.layout import join, layout_of, take_apart


def parts(document):
    scalars = []
    return take_apart(document, scalars, 0), scalars


def test_documents_of_one_shape_share_a_layout():
    one, _ = parts({"a": 1, "b": ["x", "y"]})
    other, _ = parts({"a": 9, "b": ["", "z"]})
    assert one == other
    assert layout_of(one) is layout_of(other)


@pytest.mark.parametrize(
    "change", [{"a": 1.0}, {"a": True}, {"a": None}, {"c": 1}, {"b": ["x"]}, {"b": ["x", 1]}]
)
def test_another_type_field_or_length_is_another_shape(change):
    assert parts({"a": 1, "b": ["x", "y"]} | change)[0] != parts({"a": 1, "b": ["x", "y"]})[0]


def test_scalars_come_in_the_order_of_their_places():
    shape, scalars = parts({"a": [1, None, {"b": "x"}], "c": False})
    places = [path for path, _ in layout_of(shape).scalars]
    assert list(zip(places, scalars, strict=True)) == [("$.a[*]", 1), ("$.a[*].b", "x"), ("$.c", False)]


def test_a_total_may_be_the_sum_of_two_numbers_beside_it():
    shape, scalars = parts({"usage": {"prompt": 1, "completion": 2, "total": 3}, "n": 9})
    (found,) = layout_of(shape).sums
    assert (found.path, found.parts) == ("$.usage.total", "prompt + completion")
    assert scalars[found.one] + scalars[found.other] == scalars[found.total]


def test_names_that_are_no_words_are_quoted():
    assert join("$", "a-b") == "$.a-b"
    assert join("$", "a b") == "$['a b']"
