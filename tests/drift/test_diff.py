"""Differences of diff, by the operators of `operators.py`."""

from __future__ import annotations

import pytest

from harness import compare
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS, bytes_, cases_of

CASES = cases_of("diff")


@pytest.mark.parametrize("name", CASES)
def test_each_operator_alone_alarms(name):
    operator = OPERATORS[name]
    report = compare(*operator.sides(1))
    found = [(finding.where, finding.severity) for finding in report.findings]
    assert (operator.where, operator.severity) in found
    assert len(report.findings) <= operator.most


without_end = bytes_(lambda body: body.replace(b"data: [DONE]\n\n", b""))


def some_without_end(seed, size, without):
    found = corpus(seed, size)
    return [without_end(each) for each in found[:without]] + found[without:]


@pytest.mark.parametrize(("now", "rules"), [(2, []), (8, []), (30, ["sentinel-missing"])])
def test_what_was_seldom_and_is_frequent_has_moved(now, rules):
    report = compare(some_without_end(1, 40, 2), some_without_end(501, 40, now))
    assert [finding.rule for finding in report.findings] == rules
