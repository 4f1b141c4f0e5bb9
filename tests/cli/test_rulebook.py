"""The rulebook holds every table, and each rule once for each command."""

from __future__ import annotations

import sys

import pytest

from harness.cli.rulebook import entries, entries_for
from harness.contract import catalog
from harness.contract.inference import rules as differences
from harness.drift.rules import RULES as DRIFT
from harness.fuzz.judge import CLIENT_RULES
from harness.fuzz.laws import LAWS

TABLES = {
    "validate": {*catalog.RULES},
    "schema diff": {*differences.RULES},
    "drift": {*DRIFT},
    "fuzz": {law.rule for laws in LAWS.values() for law in laws.values()},
    "fuzz client": {*CLIENT_RULES},
}


@pytest.mark.parametrize("command", TABLES)
def test_a_command_has_all_its_rules(command):
    found = [entry.rule.id for entry in entries() if entry.command == command]
    assert set(found) == TABLES[command]
    assert len(found) == len(set(found))


def test_a_rule_is_found_by_its_id_in_every_table_that_has_it():
    for entry in entries():
        assert entry in entries_for(entry.rule.id)
    assert [entry.command for entry in entries_for("role-missing")] == ["validate", "drift"]
    assert entries_for("law-nix") == []


def test_without_hypothesis_the_other_rules_are_there(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("harness.fuzz")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    assert {entry.command for entry in entries()} == {"validate", "schema diff", "drift"}
    assert entries_for("client-hung") == []
