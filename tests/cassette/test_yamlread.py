"""YAML of unknown origin: the values of PyYAML's safe loader, its dangers left out."""

import pytest

from harness.cassette import yamlread
from harness.cassette.yamlread import MAX_DEPTH, line_of, read_yaml
from harness.errors import CassetteError


def test_depth_is_bounded():
    assert read_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(CassetteError, match=f"deeper than {MAX_DEPTH}"):
        read_yaml("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


def test_the_number_of_values_is_bounded(monkeypatch):
    monkeypatch.setattr(yamlread, "MAX_NODES", 4)
    assert read_yaml("[1, 2, 3]") == [1, 2, 3]
    with pytest.raises(CassetteError, match="more than 4 values"):
        read_yaml("[1, 2, 3, 4]")


def test_an_anchor_that_nobody_uses_is_harmless():
    assert read_yaml("a: &b [1]") == {"a": [1]}


def test_an_alias_is_refused_with_its_line():
    with pytest.raises(CassetteError, match="alias") as caught:
        read_yaml("a: &b [1]\nc: *b\n")
    assert caught.value.where == "line 2"


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("a",), 2),
        (("a", 0), 2),
        (("a", 1), 3),
        (("a", 1, "c"), 4),
        (("e",), 5),
        (("a", 1, "missing"), 3),
    ],
)
def test_a_place_has_a_line(place, line):
    text = "a:\n- x\n- b: y\n  c: z\ne: [1,\n 2]\n"
    assert line_of(text, place) == line


def test_text_that_is_no_yaml_has_no_lines_to_tell():
    assert line_of("[", ("a",)) is None
