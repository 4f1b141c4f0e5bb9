"""What `harness explain` says."""

from __future__ import annotations

import json

import pytest

from harness.cli.explain import RULES


@pytest.mark.parametrize("code", RULES)
def test_every_rule_is_explained(cli, code):
    out = cli("explain", code).out
    assert out.startswith(f"{code}: ")
    assert RULES[code].help in out


def test_a_law_of_harness_fuzz_is_explained(cli):
    ended = cli("explain", "law-one-space")
    assert ended.out.startswith("law-one-space: breaking, layer framing")
    assert "One space after the colon" in ended.out
    assert cli("explain", "law-nix").status == 2


def test_without_a_code_the_rules_are_listed(cli):
    assert len(cli("explain").out.splitlines()) == len(RULES)


def test_a_wrong_code_is_answered_with_the_nearest(cli):
    ended = cli("explain", "terminal-mising")
    assert ended.status == 2
    assert "terminal-missing" in ended.err


def test_machines_get_json(cli):
    (rule,) = json.loads(cli("explain", "terminal-missing", "--format", "json").out)
    assert rule["id"] == "terminal-missing"


def test_a_rule_of_drift_is_explained(cli):
    ended = cli("explain", "chunk-field-removed")
    assert (ended.status, ended.out.split("\n")[0]) == (0, "chunk-field-removed: breaking, layer chunk")


def test_a_rule_of_drift_says_who_breaks_how_badly_and_where_that_was_seen(cli):
    out = cli("explain", "chunk-field-array-empty").out
    assert "who:  Code that takes the first item without asking." in out
    assert "for:  strict-typed breaking, sdk breaking, tolerant risky, wire breaking" in out
    assert "seen: https://github.com/pydantic/pydantic-ai/issues/164" in out
    assert "here:" not in out


def test_a_severity_of_the_settings_is_said(cli, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.harness.severity]\nframing-space = "off"\n')
    assert "here: off, by your settings" in cli("explain", "framing-space").out
    (rule,) = json.loads(cli("explain", "framing-space", "--format", "json").out)
    assert (rule["here"], rule["clients"]["wire"]) == ("off", "breaking")


def test_rules_that_are_not_of_drift_know_no_clients(cli):
    (rule,) = json.loads(cli("explain", "terminal-missing", "--format", "json").out)
    assert "clients" not in rule
