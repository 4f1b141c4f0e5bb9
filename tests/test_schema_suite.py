"""The runner of the published suite counts what it should; the suite itself runs under `nox -s suite`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def suite(folder: Path, *, valid: bool) -> Path:
    """A suite of two tests, one of which needs a document that is said to be served."""
    tests, remotes = folder / "tests" / "draft2020-12", folder / "remotes" / "draft2020-12"
    tests.mkdir(parents=True)
    remotes.mkdir(parents=True)
    (remotes / "integer.json").write_text('{"type": "integer"}')
    group = {
        "description": "remote",
        "schema": {"$ref": "http://localhost:1234/draft2020-12/integer.json"},
        "tests": [
            {"description": "fits", "data": 1, "valid": valid},
            {"description": "does not", "data": "a", "valid": False},
        ],
    }
    (tests / "refRemote.json").write_text(json.dumps([group]))
    return folder


@pytest.mark.parametrize(("valid", "right"), [(True, 2), (False, 1)])
def test_it_counts_what_is_right_and_opens_no_socket(tmp_path: Path, valid: bool, right: int) -> None:
    words = [sys.executable, "-m", "tests.schema_suite", str(suite(tmp_path, valid=valid))]
    said = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for way in ("ours", "ours, explaining", "jsonschema"):
        assert f"{way}: {right} of 2\n" in said
    assert said.endswith("sockets: 0\n")


def test_a_folder_without_tests_is_no_success(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.schema_suite", str(tmp_path)]
    assert subprocess.run(words, cwd=ROOT, capture_output=True, check=False).returncode == 1
