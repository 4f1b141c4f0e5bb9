"""The demo's page."""

from __future__ import annotations

from harness.report.demo_page import Shown, broken_section, demo_page, drift_part, fuzz_section
from harness.report.stream import rows_of
from tests.report.recordings import VITALENTUM, exchange, reply
from tests.report.samples import FINDINGS, REMOVED
from tests.report.test_drift_page import shown

ROWS = rows_of(exchange(reply("При", "вет")).response, VITALENTUM)
SAME = {"text": True, "bytes": True, "cuts": True}


def test_each_conversation_is_shown_live_and_replayed():
    made = demo_page([Shown("russian", ROWS, ROWS, SAME)], [])
    assert made.count('class="curve live"') == made.count('class="curve replay"') == 1
    assert made.count("✓ the same") == 3


def test_a_difference_is_said_and_not_only_coloured():
    made = demo_page([Shown("russian", ROWS, ROWS, {**SAME, "cuts": False})], [])
    assert made.count("✗ different") == 1


def test_the_finding_on_the_broken_chunk_is_there():
    made = demo_page([Shown("russian", ROWS, ROWS, SAME)], [broken_section(FINDINGS, where="russian")])
    assert "chunk-field-removed" in made
    assert "In a copy of 'russian'" in made


def test_what_fuzzing_broke_is_there():
    made = demo_page([], [fuzz_section(FINDINGS, words="10 streams against 2 laws: all kept")])
    assert "10 streams against 2 laws: all kept. A naive one broke" in made
    assert made.count("<tr>") == 2 + len(FINDINGS.findings), (
        "and the head of the conversations, of which there are none"
    )


def test_the_drift_is_told_as_its_own_page_tells_it():
    made = demo_page([], drift_part(FINDINGS, shown(REMOVED), told="a field is gone"))
    assert "The stand-in changed: a field is gone." in made
    assert made.count('class="pair"') == 1
    assert made.count('class="heat"') == 1


def test_only_all_the_same_agrees():
    assert Shown("x", ROWS, ROWS, SAME).agrees
    assert not Shown("x", ROWS, ROWS, {**SAME, "text": False}).agrees
