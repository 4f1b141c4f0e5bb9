"""The exit statuses are the published ones."""

from __future__ import annotations

from harness import errors
from harness.cli.status import MEANING, Status


def test_the_numbers_are_the_contracts():
    assert {status.value for status in Status} - {70} == {0, 1, 2, 3, 4, 5, 130}


def test_every_status_has_its_words():
    assert set(MEANING) == set(Status)


def test_every_error_of_the_house_ends_in_one_of_them():
    kinds = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.HarnessError)
    ]
    assert {kind.exit_status for kind in kinds} <= set(Status)
