"""`harness fuzz`: what it finds, keeps, tries again, and how it ends."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest

from harness.report import Format
from tests.cli.conftest import ROOT
from tests.disk.test_guided import needs_atheris

BUG = "tests.laws.planted.parsers:bom_kept"
QUICK = ("--examples", "5", "--seed", "1")


@pytest.fixture
def found(cli, tmp_path):
    """The folder after one bug was found."""
    assert cli("fuzz", BUG, *QUICK, "--first").status == 1
    return tmp_path


def test_our_own_encoder_is_clean(cli):
    ended = cli("fuzz", "encoder", *QUICK)
    assert (ended.status, ended.out) == (0, "✓ clean: no findings; 8 laws; 40 examples\n")
    assert "seed 1" in ended.err
    assert "a second; 0 found" in ended.err


def test_a_bug_is_found_shrunk_and_kept(cli, tmp_path):
    ended = cli("fuzz", BUG, *QUICK, "--skip", "linear", "--format", "json")
    (finding,) = json.loads(ended.out)["findings"]
    assert (ended.status, finding["rule"], finding["where"]) == (1, "law-bom", "framing")
    assert (tmp_path / finding["cassette"]).exists()
    assert r"b'\xef\xbb\xbfdata: a\n\n'" in finding["message"]


def test_the_summary_tells_rate_edges_and_groups(cli):
    ended = cli("fuzz", BUG, *QUICK, "--skip", "linear", "--format", "json")
    summary = json.loads(ended.out)["summary"]
    assert summary["rate"] > 0
    assert 0 < summary["edges"]["walked"] < summary["edges"]["of"]
    (group,) = summary["groups"]
    assert (group["rule"], group["where"], group["times"] > 0) == ("law-bom", "framing", True)
    assert "found  law-bom  framing\n" in ended.err


@pytest.mark.parametrize("format", Format)
def test_every_format_tells_it(cli, format):
    assert "law-bom" in cli("fuzz", BUG, *QUICK, "--first", "--format", format).out


def test_an_encoder_of_one_s_own_is_named_as_one(cli):
    ended = cli(
        "fuzz", "tests.laws.planted.encoders:text_trimmed", "--as", "encoder", *QUICK[2:], "--examples", "30"
    )
    assert ended.status == 1
    assert "law-text" in ended.out


def test_what_hangs_is_found_and_ends_the_search(cli, monkeypatch):
    monkeypatch.setattr("harness.disk.found.PATIENCE", 0.2)
    ended = cli("fuzz", "tests.laws.planted.parsers:hangs", "--seed", "1", "--examples", "20")
    assert (ended.status, "law-hang" in ended.out) == (1, True)


def test_a_law_can_be_skipped(cli):
    assert cli("fuzz", BUG, *QUICK, "--skip", "bom", "--skip", "standard", "--skip", "linear").status == 0


def test_a_kept_case_fails_until_it_is_fixed(cli, found, tmp_path):
    again = cli("fuzz", "--replay")
    assert again.status == 1
    assert again.err.startswith("FAILED  cassettes/found/")
    (case,) = (tmp_path / "cassettes").rglob("*.yaml")
    case.write_text(case.read_text().replace("bom_kept", "right"))
    fixed = cli("fuzz", "--replay", "--out", case)
    assert (fixed.status, fixed.err.split()[0]) == (0, "FIXED")


def test_the_cases_of_one_target_are_tried_by_its_name(cli, found):
    assert "FAILED" in cli("fuzz", BUG, "--replay").err
    assert cli("fuzz", "parser", "--replay").status == 2


def test_a_case_that_cannot_be_tried_is_an_error(cli, found, tmp_path):
    (case,) = (tmp_path / "cassettes").rglob("*.yaml")
    case.write_text(case.read_text().replace("planted", "planned"))
    ended = cli("fuzz", "--replay")
    assert (ended.status, ended.err.split()[0]) == (2, "ERROR")
    assert "There is no module" in ended.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "There is no target."),
        (("client",), "There is no client."),
        (("nix",), "There is no target 'nix'."),
        (("nix:f",), "There is no module 'nix'."),
        (("parser", "--skip", "nix"), "There is no law 'nix'."),
        (("parser", "--as", "decoder"), "is not one of"),
        (("parser", "--engine", "afl"), "is not one of hypothesis, atheris"),
        (("client", "--engine", "atheris"), "A client is not tried by atheris."),
        (("--replay",), "There is no such file or folder."),
    ],
)
def test_wrong_usage_ends_in_status_2(cli, words, said):
    ended = cli("fuzz", *words)
    assert (ended.status, said in ended.err) == (2, True)


def test_without_atheris_it_says_what_to_install(cli, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    ended = cli("fuzz", "parser", "--engine", "atheris")
    assert (ended.status, "pip install 'stream-harness[atheris]'" in ended.err) == (2, True)


@needs_atheris
@pytest.mark.slow
def test_atheris_finds_shrinks_and_keeps_as_hypothesis_does(cli, tmp_path):
    ended = cli("fuzz", BUG, "--engine", "atheris", "--seed", "1", "--examples", "200", "--skip", "linear")
    assert (ended.status, "law-bom" in ended.out) == (1, True)
    assert r"b'\xef\xbb\xbfdata: a\n\n'" in ended.out
    assert cli("fuzz", BUG, "--replay").err.startswith("FAILED")


def test_the_seconds_are_kept(cli):
    ended = cli("fuzz", "encoder", "--seconds", "0.5")
    assert ended.status == 0
    assert "seed" in ended.err


def test_without_hypothesis_it_says_what_to_install(tmp_path):
    hidden = "import sys; sys.modules['hypothesis'] = None; from harness.cli import run; "
    hidden += "sys.exit(run(['fuzz', 'parser']))"
    ended = subprocess.run(
        [sys.executable, "-c", hidden],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
    )
    assert (ended.returncode, "pip install 'stream-harness[fuzz]'" in ended.stderr) == (2, True)
