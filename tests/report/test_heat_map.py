"""The heat map: a table that shows and reads aloud."""

from __future__ import annotations

import pytest

from harness.drift.showing.days import Column, Days, Row
from harness.finding import Severity
from harness.report.heat_map import heat_map, span

BEFORE, NOW = Column(False, "2026-11-01", "2026-11-01", 3), Column(True, "2026-11-08", "2026-11-09", 1)
DAYS = Days(
    (BEFORE, NOW),
    (Row("$.usage", Severity.RISKY, (1.0, 0.0)), Row("$.id", None, (0.996, None))),
)


def test_each_cell_is_its_number_and_shaded_by_it():
    made = heat_map(DAYS)
    assert '<td class="h10">100</td><td class="h0 now lost">0</td>' in made
    assert '<td class="now">·</td>' in made


def test_nearly_all_is_not_shaded_as_all():
    assert '<td class="h9">100</td>' in heat_map(DAYS)


def test_rows_and_columns_have_heads_that_say_what_they_are():
    made = heat_map(DAYS)
    assert made.count('scope="row"') == 2
    assert ">before: 3 recordings</th>" in made
    assert ">now: 1 recording</th>" in made
    assert '<span class="badge risky">risky</span> <code>$.usage</code>' in made


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-11-01", "2026-11-01", "2026-11-01"),
        ("2026-11-01", "2026-11-03", "2026-11-01–03"),
        ("2026-10-30", "2026-11-02", "2026-10-30–11-02"),
        ("2025-12-30", "2026-01-02", "2025-12-30–2026-01-02"),
    ],
)
def test_several_days_are_told_by_the_first_and_the_last(first, last, words):
    assert span(Column(False, first, last, 1)) == words
