"""Ages are read, and a tape is as old as its oldest interaction."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from harness import Interaction, Request, Response, StreamRecord
from harness.cassette.model import End
from harness.errors import UsageError
from harness.pytest_plugin.aging import parse_age, recorded_at


def interaction(moment: str | None) -> Interaction:
    return Interaction(
        Request("GET", "http://x/"),
        Response(200, "OK", (), b"", StreamRecord((), End.COMPLETE, 0.0, recorded_at=moment)),
    )


@pytest.mark.parametrize(
    ("age", "span"),
    [
        ("12h", timedelta(hours=12)),
        ("90d", timedelta(days=90)),
        ("8w", timedelta(weeks=8)),
        (30, timedelta(days=30)),
        (" 7 ", timedelta(days=7)),
    ],
)
def test_an_age_is_hours_days_or_weeks(age, span):
    assert parse_age(age) == span


@pytest.mark.parametrize("age", ["soon", "-1d", "1.5d", "9y", "", True, "999999d"])
def test_anything_else_is_refused_with_examples(age):
    with pytest.raises(UsageError, match="12h, 90d, 8w"):
        parse_age(age)


def test_a_tape_is_as_old_as_its_oldest_interaction():
    tape = [interaction("2026-11-22T12:00:00Z"), interaction(None), interaction("2026-01-02T12:00:00+02:00")]
    assert recorded_at(tape) == datetime(2026, 1, 2, 10, tzinfo=UTC)


def test_a_tape_that_does_not_say_has_no_age():
    assert (
        recorded_at([interaction(None), Interaction(Request("GET", "http://x/"), Response(200, "OK"))])
        is None
    )


@pytest.mark.parametrize(
    ("moment", "second"),
    [("2016-12-31T23:59:60Z", 59), ("2016-12-31T23:59:07", 7), ("yesterday", None), ("", None)],
    ids=["a leap second", "no time zone", "no moment", "nothing"],
)
def test_a_moment_that_is_odd_is_read_as_far_as_it_is_one(moment, second):
    found = recorded_at([interaction(moment)])
    assert found == (second and datetime(2016, 12, 31, 23, 59, second, tzinfo=UTC))
