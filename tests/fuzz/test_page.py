"""The pages name each law, and each rule for clients, once."""

from __future__ import annotations

from pathlib import Path

from harness.fuzz.judge import CLIENT_RULES
from harness.fuzz.laws import LAWS
from harness.fuzz.page import render_client_rules, render_laws

FINDINGS = Path(__file__).parents[2] / "docs" / "reference" / "findings.md"


def test_every_law_has_its_row():
    rows = [line for line in render_laws().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(map(len, LAWS.values()))
    assert all(row.count("|") == 4 for row in rows)


def test_every_rule_for_clients_has_its_row():
    rows = [line for line in render_client_rules().splitlines() if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == list(CLIENT_RULES)
    assert all(row.count("|") == 7 for row in rows)


def test_the_rules_for_clients_in_the_docs_are_current():
    assert render_client_rules() in FINDINGS.read_text(encoding="utf-8")
