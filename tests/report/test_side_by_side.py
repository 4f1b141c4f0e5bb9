"""Excerpts beside each other."""

from __future__ import annotations

from harness.drift.showing.pair import Excerpt, Pair, Shown
from harness.drift.showing.sheet import Part
from harness.report.side_by_side import NOT_THERE, side_by_side
from tests.report.samples import HOSTILE_TEXT

OLD = Excerpt(0, Part.EVENTS, 3, (Shown("data: {}", 3, 12.0, marked=True, parts=("data: ", "{}", "")),))
NEW = Excerpt(0, Part.EVENTS, None, (Shown("data: 1", 3), Shown(HOSTILE_TEXT)))


def made(before=OLD, now=NEW):
    return side_by_side(Pair(before, now), before="old.yaml", now="new.yaml")


def test_a_marked_line_says_so_in_words():
    assert '<div class="line differs">' in made()
    assert "differs: </span>data: <mark>{}</mark>" in made()


def test_a_line_that_only_answers_says_so():
    answer = Excerpt(0, Part.EVENTS, 3, OLD.lines, own=False)
    assert "compare: " in made(now=answer)


def test_the_number_and_the_time_stand_beside_it():
    assert '<span class="at"><b>3</b> 12 ms</span>' in made()


def test_a_side_without_the_thing_says_so():
    assert made().count(NOT_THERE) == 1
    assert NOT_THERE not in made(now=OLD)


def test_hostile_lines_are_text():
    assert "<img" not in made()
    assert "\x1b" not in made()
