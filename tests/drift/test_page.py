"""The page in the docs shows every rule, as it is now."""

from __future__ import annotations

from pathlib import Path

from harness.drift.page import render_rules
from harness.drift.rules import RULES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "drift.md"


def test_every_rule_has_one_row():
    rows = [line for line in render_rules().splitlines() if line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(RULES)
    assert all(row.count("|") == 6 for row in rows)


def test_the_page_in_the_docs_is_current():
    assert render_rules() in PAGE.read_text(encoding="utf-8")
