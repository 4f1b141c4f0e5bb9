"""The profiles keep their word, also where `CI` is set and hypothesis has a profile of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LOADED = """
import json, runpy, sys
from hypothesis import HealthCheck, settings

runpy.run_path(sys.argv[1])
names = ("ci", "dev", "nightly")
profiles = {name: settings.get_profile(name) for name in names}
print(json.dumps({
    "loaded": settings.get_current_profile_name(),
    "alike": [name for name in names if profiles[name].derandomize],
    "forgetful": [name for name in names if profiles[name].database is None],
    "hasty": [name for name in names if profiles[name].deadline],
    "impatient": [name for name in names if HealthCheck.too_slow not in profiles[name].suppress_health_check],
    "examples": [profiles[name].max_examples for name in names],
    "kept": str(profiles["dev"].database),
}))
"""


def told(**variables: str) -> dict[str, object]:
    """What the profiles are in a process with these variables."""
    clean = {name: value for name, value in os.environ.items() if name not in {"CI", "HYPOTHESIS_PROFILE"}}
    command = [sys.executable, "-c", LOADED, ROOT / "tests" / "conftest.py"]
    return json.loads(
        subprocess.run(command, cwd=ROOT, env=clean | variables, capture_output=True, check=True).stdout
    )


@pytest.mark.parametrize("variables", [{}, {"CI": "true"}], ids=["at a desk", "in CI"])
def test_ci_says_the_same_thing_twice_and_the_others_look_anew_and_remember(variables):
    profiles = told(**variables)
    assert profiles["loaded"] == "ci"
    assert profiles["alike"] == profiles["forgetful"] == ["ci"]
    assert profiles["examples"] == [50, 100, 3000]
    assert profiles["hasty"] == profiles["impatient"] == []  # a busy machine is no counter-example
    assert str(ROOT / ".cache" / "hypothesis") in profiles["kept"]


def test_the_variable_names_the_profile():
    assert told(HYPOTHESIS_PROFILE="nightly", CI="true")["loaded"] == "nightly"


def test_what_was_found_is_not_in_git():
    ignored = subprocess.run(
        ["git", "check-ignore", "-q", ".cache/hypothesis/examples"], cwd=ROOT, check=False
    )
    assert ignored.returncode in (0, 128)  # 128: a copy without its repository
