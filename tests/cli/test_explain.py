"""What `harness explain` says."""

from __future__ import annotations

import json

import pytest

from harness.cli.rulebook import entries

BY_ID = {entry.rule.id: entry.rule for entry in entries()}


@pytest.mark.parametrize("code", BY_ID)
def test_every_rule_is_explained(cli, code):
    out = cli("explain", code).out
    assert out.startswith(f"{code}: ")
    assert BY_ID[code].help in out


@pytest.mark.parametrize(
    ("code", "first", "words"),
    [
        ("law-one-space", "law-one-space: breaking, layer framing", "One space after the colon"),
        (
            "chunk-field-removed",
            "chunk-field-removed: breaking, layer chunk",
            "A field that was there is gone.",
        ),
        ("client-hung", "client-hung: breaking, layer transport", "The client does not come back."),
        ("schema-field-removed", "schema-field-removed: breaking, layer chunk", "is gone"),
    ],
)
def test_a_rule_of_each_command_is_explained(cli, code, first, words):
    ended = cli("explain", code)
    assert (ended.status, ended.out.split("\n")[0]) == (0, first)
    assert words in ended.out


def test_an_id_that_two_commands_use_is_explained_twice(cli):
    told = cli("explain", "model-changed").out
    assert "model-changed: risky, layer sequence, at $.model (harness validate)\n" in told
    assert "(harness drift)\n" in told


def test_without_a_code_every_rule_is_listed_with_its_command(cli):
    lines = cli("explain").out.splitlines()
    assert len(lines) == len(entries())
    for entry, line in zip(entries(), lines, strict=True):
        assert line.startswith(f"{entry.rule.id} ")
        assert f" {entry.command} " in line


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("terminal-mising", "terminal-missing"),
        ("client-hang", "client-hung"),
        ("stream-bufered", "stream-buffered"),
    ],
)
def test_a_wrong_code_is_answered_with_the_nearest(cli, code, near):
    ended = cli("explain", code)
    assert ended.status == 2
    assert near in ended.err


def test_machines_get_json(cli):
    (rule,) = json.loads(cli("explain", "terminal-missing", "--format", "json").out)
    assert (rule["id"], rule["command"]) == ("terminal-missing", "validate")


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
