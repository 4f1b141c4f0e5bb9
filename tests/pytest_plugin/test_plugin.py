"""The plugin as pytest sees it: found by its entry point, cheap to load, known by its own prefix only."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

import pytest

from harness.upstreams.registry import upstream_names
from tests.disk.parrot import write_parrot
from tests.pytest_plugin.conftest import ROOT

LOADED = """
import sys
import _pytest.config, _pytest.junitxml, _pytest.pytester, _pytest.python, _pytest.terminal
before = set(sys.modules)
import harness.pytest_plugin
print(*sorted(set(sys.modules) - before))
"""


def test_pytest_finds_the_plugin_by_its_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"harness": "harness.pytest_plugin"}


def test_loading_it_loads_next_to_nothing_else():
    ran = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name for name in ran.stdout.split() if not name.startswith("harness.pytest_plugin")} <= {
        "_blake2",
        "_hashlib",
        "difflib",
        "harness",
        "harness.errors",
        "hashlib",
    }


def test_a_run_without_a_marked_test_loads_nothing_heavy(project):
    project.tests("def test_hello():\n    pass")
    project.tests(
        """
        import sys

        def pytest_unconfigure():
            print("heavy:", {"aiohttp", "msgspec", "yaml"} & set(sys.modules))
        """,
        module="conftest",
    )
    project.run_apart().stdout.fnmatch_lines(["*1 passed*", "heavy: set()"])


def test_every_flag_key_and_fixture_has_our_prefix(project):
    lines = project.run("--help").stdout.str().partition("stream-harness")[2]
    flags = set(re.findall(r"^  (--[\w-]+)", lines.partition("\n\n")[0], re.MULTILINE))
    assert flags == {"--harness-mode", "--harness-pace", "--harness-cut", "--harness-live"}
    fixtures = re.findall(r"^(\w+) -- .*pytest_plugin", project.run("--fixtures").stdout.str(), re.MULTILINE)
    ours = {"harness_base_url", "harness_cassette", "harness_proxy", "harness_server", "harness_standin"}
    assert set(fixtures) == ours
    assert "@pytest.mark.harness(cassette, *, mode" in project.run("--markers").stdout.str()


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--harness-mode=twice", "invalid choice: 'twice'"),
        ("--harness-pace=fast", "'fast' is no pace"),
        ("--harness-cut=random", "'random' is no cut"),
    ],
)
def test_a_flag_that_means_nothing_is_refused_before_any_test(project, flag, said):
    project.tests("def test_hello():\n    pass")
    result = project.run(flag)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()


@pytest.mark.parametrize("flag", ["--harness-cut=byte", "--harness-pace=2.5", "--harness-mode=new_episodes"])
def test_a_flag_that_means_something_is_taken(project, flag):
    project.tests("@pytest.mark.harness\ndef test_hello():\n    assert ask_now()")
    project.tape("test_hello")
    project.run(flag, "--strict-markers", "--strict-config").assert_outcomes(passed=1)


def test_keys_of_the_ini_file_count_for_every_test(project):
    project.ini("""
        harness_pace = recorded
        harness_cut = random:7
        harness_upstream = vitalentum
        harness_max_age = 1d
        harness_allow_stale = true
        harness_allow_unplayed = true
        harness_allow_nothing = true
    """)
    project.tests("@pytest.mark.harness\ndef test_hello():\n    pass")
    project.tape("test_hello")
    project.run("--strict-config").assert_outcomes(passed=1)


def test_a_run_knows_the_upstreams_of_its_project_wherever_a_test_stands(project):
    write_parrot(project.path / "parrot")
    (project.path / "pyproject.toml").write_text('[tool.harness]\nupstreams = ["parrot"]\n')
    project.tests(
        """
        def test_it(tmp_path, monkeypatch):
            monkeypatch.chdir(tmp_path)
            assert harness.get_upstream("parrot").title == "Parrot"
        """
    )
    project.run().assert_outcomes(passed=1)
    assert "parrot" not in upstream_names()


def test_an_upstream_that_is_wrong_ends_the_run_with_a_word(project, monkeypatch):
    monkeypatch.setenv("HARNESS_UPSTREAMS", "nowhere")
    project.tests("def test_it():\n    pass")
    ran = project.run_apart()
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["*The file of an upstream cannot be read*"])
