"""Settings: file below environment, and wrong ones refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.disk.settings import (
    KNOWN,
    Origin,
    Setting,
    accepted_file,
    find_file,
    read_settings,
    settings_in_file,
    severities,
    variable,
)
from harness.errors import UsageError


def write(folder, text):
    file = folder / "pyproject.toml"
    file.write_text(text)
    return file


def test_without_a_file_everything_is_default(tmp_path):
    settings = read_settings(tmp_path, {})
    assert settings.keys() == KNOWN.keys()
    assert {setting.origin for setting in settings.values()} == {Origin.DEFAULT}


def test_the_environment_wins_over_the_file(tmp_path):
    file = write(tmp_path, '[tool.harness]\npace = "2"\ncut = "byte"\n')
    settings = read_settings(tmp_path, {"HARNESS_PACE": "instant"})
    assert settings["pace"] == Setting("instant", Origin.ENVIRONMENT, "HARNESS_PACE")
    assert settings["cut"] == Setting("byte", Origin.FILE, str(file))


def test_the_nearest_file_above_counts(tmp_path):
    file = write(tmp_path, "[tool.harness]\nport = 8080\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert find_file(below) == file
    assert settings_in_file(below) == {"port": 8080}


def test_a_name_may_have_hyphens(tmp_path):
    write(tmp_path, '[tool.harness]\nbase-url = "http://127.0.0.1:1"\n')
    assert settings_in_file(tmp_path) == {"base_url": "http://127.0.0.1:1"}


def test_a_file_of_others_says_nothing(tmp_path):
    write(tmp_path, '[project]\nname = "x"\n')
    assert settings_in_file(tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.harness]\npase = 1\n", "did you mean 'pace'?"),
        ("[tool.harness]\npace = [1]\n", "no text and no whole number"),
        ("[tool.harness]\npace = true\n", "no text and no whole number"),
        ("[tool]\nharness = 1\n", "no table"),
        ("[tool.harness]\nseverity = 'off'\n", "no table of texts"),
        ("[tool.harness.severity]\nframing-space = 1\n", "no table of texts"),
        ("[tool.harness\n", "no TOML"),
    ],
    ids=["unknown", "a list", "a boolean", "no table", "no severities", "a number", "no TOML"],
)
def test_wrong_settings_are_refused_with_the_place(tmp_path, text, said):
    file = write(tmp_path, text)
    with pytest.raises(UsageError) as refused:
        settings_in_file(tmp_path)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_variable_is_the_name_in_capitals():
    assert variable("base_url") == "HARNESS_BASE_URL"


def test_severities_are_a_table_and_the_strongest_word_on_a_rule_counts(tmp_path):
    write(tmp_path, '[tool.harness.severity]\na-b = "off"\nc = "risky"\nd = "benign"\n')
    found = severities(tmp_path, {"HARNESS_SEVERITY": "c=additive, d=risky"}, ["d=breaking"])
    assert found == {"a-b": "off", "c": "additive", "d": "breaking"}
    assert read_settings(tmp_path, {})["severity"].value == ("a-b=off", "c=risky", "d=benign")
    assert severities(tmp_path / "elsewhere", {}) == {"a-b": "off", "c": "risky", "d": "benign"}


def test_a_severity_without_its_rule_is_refused(tmp_path):
    with pytest.raises(UsageError, match="gives no severity"):
        severities(tmp_path, {}, ["framing-space"])


def test_the_file_of_accepted_findings_lies_beside_the_settings(tmp_path):
    below = tmp_path / "a"
    below.mkdir()
    assert accepted_file(below, {}).name == "harness-accepted.json"
    write(tmp_path, '[tool.harness]\naccepted = "drift/known.json"\n')
    assert accepted_file(below, {}) == tmp_path / "drift" / "known.json"
    assert accepted_file(below, {"HARNESS_ACCEPTED": "env.json"}) == below / "env.json"
    assert accepted_file(below, {"HARNESS_ACCEPTED": "env.json"}, Path("flag.json")) == below / "flag.json"
