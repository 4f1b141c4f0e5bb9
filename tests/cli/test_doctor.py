"""What `harness doctor` says."""

from __future__ import annotations

import json

import pytest


def test_each_setting_is_shown_with_its_origin(cli, monkeypatch, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\npace = "2"\nbase-url = "http://127.0.0.1:1"\n')
    monkeypatch.setenv("HARNESS_PACE", "recorded")
    settings = json.loads(cli("doctor", "--format", "json").out)["settings"]
    assert settings["pace"] == {"value": "recorded", "origin": "environment", "where": "HARNESS_PACE"}
    assert settings["base_url"]["origin"] == "pyproject.toml"
    assert settings["cut"] == {"value": "recorded", "origin": "default", "where": ""}


def test_broken_settings_are_shown_and_not_died_of(cli, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\npase = "2"\n')
    ended = cli("doctor")
    assert ended.status == 2
    assert "did you mean 'pace'?" in ended.out


@pytest.mark.parametrize("command", ["explain", "show x.yaml"])
def test_other_commands_refuse_broken_settings(cli, tmp_path, command):
    (tmp_path / "pyproject.toml").write_text("[tool.harness\n")
    ended = cli(*command.split())
    assert (ended.status, "no TOML" in ended.err) == (2, True)


def test_it_names_its_limits(cli):
    assert "an event             16,777,216" in cli("doctor").out
    assert json.loads(cli("doctor", "--format", "json").out)["limits"]["a cassette file"] == 64 * 1024 * 1024


def test_it_names_version_and_upstreams(cli):
    out = cli("doctor").out
    assert out.startswith("harness 0.1.0 on Python 3.")
    assert "vitalentum" in out


def test_it_says_where_each_upstream_comes_from(cli, parrot):
    assert "  openai-chat          comes with harness" in cli("doctor").out
    upstreams = json.loads(cli("doctor", "--format", "json").out)["upstreams"]
    assert (upstreams["parrot"], upstreams["vitalentum"]) == (str(parrot), "comes with harness")


def test_an_upstream_that_is_wrong_is_shown_and_not_died_of(cli, parrot):
    (parrot / "profile.toml").write_text('name = "parrot"')
    ended = cli("doctor")
    assert (ended.status, str(parrot / "profile.toml") in ended.out, "Settings" in ended.out) == (
        2,
        True,
        True,
    )
    assert "  upstreams" in ended.out


def test_it_shows_severities_and_what_is_wrong_with_them(cli, tmp_path):
    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.harness.severity]\nframing-space = "off"\n')
    ended = cli("doctor")
    assert (ended.status, "framing-space=off" in ended.out) == (0, True)
    file.write_text('[tool.harness.severity]\nframing-spce = "off"\n')
    ended = cli("doctor")
    assert (ended.status, "did you mean 'framing-space'?" in ended.out) == (2, True)
