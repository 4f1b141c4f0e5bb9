"""The page of `harness drift`."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from harness.drift.showing.days import Column, Days, Row
from harness.finding import Acceptance, Evidence, Report, Verdict
from harness.report.context import MOVERS
from harness.report.drift_page import MOST, DriftShown, Told, drift_page, sureness
from tests.report.samples import CLEAN, FINDINGS, HOSTILE, REMOVED
from tests.report.test_side_by_side import NEW, OLD, Pair

DAYS = Days((Column(False, "2026-11-01", "2026-11-01", 3),), (Row("$.usage", None, (1.0,)),))
NONE = Days((), ())


def shown(*findings, days=DAYS, **more):
    pair = Pair(OLD, NEW)
    return DriftShown(tuple(Told(each, pair, "old.yaml", "new.yaml") for each in findings), days, **more)


def test_each_finding_has_its_evidence_its_streams_and_what_to_do():
    said = msgspec.structs.replace(REMOVED.evidence, moved="upstream")
    page = drift_page(FINDINGS, shown(msgspec.structs.replace(REMOVED, evidence=said)))
    assert page.count('class="pair"') == 1
    for words in (
        "40 of 40",
        "0 of 12",
        "deterministic",
        MOVERS["upstream"],
        REMOVED.help,
        REMOVED.fingerprint,
    ):
        assert words in page


def test_the_heat_map_says_what_was_left_out():
    assert " 7 more recordings were not looked through." in drift_page(FINDINGS, shown(left_out=7))
    assert 'class="heat"' not in drift_page(FINDINGS, shown(days=NONE))


def test_a_clean_comparison_says_so():
    assert "Nothing moved." in drift_page(CLEAN, shown(days=NONE))


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_its_words(verdict):
    assert f"harness drift: {verdict}" in drift_page(Report(verdict), shown())


def test_hostile_words_make_no_element():
    page = drift_page(HOSTILE, shown(*HOSTILE.findings))
    assert page.count("<script>") == 1
    assert "<img" not in page


def test_more_findings_than_anyone_reads_are_counted():
    many = [msgspec.structs.replace(REMOVED, where=f"$.f{number}") for number in range(MOST + 3)]
    page = drift_page(Report(Verdict.DRIFT, tuple(many)), shown(*many))
    assert page.count('class="pair"') == MOST
    assert "<h2>3 more</h2>" in page


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (Evidence(), "deterministic: no chance is involved"),
        (Evidence(p=0.002, needed=0), "p = 0.002: so likely is this without any change"),
        (
            Evidence(p=0.2, needed=1),
            "p = 0.2: so likely is this without any change; 1 more recording would settle it",
        ),
    ],
)
def test_how_sure_it_is(evidence, words):
    assert sureness(msgspec.structs.replace(REMOVED, evidence=evidence)) == words


def test_accepted_findings_are_listed_with_their_terms_and_not_told_in_full():
    day = date(2026, 11, 26)
    terms = Acceptance("a new model", "ann", accepted=day, expires=day, first_seen=day)
    accepted = msgspec.structs.replace(REMOVED, accepted=terms)
    page = drift_page(Report(Verdict.CLEAN, accepted=(accepted,)), shown())
    assert "<h2>Accepted</h2>" in page
    assert "by ann until 2026-11-26" in page
    assert page.count('class="pair"') == 0
