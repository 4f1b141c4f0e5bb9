"""Cassette files: read, written, found."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
import yaml
from vcr.serializers import yamlserializer

import harness
from harness.cassette.digest import digest_matches
from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.disk.cassettes import find_cassettes, load_cassette, save_cassette
from harness.errors import CassetteError, SecretError, UsageError
from tests.cassette.hostile import CASES, HARMLESS, content
from tests.cassette.samples import tape

MOST_S = 5.0
"""What a hostile file may take on a busy machine; the slowest takes 0.8 s on an idle one."""

KEY = "sk-proj-" + "a1B2c3D4" * 6


def without_digests(cassette: Cassette) -> Cassette:
    def bare(item: Interaction) -> Interaction:
        stream = item.response.stream and msgspec.structs.replace(item.response.stream, digest=None)
        return Interaction(item.request, msgspec.structs.replace(item.response, stream=stream))

    return Cassette(tuple(map(bare, cassette.interactions)))


@pytest.mark.parametrize("name", ["a.yaml", "a.yml", "a.json", "deep/er/a.yaml"])
def test_what_was_saved_loads_again(tmp_path, name):
    save_cassette(tape("a", "b"), tmp_path / name)
    loaded = load_cassette(tmp_path / name)
    assert without_digests(loaded) == tape("a", "b")
    assert all(map(digest_matches, loaded.interactions))


def test_the_public_names_are_these(tmp_path):
    harness.save_cassette(tape(), str(tmp_path / "a.yaml"))
    assert isinstance(harness.load_cassette(str(tmp_path / "a.yaml")), harness.Cassette)


def test_a_file_is_private_readable_yaml(tmp_path):
    save_cassette(tape(), tmp_path / "a.yaml")
    text = (tmp_path / "a.yaml").read_text(encoding="utf-8")
    assert 'data: {"choices":[{"index":0,"delta":{"content":"Привет 🙂"}}]}\n' in text
    assert stat.S_IMODE((tmp_path / "a.yaml").stat().st_mode) == 0o600
    assert yaml.load(text, Loader=yamlserializer._CassetteLoader)["version"] == 1


def test_a_json_name_makes_a_json_file(tmp_path):
    save_cassette(tape(), tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["version"] == 1


def test_saving_removes_secrets_first(tmp_path):
    request = Request("POST", "http://h/?key=abc", (("X-Key", KEY),), json.dumps({"t": KEY}).encode())
    response = Response(200, "OK", (("Set-Cookie", "a=b"),), f'data: {{"t": "{KEY}"}}\n\n'.encode())
    save_cassette(Cassette((Interaction(request, response),)), tmp_path / "a.yaml")
    text = (tmp_path / "a.yaml").read_text(encoding="utf-8")
    assert "a1B2c3D4" not in text
    assert "REDACTED" in text


def test_a_secret_that_is_left_is_refused_and_the_old_file_stands(tmp_path, monkeypatch):
    path = tmp_path / "a.yaml"
    save_cassette(tape(), path)
    before = path.read_bytes()
    monkeypatch.setattr("harness.cassette.redact.Redactor.interaction", lambda _self, item: item)
    leaky = Cassette((Interaction(Request("GET", f"http://h/{KEY}"), Response(200, "OK")),))
    with pytest.raises(SecretError) as caught:
        save_cassette(leaky, path)
    assert "openai-project-key at interactions[0].request.uri" in caught.value.found
    assert "a1B2" not in str(caught.value)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["a.yaml"]  # noqa: PTH208


def test_what_is_no_cassette_is_not_overwritten(tmp_path):
    path = tmp_path / "notes.yaml"
    path.write_text("- my notes\n", encoding="utf-8")
    with pytest.raises(CassetteError):
        save_cassette(tape(), path)
    assert path.read_text(encoding="utf-8") == "- my notes\n"


def test_an_empty_file_is_nothing_to_lose(tmp_path):
    path = tmp_path / "a.yaml"
    path.touch()
    save_cassette(tape(), path)
    assert len(load_cassette(path).interactions) == 1


def test_a_body_that_json_cannot_hold_leaves_the_old_file(tmp_path):
    path = tmp_path / "a.json"
    save_cassette(tape(), path)
    with pytest.raises(CassetteError, match="JSON cannot hold bytes"):
        save_cassette(Cassette((Interaction(Request("GET", "/"), Response(200, "OK", (), b"\xff")),)), path)
    assert len(load_cassette(path).interactions) == 1


@pytest.mark.parametrize("case", CASES[::10], ids=lambda case: case["name"])  # all: test_format.py
def test_a_hostile_file_is_refused_by_name(tmp_path, case):
    path = tmp_path / "tape.yaml"
    path.write_bytes(content(case))
    with pytest.raises(CassetteError) as caught:
        load_cassette(path)
    assert str(path) in str(caught.value)
    assert caught.value.exit_status == 4


@pytest.mark.parametrize("case", HARMLESS, ids=lambda case: case["name"])
def test_an_odd_file_is_read_and_what_was_read_can_be_written(tmp_path, case):
    path = tmp_path / "tape.yaml"
    path.write_bytes(content(case))
    loaded = load_cassette(path)
    assert len(loaded.interactions) == case["holds"]
    save_cassette(loaded, tmp_path / "again.yaml")
    assert len(load_cassette(tmp_path / "again.yaml").interactions) == case["holds"]


def test_reading_hostile_files_opens_nothing_else_runs_nothing_and_takes_no_time(tmp_path):
    folder = tmp_path / "tapes"
    folder.mkdir()
    cases = {f"{number:03}.yaml": case for number, case in enumerate(CASES + HARMLESS)}
    for name, case in cases.items():
        (folder / name).write_bytes(content(case))
    run = subprocess.run(
        [sys.executable, "-m", "tests.disk.watched", str(folder)],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode()
    told = json.loads(run.stdout)
    assert told.keys() == cases.keys()
    for name, (ended, seconds, events) in told.items():
        case = cases[name]
        allowed = {f"open {str(folder / name)!r} 'r'", f"os.listdir {str(folder)!r}"}
        assert ended == str(case.get("holds", "refused")), case["name"]
        assert set(events) <= allowed, case["name"]
        assert seconds < MOST_S, case["name"]
        assert (folder / name).read_bytes() == content(case)
    assert sorted(path.name for path in folder.iterdir()) == sorted(cases)


def test_there_are_hostile_files_of_many_kinds():
    everything = [content(case) for case in CASES + HARMLESS]
    assert len(set(everything)) == len(everything) >= 285


def test_a_missing_file_is_told_how_to_be_made(tmp_path):
    with pytest.raises(CassetteError, match="no cassette here") as caught:
        load_cassette(tmp_path / "a.yaml")
    assert "harness record" in caught.value.help
    assert load_cassette(tmp_path / "a.yaml", missing_ok=True) == Cassette()


def test_a_folder_is_no_cassette(tmp_path):
    with pytest.raises(CassetteError, match="cannot be read") as caught:
        load_cassette(tmp_path)
    assert "directory" in caught.value.found


def test_cassettes_of_a_folder_are_found_in_order(tmp_path):
    for name in ("b.yaml", "a.json", "c/d.yml", "x.txt", ".hidden.yaml", "a.yaml.0123abcd.journal"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert find_cassettes(tmp_path) == [tmp_path / "a.json", tmp_path / "b.yaml", tmp_path / "c" / "d.yml"]
    assert find_cassettes(tmp_path / "x.txt") == [tmp_path / "x.txt"]


def test_a_temporary_file_of_a_killed_writer_is_never_read(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "replace", lambda *_: pytest.fail("killed here"))
    monkeypatch.setattr(Path, "unlink", lambda *_, **__: None)
    with pytest.raises(pytest.fail.Exception):
        save_cassette(tape(), tmp_path / "t.yaml")
    monkeypatch.undo()
    (left,) = tmp_path.iterdir()
    assert re.fullmatch(r"\.[0-9a-f]{16}\.tmp", left.name)
    assert find_cassettes(tmp_path) == []
    with pytest.raises(CassetteError, match="no cassette here"):
        load_cassette(tmp_path / "t.yaml")
    save_cassette(tape(), tmp_path / "t.yaml")
    assert find_cassettes(tmp_path) == [tmp_path / "t.yaml"]
    assert left.exists()


def test_nothing_at_a_path_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        find_cassettes(tmp_path / "missing")
