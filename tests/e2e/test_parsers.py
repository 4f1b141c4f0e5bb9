"""Other people's parsers under `harness fuzz`: they break the laws that the docs say, and no others."""

from __future__ import annotations

import pytest

import harness
from harness.disk.found import load_target
from harness.fuzz.campaign import Budget, campaign
from harness.fuzz.laws import laws_for
from tests.cli.conftest import ROOT

pytestmark = pytest.mark.e2e

FOUND = ROOT / "cassettes" / "found"
CASES = harness.found_cases(FOUND)
TARGETS = sorted({case.target for case in CASES})


def test_four_parsers_are_shown():
    assert len(TARGETS) == 4


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_kept_case_still_breaks_its_law(case):
    with pytest.raises(AssertionError):
        harness.replay_found(case)


@pytest.mark.parametrize("target", TARGETS)
def test_a_search_finds_the_laws_that_are_kept(target):
    loaded = load_target(target)
    *_, last = campaign(loaded, laws_for(loaded), Budget(clock=lambda: 0.0, examples=200), seed=2)
    kept = {case.law.name for case in CASES if case.target == target}
    assert {failure.law.name for failure in last.failures} == kept
