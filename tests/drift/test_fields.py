"""Differences of fields, by the operators of `operators.py`."""

from __future__ import annotations

import pytest

from harness import compare
from tests.drift.operators import OPERATORS, cases_of

CASES = cases_of("fields")


@pytest.mark.parametrize("name", CASES)
def test_each_operator_alone_alarms(name):
    operator = OPERATORS[name]
    report = compare(*operator.sides(1))
    found = [(finding.where, finding.severity) for finding in report.findings]
    assert (operator.where, operator.severity) in found
    assert len(report.findings) <= operator.most
