"""The workflow: valid YAML, and scripts that do what they say. They are run here, with a `gh` that only listens."""

from __future__ import annotations

import math
import os
import re
import subprocess
import sys

import pytest
import yaml

from harness.cli.workflow import MARKER, WORKFLOW
from harness.disk.cassettes import load_cassette
from tests.cli.conftest import ROOT, serving
from tests.cli.test_probe import record

DOCUMENT = yaml.safe_load(WORKFLOW)
STEPS = DOCUMENT["jobs"]["drift"]["steps"]
SCRIPTS = {step["name"]: step for step in STEPS if "run" in step}
HARNESS = f"""#!/bin/sh
exec {sys.executable} -c 'from harness.cli import main; main()' "$@"
"""
GH = """#!/bin/sh
printf '%s ' "$@" | tr '\\n' ' ' >> "$GH_HEARD"
echo >> "$GH_HEARD"
case "$1 $2" in "issue list") printf '%s' "$ISSUE";; esac
"""


def test_it_runs_weekly_and_by_hand():
    when = DOCUMENT[True]  # `on` is a word for true in YAML 1.1; GitHub reads it as a key
    assert (len(when["schedule"]), "workflow_dispatch" in when) == (1, True)


def test_it_has_no_more_rights_than_it_needs():
    assert DOCUMENT["permissions"] == {"actions": "write", "contents": "read", "issues": "write"}


def test_no_expression_stands_in_a_script():
    assert not [name for name, step in SCRIPTS.items() if "${{" in step["run"]]


def test_the_key_is_known_to_one_step_alone():
    with_key = [name for name, step in SCRIPTS.items() if "secrets." in str(step.get("env", {}))]
    assert with_key == ["Ask again"]


def test_every_step_that_is_named_has_run():
    named = set(re.findall(r"steps\.(\w+)\.", WORKFLOW))
    assert named == {step["id"] for step in STEPS if "id" in step}


@pytest.fixture
def job(tmp_path):
    """A function: the scripts in their order against this upstream, and what came of them."""
    programs = {"harness": HARNESS, "gh": GH}
    (tmp_path / "bin").mkdir()
    for name, text in programs.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)

    def run(url, *, issue=""):
        environ = {
            "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "BASELINE": "cassettes",
            "HARNESS_BASE_URL": url,
            "HARNESS_HEADER": "",
            **{
                name: str(tmp_path / name.lower())
                for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GH_HEARD")
            },
            "GH_TOKEN": "t",
            "ISSUE": issue,
            "RUN": "https://github.example/run",
            "GITHUB_RUN_ID": "7",
        }
        ended = [step(SCRIPTS["Ask again"]["run"].replace("--live", "--live --rate 6000"), environ, tmp_path)]
        status = (tmp_path / "github_output").read_text().strip().removeprefix("status=")
        for script in list(SCRIPTS.values())[2:]:
            if holds(script["if"], status):
                ended.append(
                    step(script["run"].replace("sleep 60", "true"), {**environ, "STATUS": status}, tmp_path)
                )
        heard = tmp_path / "gh_heard"
        return status, ended, heard.read_text().splitlines() if heard.exists() else []

    return run


def step(script, environ, folder):
    return subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        env=environ,
        cwd=folder,
        capture_output=True,
        text=True,
    )


def holds(condition, status):
    """The conditions of this workflow are those of Python, but for two signs."""
    return eval(condition.replace("steps.ask.outputs.status", repr(status)).replace("||", "or"))


@pytest.fixture
async def baseline(tmp_path):
    """Recordings of the stand-in as it is."""
    (tmp_path / "cassettes").mkdir()
    await record(tmp_path / "cassettes", "reply", math.inf)


@pytest.mark.usefixtures("baseline")
@pytest.mark.parametrize(("issue", "done"), [("", "issue create"), ("12", "issue edit 12")])
def test_what_moved_is_told_everywhere(job, tmp_path, issue, done):
    with serving("standin", "--speed", "inf", "--mutate", "done-gone") as url:
        status, (shown, _, end), heard = job(url, issue=issue)
    assert (status, end.returncode) == ("1", 1)
    assert "sentinel" in (tmp_path / "github_step_summary").read_text()
    assert shown.stdout.startswith("::error file=answers/0001-question-0.yaml,line=")
    assert "sentinel-missing" in (tmp_path / "drift.html").read_text()
    assert [line.startswith(done) for line in heard] == [False, True]
    assert (tmp_path / "issue.md").read_text().startswith(f"{MARKER}\n<!-- fingerprints: bfe1fcfc677e")
    answers = [load_cassette(path) for path in (tmp_path / "answers").iterdir()]
    assert len(answers) in {4, 8}  # twice as many where a busy machine made the pace suspect


@pytest.mark.usefixtures("baseline")
@pytest.mark.parametrize(("issue", "done"), [("", []), ("12", ["issue close 12"])])
def test_what_did_not_move_closes_the_issue(job, issue, done):
    with serving("standin", "--speed", "inf") as url:
        status, ended, heard = job(url, issue=issue)
    assert (status, [each.returncode for each in ended]) == ("0", [0, 0])
    assert [line[: len("issue close 12")] for line in heard[1:]] == done


def test_a_line_that_is_wrong_ends_red(job, tmp_path):
    status, ended, heard = job("http://127.0.0.1:9")  # there is no baseline
    assert (status, [each.returncode for each in ended], heard) == ("2", [0, 2], [])


@pytest.mark.usefixtures("baseline")
def test_who_could_not_look_ends_grey_and_leaves_the_issue_alone(job, tmp_path):
    with serving("standin", "--speed", "inf", "--mutate", "rate-limited") as url:
        status, (_, end), heard = job(url, issue="12")
    assert (status, heard[0].strip(), len(heard)) == ("3", "run cancel 7", 1)
    assert end.stdout.startswith("::warning")
    assert "inconclusive" in (tmp_path / "github_step_summary").read_text()
