"""The table of differences: stable ids, mirrors, and words like those of the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from harness.contract import catalog
from harness.contract.inference.rules import MIRRORS, RULES, TABLE
from harness.contract.page import render_rules

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "schemas-from-recordings.md"


def test_no_id_is_given_twice_nor_taken_from_the_contract():
    assert len(RULES) == len(TABLE)
    assert not RULES.keys() & catalog.RULES.keys()


def test_every_rule_has_its_mirror():
    assert {*MIRRORS, *MIRRORS.values()} == RULES.keys()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)
def test_a_row_reads_like_the_others(row):
    assert re.fullmatch(r"schema(-[a-z]+)+", row.id)
    assert (row.what[0].isupper(), row.what[-1], row.why[-1]) == (True, ".", ".")
    assert row.help[0].islower()
    assert not row.help.endswith(".")


def test_the_page_in_the_docs_is_current():
    assert render_rules(TABLE) in PAGE.read_text(encoding="utf-8")
