"""Names of tapes: readable where they can be, different for different tests, fit for any file system."""

from __future__ import annotations

from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disk.paths import path_under
from harness.pytest_plugin.naming import LONGEST, module_name, tape_name

PARAMETERS = st.text(max_size=30) | st.sampled_from(
    ["a", "A", "a/b", "a-b", "..", "../..", "x" * 300, "con", "a-deadbeef"]
)


@pytest.mark.parametrize(
    ("classes", "function", "parameters", "name"),
    [
        ((), "test_hello", "", "test_hello"),
        (("TestChat",), "test_hello", "", "TestChat.test_hello"),
        (("TestChat", "TestInner"), "test_hello", "", "TestChat.TestInner.test_hello"),
        ((), "test_hello", "fast-1.5", "test_hello-fast-1.5"),
    ],
)
def test_a_plain_name_stays_readable(classes, function, parameters, name):
    assert tape_name(classes, function, parameters) == name


@pytest.mark.parametrize(
    "parameters",
    ["a/b", "../../etc/passwd", "Fast", "a b", "ä", "\\u0444", "x" * 300, "a-deadbeef", "\udc80", "con:"],
)
def test_what_had_to_be_changed_ends_in_a_hash(parameters, tmp_path):
    name = tape_name((), "test_hello", parameters)
    assert name.startswith("test_hello-")
    assert len(name) <= LONGEST
    assert path_under(tmp_path, name).parent == tmp_path


def test_names_that_differ_in_capitals_only_are_told_apart():
    plain, twin = tape_name((), "test_a"), tape_name((), "test_a", has_twin=True)
    assert plain != twin
    assert len({tape_name((), name, has_twin=True).lower() for name in ("test_A", "test_a")}) == 2


@given(PARAMETERS, PARAMETERS)
def test_different_parameters_never_share_a_name(one, other):
    names = {tape_name((), "test_x", each).lower() for each in (one, other)}
    assert len(names) == len({one, other})


@given(st.text(min_size=1, max_size=300))
def test_every_module_has_one_folder_of_its_own(stem):
    name = module_name(PurePath("tests") / f"{stem.replace('/', '-')}.py")
    assert path_under("cassettes", name).parent.name == "cassettes"
