"""A failure reads down to the last line of the project's own code."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from harness.pytest_plugin.failures import said_plainly, without_libraries
from harness.upstreams.registry import get_upstream

HERE = Path(__file__).parent


def fail() -> None:
    get_upstream("nobody")


def traced(root: Path) -> list[str]:
    with pytest.raises(ValueError) as caught:
        fail()
    return [frame.name for frame in traceback.extract_tb(without_libraries(caught.value.__traceback__, root))]


def test_an_error_of_ours_is_said_without_a_traceback():
    with pytest.raises(pytest.fail.Exception, match="nobody") as caught, said_plainly():
        fail()
    assert not caught.value.pytrace


def test_any_other_error_stays_as_it_is():
    with pytest.raises(ZeroDivisionError), said_plainly():
        raise ZeroDivisionError


def test_what_lies_below_the_own_code_is_left_out():
    assert traced(HERE)[-1] == "fail"


def test_this_package_is_no_own_code_even_where_it_lies_in_the_project():
    assert traced(HERE.parents[1])[-1] == "fail"


def test_a_traceback_without_own_code_stays_as_it_is():
    assert traced(HERE / "elsewhere")[-1] == "get_upstream"


def test_no_traceback_is_no_traceback():
    assert without_libraries(None, HERE) is None
