"""`harness init`: a starter that works, and never over anything that is there."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from harness.cli.workflow import WORKFLOW, WORKFLOW_FILE
from tests.cli.conftest import ROOT


def test_the_starter_test_passes_twice_the_second_time_without_a_server(cli, tmp_path):
    assert cli("init").status == 0
    line = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    for _ in range(2):
        ended = subprocess.run(line, cwd=tmp_path, env=environ, capture_output=True, text=True)
        assert "1 passed" in ended.stdout, ended.stdout + ended.stderr
    assert (tmp_path / "tests/cassettes/hello.yaml").exists()


def test_settings_are_added_to_a_pyproject_that_is_there(cli, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "mine"\n')
    cli("init")
    text = (tmp_path / "pyproject.toml").read_text()
    assert text.startswith('[project]\nname = "mine"\n\n[tool.harness]\n')
    assert cli("doctor").status == 0


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        (b'[project]\r\nname = "mine"\r\n', b"\r\n[tool.harness]\r\n"),
        (b'[project]\nname = "mine"', b"\n\n[tool.harness]\n"),
        (b"a = 1\n\n\n", b"\n[tool.harness]\n"),
    ],
)
def test_what_stands_in_a_pyproject_stays_byte_for_byte(cli, tmp_path, before, behind):
    (tmp_path / "pyproject.toml").write_bytes(before)
    assert cli("init").status == 0
    assert (tmp_path / "pyproject.toml").read_bytes().startswith(before + behind)
    assert "Left as it is: pyproject.toml" in cli("init").err


def test_a_second_time_changes_nothing(cli, tmp_path):
    cli("init")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ended = cli("init")
    assert ended.err.count("Left as it is") == 2
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_workflow_is_written_where_it_is_asked_for_and_never_over_another(cli, tmp_path):
    file = tmp_path / ".github/workflows/drift.yml"
    cli("init")
    assert not file.exists()
    cli("init", "--workflow")
    assert file.read_text() == WORKFLOW
    file.write_text("mine")
    assert f"Left as it is: {WORKFLOW_FILE}" in cli("init", "--workflow").err
    assert file.read_text() == "mine"
