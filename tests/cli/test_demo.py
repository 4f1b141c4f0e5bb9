"""`harness demo`: the whole story, from recording to the finding."""

from __future__ import annotations

import contextlib
import io
import re
import sys

import msgspec
import pytest

from harness.cli import rehearsal, run


@pytest.fixture(scope="module", autouse=True)
def _in_a_hurry():
    """A stand-in twenty times as fast as life; the demo itself is content with two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rehearsal, "SPEED", 20.0)
        patch.delenv("NOX_CURRENT_SESSION", raising=False)
        yield


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """One run of the demo, for several looks at it."""
    folder = tmp_path_factory.mktemp("demo")
    out = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out):
        status = run(["demo", "--keep", "tapes"])
    return status, out.getvalue(), folder


def test_all_agrees_and_the_broken_chunk_is_found(told):
    status, out, _ = told
    assert status == 0
    assert out.count("text the same, bytes the same, cuts the same") == len(rehearsal.TALKS)
    assert "chunk-field-missing" in out


def test_a_naive_parser_is_broken_and_ours_is_not(told):
    _, out, _ = told
    assert re.search(r"(✓|ok) fuzzed .* keeps them all", out)
    assert "law-crlf" in out


def test_the_drift_of_a_night_is_found(told):
    _, out, folder = told
    for rule in ("chunk-field-type-changed", "chunk-field-word-new", "chunk-field-added", "comments-new"):
        assert rule in out
    page = (folder / "demo-report.html").read_text()
    assert page.count('class="pair"') >= 4  # a busy machine may be slower as well
    assert page.count('class="heat"') == 1


def test_without_hypothesis_the_rest_is_shown_all_the_same(cli, monkeypatch):
    monkeypatch.setitem(sys.modules, "harness.fuzz.laws", None)
    ended = cli("demo")
    assert (ended.status, "- not fuzzed  pip install" in ended.out) == (0, True)


def test_it_says_what_to_look_at_next(told):
    _, out, folder = told
    assert f"Report: {folder / 'demo-report.html'}" in out
    assert "harness show tapes/russian.yaml" in out


def test_inside_nox_the_next_steps_name_a_program_that_the_readers_shell_finds(cli, monkeypatch, tmp_path):
    monkeypatch.setenv("NOX_CURRENT_SESSION", "demo")
    monkeypatch.setattr("sys.argv", [str(tmp_path / ".nox" / "demo" / "bin" / "harness"), "demo"])
    assert "\n  .nox/demo/bin/harness demo --keep tapes\n" in cli("demo").out


def test_the_report_is_one_small_file_that_names_no_address(told):
    page = (told[2] / "demo-report.html").read_text()
    assert len(page) < 300_000
    assert not re.search(r"""(src|href|action)=|url\(|@import""", page)
    assert page.count("<svg") == 2 * len(rehearsal.TALKS)


def test_the_cassettes_are_kept_where_asked(told):
    for folder in ("tapes", "tapes/overnight"):
        names = sorted(path.stem for path in (told[2] / folder).glob("*.yaml"))
        assert names == ["english", "russian", "scripts"]


def test_a_report_that_cannot_be_written_spoils_nothing(cli):
    ended = cli("demo", "--output", "no/such/folder/report.html")
    assert ended.status == 0
    assert "could not be written" in ended.err
    assert "chunk-field-missing" in ended.out


def test_a_replay_that_differs_is_not_called_the_same(cli, monkeypatch):
    real = rehearsal.compare
    monkeypatch.setattr(rehearsal, "compare", lambda live, played: _with_another_text(real(live, played)))
    ended = cli("demo")
    assert ended.status == 1
    assert "✗ replayed" in ended.out
    assert "text DIFFERENT" in ended.out


def _with_another_text(shown):
    return msgspec.structs.replace(shown, same={**shown.same, "text": False})
