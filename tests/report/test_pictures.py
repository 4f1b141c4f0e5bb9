"""Pictures of streams: right, small, and readable without eyes or colours."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest

from harness.report.page import page
from harness.report.pictures import (
    MAX_ROWS,
    Curve,
    curve_of,
    event_table,
    gap_strip,
    points_table,
    staircase,
    state_path,
)
from harness.report.stream import rows_of
from tests.report.recordings import VITALENTUM, exchange, reply

ROWS = rows_of(exchange(reply("При", "вет", " 🙂")).response, VITALENTUM)
LONG = rows_of(exchange(reply(*["word "] * 5_000)).response, VITALENTUM)


def parsed(markup):
    """The markup as XML: what is made here is well formed."""
    return ET.fromstring(markup)


def test_a_curve_is_time_against_characters():
    assert curve_of(ROWS, name="live").points == ((10, 0), (20, 3), (30, 6), (40, 8), (50, 8), (60, 8))


def test_the_staircase_only_climbs_and_ends_with_the_last_character():
    (path,) = parsed(staircase([curve_of(ROWS, name="live")], caption="c")).iter("path")
    heights = [float(value) for value in re.findall(r"V([\d.]+)", path.get("d"))]
    assert heights == sorted(heights, reverse=True)
    assert len(heights) == len(ROWS.rows)


def test_live_and_replay_lie_over_each_other_and_differ_by_more_than_colour():
    curves = [curve_of(ROWS, name="live"), curve_of(ROWS, name="replay", kind="replay")]
    live, replay = parsed(staircase(curves, caption="c")).iter("path")
    assert live.get("d") == replay.get("d")
    assert (live.get("class"), replay.get("class")) == ("curve live", "curve replay")
    assert ".replay { stroke: var(--replay); stroke-dasharray" in page("t", "w", [])


def test_a_picture_says_in_words_what_it_shows():
    (svg,) = parsed(staircase([curve_of(ROWS, name="live")], caption="c")).iter("svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "Characters over time. live: 8 characters after 60.0 ms"


def test_a_gap_is_a_tick():
    (path,) = [
        each for each in parsed(gap_strip(ROWS, caption="c")).iter("path") if each.get("class") == "gaps"
    ]
    assert path.get("d").count("M") == len(ROWS.rows)


def test_a_stall_is_shaded_where_there_are_gaps_enough_to_tell():
    stalled = rows_of(exchange(reply(*["w"] * 200), stall_ms=500).response, VITALENTUM)
    assert len(list(parsed(gap_strip(stalled, caption="c")).iter("rect"))) == 1
    assert not list(parsed(gap_strip(ROWS, caption="c")).iter("rect"))


def test_the_path_is_a_row_of_badges():
    made = parsed(state_path(ROWS.path))
    assert [item.text for item in made] == ["role", "content ×3", "finish", "[DONE]"]


def test_of_a_long_stream_the_table_holds_the_ends_and_says_so():
    made = event_table(LONG)
    assert made.count("<tr>") == MAX_ROWS + 1
    assert f"{len(LONG.rows):,} events, {len(LONG.rows) - MAX_ROWS} in the middle not shown" in made


@pytest.mark.parametrize("count", [1_000, 20_000])
def test_pictures_and_table_stay_within_their_budget(count):
    rows = rows_of(exchange(reply(*["слово "] * count)).response, VITALENTUM)
    curve = curve_of(rows, name="live")
    page = (
        staircase([curve], caption="c")
        + points_table([curve])
        + gap_strip(rows, caption="c")
        + event_table(rows)
    )
    assert len(page.encode()) < 300_000


def test_a_stream_without_times_has_an_empty_picture_and_not_an_error():
    untimed = rows_of(exchange(reply("x"), timed=False).response, VITALENTUM)
    assert "no times recorded" in staircase([curve_of(untimed, name="live")], caption="c")
    assert gap_strip(untimed, caption="c")
    assert staircase([Curve("nothing", ())], caption="c")
