"""Text from outside is shown, not obeyed."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.visible import escaped_json, shortened, visible, visible_lines

ANYTHING = st.text(st.characters(), max_size=40)


@given(ANYTHING)
def test_whatever_comes_one_line_of_visible_characters_leaves(text):
    assert all(unicodedata.category(each) not in {"Cc", "Cs", "Zl", "Zp"} for each in visible(text))


@given(ANYTHING)
def test_only_line_feeds_and_tabs_are_left_where_lines_are_wanted(text):
    assert visible(visible_lines(text).replace("\n", "").replace("\t", "")) == visible_lines(text).replace(
        "\n", ""
    ).replace("\t", "")


@given(st.text(st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_in_any_script_is_left_alone(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\x9b1m", r"a\x9b1m"),
        ("exe.\u202egnp", r"exe.\u202egnp"),
        ("one\r\ntwo\t", r"one\r\ntwo\t"),
        ("half \ud83d", r"half \ud83d"),
    ],
    ids=["escape", "C1", "turned writing", "lines", "half a character"],
)
def test_what_cannot_be_seen_is_written_out(hidden, shown):
    assert visible(hidden) == shown


def test_a_family_emoji_stays_whole():
    assert visible("👨‍👩‍👧") == "👨‍👩‍👧"


@given(ANYTHING, st.integers(1, 60))
def test_a_shortened_text_fits_its_width(text, width):
    assert len(shortened(text, width)) <= width


def test_a_cut_is_marked():
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcdef", 4, mark="...") == "a..."
    assert shortened("abcd", 4) == "abcd"


@given(ANYTHING)
def test_escaping_a_json_document_does_not_change_its_value(text):
    assert json.loads(escaped_json(json.dumps(text, ensure_ascii=False))) == text
