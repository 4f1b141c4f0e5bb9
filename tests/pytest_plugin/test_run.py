"""The section at the end of a run: the same for one process and for many, and for a reader of JUnit files."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

TWO = """
@pytest.mark.harness
def test_hello():
    assert ask_now()

@pytest.mark.harness(max_age=1, allow_stale=True)
def test_again():
    assert ask_now()
"""
STALE = "2023-01-01T00:00:00Z"


@pytest.fixture
def two(project):
    """A project with two tests and three tapes, of which one is too old and one unused."""
    project.tests(TWO)
    for name in ("test_hello", "test_again", "test_gone"):
        project.tape(name)
    old = project.path / "cassettes" / "test_chat" / "test_again.yaml"
    text = old.read_text()
    at = text.index("recorded_at: ")
    old.write_text(text.replace(text[at : text.index("\n", at)], f"recorded_at: '{STALE}'"))
    return project


SECTION = [
    "*= harness =*",
    "played    2 interactions from 2 cassettes",
    "stale     1 cassette past the age a test takes:",
    "          cassettes/test_chat/test_again.yaml",
    "unused    1 cassette that no test asks for:",
    "          cassettes/test_chat/test_gone.yaml",
]


def test_a_run_ends_with_what_was_played_stale_and_unused(two):
    result = two.run()
    assert result.ret == 0
    result.stdout.fnmatch_lines(SECTION, consecutive=True)


def test_a_run_in_many_processes_says_the_same(two):
    result = two.run_apart("-n", "2", plugins=("xdist",))
    assert result.ret == 0
    result.stdout.fnmatch_lines(SECTION, consecutive=True)


def test_many_processes_record_at_once(project):
    project.tests("""
        @pytest.mark.parametrize("n", range(8))
        @pytest.mark.harness("shared.yaml", mode="new_episodes")
        def test_hello(n, harness_standin, monkeypatch):
            monkeypatch.setattr(harness.Vitalentum, "url", harness_standin.url)
            assert ask_now(str(n))
    """)
    result = project.run_apart("-n", "2", plugins=("xdist",))
    result.stdout.fnmatch_lines(["recorded  8 interactions onto 1 cassette:", "          shared.yaml"])
    assert (project.path / "shared.yaml").read_text().count("uri:") == 8


def test_the_facts_stand_in_a_junit_file(two):
    two.run("--junitxml=out.xml")
    case = next(ET.parse(two.path / "out.xml").iter("testcase"))
    facts = {each.get("name"): each.get("value") for each in case.iter("property")}
    assert facts == {
        "harness_cassette": str(two.path / "cassettes" / "test_chat" / "test_hello.yaml"),
        "harness_played": "1",
    }


@pytest.mark.parametrize(
    ("ci", "ini", "status"),
    [
        ("", "", 0),
        ("true", "", 1),
        ("true", "harness_allow_unused = true", 0),
        ("", "harness_allow_unused = false", 1),
    ],
)
def test_unused_tapes_fail_a_run_in_ci_and_on_request(two, monkeypatch, ci, ini, status):
    monkeypatch.setenv("CI", ci)
    two.ini(ini)
    result = two.run()
    assert result.ret == status
    assert ("harness_allow_unused = true" in result.stdout.str()) is bool(status)


def test_an_unused_tape_fails_many_processes_too(two):
    two.ini("harness_allow_unused = false")
    assert two.run_apart("-n", "1", plugins=("xdist",)).ret == 1


@pytest.mark.parametrize(
    "arguments",
    [["test_chat.py::test_hello"], ["--lf", "-p", "cacheprovider"], ["--collect-only"]],
    ids=lambda each: each[0],
)
def test_a_run_of_part_of_a_module_knows_of_no_unused_tapes(two, arguments):
    assert "unused  " not in two.run(*arguments).stdout.str()


def test_the_tape_of_a_deselected_or_skipped_test_is_not_unused(two):
    two.tests(TWO + "\n@pytest.mark.skip\ndef test_gone():\n    pass")
    assert "unused  " not in two.run("-k", "hello").stdout.str()
    assert "unused  " not in two.run().stdout.str()
