"""The demo's fuzzing."""

from __future__ import annotations

import sys

import msgspec
import pytest

from harness.cli import bout as bout_module
from harness.cli.bout import bout
from harness.finding import Report, Verdict


@pytest.fixture(scope="module")
def fought():
    return bout()


def test_our_parser_stands_and_the_naive_one_does_not(fought):
    assert fought.ours.findings == ()
    assert [finding.rule for finding in fought.naive.findings] == ["law-crlf"]
    assert fought.as_expected


def test_each_law_is_tried_a_few_times(fought):
    assert fought.laws < fought.examples < 1000


def test_every_demo_tells_the_same(fought):
    assert bout() == fought


def test_a_parser_that_breaks_is_no_success(fought):
    assert not msgspec.structs.replace(fought, ours=fought.naive).as_expected
    assert not msgspec.structs.replace(fought, naive=Report(Verdict.CLEAN)).as_expected


def test_without_hypothesis_there_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "harness.fuzz.laws", None)
    assert bout_module.bout() is None
