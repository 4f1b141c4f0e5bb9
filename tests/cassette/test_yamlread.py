"""YAML of unknown origin: the values of PyYAML's safe loader, its dangers left out."""

import json
import sys
import time

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


def test_an_alias_repeats_a_collection_as_vcrpy_writes_it():
    assert read_yaml("a:\n- &id001\n  role: user\n- *id001\n") == {"a": [{"role": "user"}] * 2}


@pytest.mark.parametrize(
    "text",
    [
        "a: &b [1]\nc: &d [*b]\ne: *d\n",
        "a: &b x\nc: 1\ne: *b\n",
        "a: 1\nb: &c\n- *c\n",
        "a: &b [1]\nc: &b 2\nd: *b\n",
        "a: &b [1]\nc: &d [*b]\ne: [&d [2, *d]]\n",
    ],
    ids=["a nest", "a scalar", "itself", "a name that moved on", "itself under an old name"],
)
def test_an_alias_that_could_grow_is_refused_with_its_line(text):
    with pytest.raises(CassetteError, match="alias") as caught:
        read_yaml(text)
    assert caught.value.where == "line 3"


def test_aliases_stand_for_a_bounded_number_of_characters(monkeypatch):
    monkeypatch.setattr(yamlread, "MAX_REPEATED", 10)
    assert read_yaml("[&a [1, 2], *a]") == [[1, 2], [1, 2]]
    with pytest.raises(CassetteError, match="alias"):
        read_yaml("[&a [1, 2], *a, *a]")


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


@pytest.mark.parametrize("line_break", ["\n", "\r", "\x85", "\u2028"])
def test_a_flood_of_prefixes_is_refused_before_it_takes_quadratic_time(line_break):
    lines = [f"%TAG !a{number}! tag:x,{number}:" for number in range(80_000)]
    before = time.process_time()
    with pytest.raises(CassetteError, match="%TAG"):
        read_yaml(line_break.join([*lines, "--- x", ""]))
    assert time.process_time() - before < 2


def test_prefixes_in_a_text_are_no_directives():
    text = "\n".join([f"%TAG !a{number}! tag:x" for number in range(200)])
    assert read_yaml(json.dumps({"a": text})) == {"a": text}


def test_numbers_chosen_to_share_a_hash_are_no_keys():
    keys = ", ".join(f"{number * sys.hash_info.modulus}: x" for number in range(1, 80_000))
    before = time.process_time()
    with pytest.raises(CassetteError, match="huge number"):
        read_yaml("{" + keys + "}")
    assert time.process_time() - before < 2
    assert read_yaml(f"{sys.hash_info.modulus - 1}: x") == {sys.hash_info.modulus - 1: "x"}


def test_a_forbidden_character_is_told_with_its_line():
    with pytest.raises(CassetteError, match="forbids") as caught:
        read_yaml("a: П\nb: \x07\n".encode())
    assert caught.value.where == "line 2"
