"""Who moved?"""

from __future__ import annotations

import pytest

from harness import compare
from harness.drift.movers import told_apart
from harness.finding import Finding, Layer, Report, Severity, Verdict
from tests.drift.corpus import corpus
from tests.drift.operators import each, swap

PLACE = "$.a"
FOUND = Finding(rule="r", severity=Severity.RISKY, layer=Layer.CHUNK, where=PLACE, message="m", help="h")


@pytest.mark.parametrize(
    ("before", "now", "mover"),
    [
        (set(), {PLACE}, "upstream"),
        ({PLACE}, set(), "baseline"),
        ({PLACE}, {PLACE}, "schema"),
        (set(), {"$.b"}, "within"),
    ],
)
def test_the_schema_says_who(before, now, mover):
    (found,) = told_apart(Report(Verdict.DRIFT, (FOUND,)), before, now).findings
    assert found.evidence.moved == mover
    assert found.fingerprint == FOUND.fingerprint


def test_an_upstream_that_leaves_its_schema_and_one_that_comes_back():
    right, wrong = corpus(1, 5), [swap(b'"created":1', b'"created":"x",  "c":1')(one) for one in corpus(2, 5)]
    left = {found.where: found.evidence.moved for found in compare(right, wrong).findings}
    back = {found.where: found.evidence.moved for found in compare(wrong, right).findings}
    assert (left["$.created"], back["$.created"]) == ("upstream", "baseline")


def test_a_change_within_the_schema():
    newer = [each(lambda n, chunk, size: chunk.update(model="gpt-4"))(one) for one in corpus(2, 5)]
    (found,) = compare(corpus(1, 5), newer).findings
    assert (found.where, found.evidence.moved) == ("$.model", "within")
