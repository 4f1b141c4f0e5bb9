"""`harness fuzz`: what it finds, keeps, tries again, and how it ends."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest

from harness.report import Format
from tests.cli.conftest import ROOT, start
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
    assert (ended.status, ended.out) == (0, "✓ clean: no findings; 9 laws; 45 examples\n")
    assert "seed 1" in ended.err
    assert "a second; 0 found" in ended.err


def test_a_bug_is_found_shrunk_and_kept(cli, tmp_path):
    ended = cli("fuzz", BUG, *QUICK, "--skip", "linear", "--format", "json")
    (finding,) = json.loads(ended.out)["findings"]
    assert (ended.status, finding["rule"], finding["where"]) == (1, "law-bom", "framing")
    assert (tmp_path / finding["cassette"]).exists()
    assert r"b'\xef\xbb\xbfdata: a\n\n'" in finding["message"]


@pytest.mark.parametrize("seconds", ["nan", "inf"])
def test_no_number_of_seconds_is_refused(cli, seconds):
    ended = cli("fuzz", "parser", "--seconds", seconds)
    assert ended.status == 2
    assert f"{seconds} is no number of seconds" in ended.err


def test_what_was_found_before_ctrl_c_is_told(cli, monkeypatch):
    from harness.fuzz import campaign as module

    whole = module.campaign

    def until_somebody_stops_it(*args, **options):
        for progress in whole(*args, **options):
            yield progress
            if progress.failures:
                raise KeyboardInterrupt

    monkeypatch.setattr(module, "campaign", until_somebody_stops_it)
    ended = cli("fuzz", BUG, *QUICK)
    assert ended.status == 130
    assert "law-bom" in ended.out
    assert "interrupted" in ended.err


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
        (("tests.cli.odd:later",), "tests.cli.odd:later is asynchronous."),
        (("tests.cli.odd:asynchronous",), "tests.cli.odd:asynchronous is asynchronous."),
        (("tests.cli.odd:an_object",), "tests.cli.odd:an_object is asynchronous."),
        (("odd.py:parse",), "odd.py is a file, and no module."),
        (("../odd:parse",), "../odd is a file, and no module."),
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


@pytest.mark.parametrize(
    ("name", "place", "now"),
    [
        ("gives_none", "result", "this one gave NoneType"),
        ("gives_one_text", "result", "this one gave str"),
        ("gives_bytes", "result", "this one gave bytes"),
        ("gives_odd_data", "result", "data of type bytes"),
        ("gives_a_coroutine", "result", "this one is asynchronous: coroutine"),
        ("raises_late", "ValueError in odd.py raises_late", "'a', then ValueError: late"),
        ("exits", "SystemExit in odd.py exits", "SystemExit: 0"),
        ("exits_hard", "SystemExit in aside.py ended", "os._exit(0)"),
        ("is_cancelled", "CancelledError in odd.py is_cancelled", "CancelledError"),
        ("cannot_say", "Mute in odd.py cannot_say", "Mute"),
        ("prints", "framing", "no event"),
        ("имя", "framing", "'ё'"),
    ],
)
def test_whatever_a_target_does_is_a_finding(cli, name, place, now):
    ended = cli("fuzz", f"tests.cli.odd:{name}", *QUICK, "--first", "--format", "json")
    (finding,) = json.loads(ended.out)["findings"]
    assert (ended.status, finding["rule"], finding["where"]) == (1, "law-plain", place)
    assert now in finding["evidence"]["now"]
    assert cli("fuzz", "--replay").err.startswith(("FAILED", "noise"))


def test_an_encoder_that_eats_its_messages_is_told(cli):
    ended = cli("fuzz", "tests.cli.odd:eats", "--as", "encoder", *QUICK)
    assert (ended.status, "law-untouched" in ended.out) == (1, True)


def test_a_case_that_cannot_be_written_is_told_all_the_same(cli, tmp_path):
    (tmp_path / "file").touch()
    ended = cli("fuzz", BUG, *QUICK, "--first", "--out", "file")
    assert (ended.status, "law-bom" in ended.out, "not kept: " in ended.err) == (1, True, True)


def test_a_folder_without_cases_says_so(cli, found, tmp_path):
    (tmp_path / "empty").mkdir()
    ended = cli("fuzz", "--replay", "--out", "empty")
    assert (ended.status, ended.err) == (2, "there is no case in empty\n")
    assert "there is no case in cassettes/found of parser" in cli("fuzz", "parser", "--replay").err


def test_damaged_cases_are_errors_and_the_others_are_tried(cli, found, tmp_path):
    (case,) = (tmp_path / "cassettes").rglob("*.yaml")
    text = case.read_text()
    (tmp_path / "exits.py").write_text("raise SystemExit(0)\n")
    damaged = {
        "cut": text[:200],
        "empty": "",
        "brace": "{{{",
        "law": text.replace("law=bom", "law=nix"),
        "gone": text.replace("bom_kept", "gone"),
        "exits": text.replace("tests.laws.planted.parsers%3Abom_kept", "exits%3Af"),
    }
    for name, content in damaged.items():
        (case.parent / f"{name}.yaml").write_text(content)
    ended = cli("fuzz", "--replay")
    assert ended.status == 2
    assert sorted(line.split()[0] for line in ended.err.splitlines()) == ["ERROR"] * 6 + ["FAILED"]


def test_two_campaigns_may_keep_what_they_find_in_one_folder(tmp_path):
    words = ("fuzz", BUG, *QUICK, "--first", "--out", str(tmp_path / "found"))
    both = [start(*words) for _ in range(2)]
    ends = [(process.wait(60), *process.communicate())[0] for process in both]
    assert ends == [1, 1]
    (kept,) = (tmp_path / "found").rglob("*.*aml")
    assert "law=bom" in kept.read_text()


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
