"""Tapes without a test are found, and tapes of others are left alone."""

from __future__ import annotations

import pytest

from harness.pytest_plugin.unused import unused_tapes

MODULE = """
def test_unmarked(): pass

@pytest.mark.harness("cassettes/test_chat/named.yaml")
def test_named(): pass

@pytest.mark.harness(nonsense=1)
def test_wrong(): pass
"""
VCR = """
interactions:
- request: {body: null, headers: {}, method: GET, uri: http://x/}
  response: {body: {string: ''}, headers: {}, status: {code: 200, message: OK}}
version: 1
"""


@pytest.fixture
def found(project):
    """The names of unused tapes, once tapes of these names are there."""

    def names(*tapes: str, in_part: bool = False) -> list[str]:
        project.tests(MODULE)
        for tape in tapes:
            project.tape(tape)
        items, _ = project.collected()
        modules = {item.path for item in items} if in_part else set()
        return [tape.stem for tape in unused_tapes(items, in_part=modules)]

    return names


def test_a_tape_without_a_test_is_unused(found):
    assert found("gone", "test_named", "also-gone") == ["also-gone", "gone"]


def test_the_own_tape_of_every_test_and_the_named_ones_are_used(found):
    assert found("test_unmarked", "named", "test_wrong") == []


def test_a_module_that_was_collected_in_part_is_passed_over(found):
    assert found("gone", in_part=True) == []


def test_tapes_of_other_recorders_and_broken_ones_are_left_alone(found, project):
    project.tape("vcrs").write_text(VCR)
    project.tape("broken").write_text("interactions: [")
    assert found() == []


def test_a_module_without_a_folder_has_no_unused_tapes(found):
    assert found() == []
