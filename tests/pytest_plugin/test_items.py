"""What pytest knows of a test, in our words: its tape and its terms."""

from __future__ import annotations

import pytest

from harness.pytest_plugin.items import command, is_marked, own_tape, tape_folder, terms_of

MODULE = """
import unittest
import pytest

pytestmark = pytest.mark.harness(mode="once", pace=2.0)
TEST_PLAIN = "a constant is no test"

def test_plain(): pass
def test_A(): pass
def test_a(): pass

@pytest.mark.parametrize("x", ["one", "../up", "Two"])
def test_many(x): pass

@pytest.mark.harness("near.yaml", cut="byte")
class TestChat:
    @pytest.mark.harness(cut="event", max_age="90d")
    def test_terms(self): pass

    class TestInner:
        def test_inner(self): pass

class TestCase(unittest.TestCase):
    def test_case(self): pass
"""


@pytest.fixture
def items(project) -> dict[str, pytest.Item]:
    """The tests of the module above, by their names."""
    project.tests(MODULE, module="test_one")
    found, _ = project.collected("--harness-cut=whole")
    return {item.name: item for item in found}


def names(items: dict[str, pytest.Item]) -> dict[str, str]:
    return {name: own_tape(item).name for name, item in items.items()}


def test_tapes_are_called_by_class_test_and_parameters(items):
    called = names(items)
    assert called["test_plain"] == "test_plain.yaml"
    assert called["test_many[one]"] == "test_many-one.yaml"
    assert called["test_inner"] == "TestChat.TestInner.test_inner.yaml"
    assert called["test_case"] == "TestCase.test_case.yaml"


def test_no_two_tests_share_a_tape_even_without_capitals(items):
    assert len({name.lower() for name in names(items).values()}) == len(items)


def test_a_tape_lies_beside_its_module_and_nowhere_else(items, project):
    folder = project.path / "cassettes" / "test_one"
    assert {own_tape(item).parent for item in items.values()} == {folder}
    assert tape_folder(items["test_plain"]) == folder


def test_the_nearer_marker_and_the_flag_win(items, project):
    terms = terms_of(items["test_terms"])
    assert (terms.tape, terms.mode, terms.pace, terms.max_age) == (
        project.path / "near.yaml",
        "once",
        2.0,
        "90d",
    )
    assert terms.cut == "whole"


def test_a_test_may_have_its_marker_from_its_module(items):
    assert all(map(is_marked, items.values()))


def test_the_command_runs_the_test_alone(items):
    assert (
        command(items["test_many[../up]"], "once")
        == "pytest 'test_one.py::test_many[../up]' --harness-mode=once"
    )
