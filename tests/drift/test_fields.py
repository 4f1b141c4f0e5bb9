"""Differences of fields, by the operators of `operators.py`."""

from __future__ import annotations

import pytest

from tests.drift.findings import found_alone
from tests.drift.operators import OPERATORS, cases_of

CASES = cases_of("fields")


@pytest.mark.parametrize("name", CASES)
def test_each_operator_alone_alarms(name):
    operator, found = OPERATORS[name], found_alone(name)
    assert (operator.where, operator.severity) in found
    assert len(found) <= operator.most
