"""Counts and places in words."""

from __future__ import annotations

import msgspec
import pytest

from harness.finding import Finding, Layer, Severity
from harness.report.context import evidence, in_one_line, in_words, place, tally
from tests.report.samples import ADDED, FINDINGS, REMOVED, SLOWER


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ((), "no findings"),
        ((ADDED,), "1 finding (1 additive)"),
        ((ADDED, REMOVED, ADDED), "3 findings (1 breaking, 2 additive)"),
    ],
    ids=["none", "one", "three"],
)
def test_findings_are_counted_in_words(findings, words):
    assert in_words(findings) == words


def test_the_tally_begins_with_the_worst():
    assert list(tally(reversed(FINDINGS.findings))) == ["breaking", "risky", "additive"]


def test_a_place_tells_what_is_known():
    assert place(REMOVED) == "cassettes/vitalentum/hello.yaml, interaction 1, event 3"
    assert place(SLOWER) == ""


def test_evidence_speaks_only_of_what_there_is():
    assert evidence(REMOVED) == {"before": "40 of 40", "now": "0 of 12", "p": "deterministic"}
    assert evidence(SLOWER) == {"p": "0.0123", "needed": "4 more recordings would settle it"}


def test_a_finding_fits_one_line():
    finding = Finding(
        rule="r",
        severity=Severity.RISKY,
        layer=Layer.CHUNK,
        where="$",
        message="it broke",
        help="h",
        interaction=2,
        event=5,
    )
    assert in_one_line(finding) == "risky: r: it broke (exchange 2, event 5)"
    assert in_one_line(msgspec.structs.replace(finding, event=None)) == "risky: r: it broke (exchange 2)"
