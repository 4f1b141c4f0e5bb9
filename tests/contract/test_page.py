"""The page in the docs shows every rule, as it is now."""

from pathlib import Path

from harness.contract.catalog import TABLE
from harness.contract.page import render_rules

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"


def test_every_rule_has_one_row() -> None:
    rows = [line for line in render_rules().splitlines() if line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(row.id for row in TABLE)
    assert all(row.count("|") == 7 for row in rows)


def test_the_page_in_the_docs_is_current() -> None:
    assert render_rules() in PAGE.read_text(encoding="utf-8")
