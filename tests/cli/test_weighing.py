"""The options that say how findings weigh: what is said where, and what is told about the file."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from harness.cli import weighing
from harness.cli.weighing import Weighing, settled
from harness.disk.accepted import changing
from harness.drift.accept import accept
from harness.drift.change import Change
from harness.drift.judge import judge
from harness.finding import Acceptance

DAY = date(2026, 11, 26)
SPACE, TIER = Change("framing-space"), Change("chunk-field-added", "$.tier")


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The file, with both findings in it, on a settled day."""
    monkeypatch.setattr(weighing, "today", lambda: DAY)
    findings = judge([SPACE, TIER], summary={}).findings
    terms = Acceptance("agreed", "ann", DAY, DAY, DAY)
    with changing(tmp_path / "accepted.json") as change:
        change.entries = accept((), findings, [finding.fingerprint for finding in findings], terms)
    return Weighing("wire", {}, tmp_path / "accepted.json")


def test_a_report_is_weighed_and_settled(kept, capsys):
    made = settled(judge([SPACE, TIER], summary={}), kept, "vitalentum")
    assert (made.findings, [finding.severity for finding in made.accepted]) == ((), ["breaking", "benign"])
    assert capsys.readouterr().err == ""


def test_what_the_file_holds_in_vain_is_told(kept, capsys):
    settled(judge([SPACE], summary={}), kept, "vitalentum")
    assert "1 accepted finding not found any more; harness drift accept --prune" in capsys.readouterr().err


def test_a_rule_that_is_off_leaves_nothing_to_prune(kept, capsys):
    off = msgspec.structs.replace(kept, levels={"framing-space": "off"})
    settled(judge([SPACE, TIER], summary={}), off, "vitalentum")
    assert capsys.readouterr().err == ""


def test_nothing_is_told_to_be_gone_where_nothing_could_be_seen(kept, capsys):
    settled(judge([Change("could-not-look")], summary={}), kept, "vitalentum")
    assert capsys.readouterr().err == ""
