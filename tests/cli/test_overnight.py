"""The demo's drift: a stand-in that has changed, and what is found of it."""

from __future__ import annotations

import pytest

from harness.cli import overnight, rehearsal
from harness.finding import Layer


def told(report):
    """What was found but for times: those are the machine's, which may have other things to do."""
    return [finding for finding in report.findings if finding.layer is not Layer.TIMING]


@pytest.fixture
async def nights(tmp_path, monkeypatch):
    """Before the change, and after it."""
    monkeypatch.setattr(rehearsal, "SPEED", 50.0)
    (tmp_path / "overnight").mkdir()
    return await rehearsal.record(tmp_path), await overnight.record(tmp_path / "overnight")


async def test_each_change_is_found_and_nothing_else(nights, tmp_path):
    report, _ = overnight.drift(*nights, folder=tmp_path)
    assert {(each.rule, each.where) for each in told(report)} == {
        ("chunk-field-type-changed", "$.created"),
        ("chunk-field-word-new", "$.choices[*].finish_reason"),
        ("chunk-field-added", "$.service_tier"),
        ("comments-new", "comments"),
    }


async def test_tapes_are_named_as_the_reader_finds_them(nights, tmp_path):
    report, pictures = overnight.drift(*nights, folder=tmp_path)
    assert {finding.cassette for finding in told(report)} == {"overnight/english.yaml"}
    assert all(told.pair for told in pictures.told)


async def test_the_same_night_twice_is_no_drift(nights, tmp_path):
    before, _ = nights
    assert overnight.drift(before, before, folder=tmp_path)[0].findings == ()
