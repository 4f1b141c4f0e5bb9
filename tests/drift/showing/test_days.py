"""Fields and days."""

from __future__ import annotations

import pytest

from harness.disk.comparison import compare
from harness.drift.showing.days import MOST_COLUMNS, UNDATED, days_of, shows_at
from harness.drift.showing.sheet import sheet_of
from tests.drift.operators import OPERATORS
from tests.report.recordings import VITALENTUM


def sides(name):
    return [[sheet_of(each, VITALENTUM) for each in side] for side in OPERATORS[name].sides(1)]


def dated(sheets, *days):
    return [(f"{days[place % len(days)]}T12:00:00Z", sheet) for place, sheet in enumerate(sheets)]


def table(name, first=("2026-11-01",), then=("2026-11-08",)):
    before, now = sides(name)
    findings = compare(*OPERATORS[name].sides(1)).findings
    return days_of(findings, dated(before, *first), dated(now, *then), VITALENTUM)


def test_a_field_that_goes_is_seen_to_go():
    days = table("text gone", then=("2026-11-09", "2026-11-08"))
    assert [(each.now, each.first, each.recordings) for each in days.columns] == [
        (False, "2026-11-01", 8),
        (True, "2026-11-08", 4),
        (True, "2026-11-09", 4),
    ]
    (row,) = [row for row in days.rows if row.where == "$.choices[*].delta.content"]
    assert (row.severity, row.shares) == ("breaking", (1.0, 0.0, 0.0))


def test_findings_come_first_and_the_main_fields_follow():
    rows = table("field new").rows
    assert [row.where for row in rows][:3] == [
        "$.service_tier",
        "$.choices[*].delta.role",
        "$.choices[*].delta.content",
    ]
    assert [row.severity for row in rows][1:] == [None] * (len(rows) - 1)


def test_a_field_of_some_recordings_has_its_share():
    (row,) = [row for row in table("sentinel missing now and then").rows if row.where == "sentinel"]
    assert row.shares == (1.0, 3 / 8)


def test_the_same_day_before_and_now_stays_apart():
    days = table("text gone", first=("2026-11-01",), then=("2026-11-01",))
    assert [each.now for each in days.columns] == [False, True]


def test_too_many_days_are_gathered():
    days = table("text gone", first=tuple(f"2026-10-{day:02}" for day in range(1, 9)))
    assert len(days.columns) == 9
    before, now = sides("text gone")
    many = days_of(
        [], dated(before * 4, *(f"2026-10-{day:02}" for day in range(1, 31))), dated(now, "x"), VITALENTUM
    )
    columns = [each for each in many.columns if not each.now]
    assert len(columns) == MOST_COLUMNS
    assert sum(each.recordings for each in columns) == 32
    assert columns[0].first < columns[0].last < columns[1].first


def test_what_has_no_date_comes_first():
    before, now = sides("text gone")
    days = days_of(
        [], [(None, before[0]), *dated(before[1:], "2026-11-01")], dated(now, "2026-11-08"), VITALENTUM
    )
    assert [each.first for each in days.columns][:2] == [UNDATED, "2026-11-01"]


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("comments", "comments"),
        ("event lines", "event"),
        ("header new", "header:x-region"),
        ("request field", "request:$.plan"),
        ("key sent", "request:header:authorization"),
        ("usage new", "usage-chunk"),
    ],
)
def test_any_place_that_can_be_there_or_not_has_a_row(name, where):
    (row,) = [row for row in table(name).rows if row.where == where]
    assert row.shares == (0.0, 1.0)


def test_an_error_shows_no_chunk_and_a_reply_no_error():
    reply, error = sides("refused 422")[0][0], sides("refused 422")[1][0]
    assert (shows_at("$.id")(reply), shows_at("$.id")(error)) == (True, None)
    assert (shows_at("error:$.error")(reply), shows_at("error:$.nothing")(error)) == (None, False)
    assert (shows_at("error:header:server")(reply), shows_at("header:server")(error)) == (None, None)


@pytest.mark.parametrize("where", ["status", "framing", "ttft", "chunk-sequence", "error:$"])
def test_what_is_always_there_has_no_row(where):
    assert shows_at(where) is None
