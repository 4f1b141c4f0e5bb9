"""The demo's page."""

from __future__ import annotations

from harness.report.demo_page import Shown, demo_page
from harness.report.stream import rows_of
from tests.report.recordings import VITALENTUM, exchange, reply
from tests.report.samples import FINDINGS

ROWS = rows_of(exchange(reply("При", "вет")).response, VITALENTUM)
SAME = {"text": True, "bytes": True, "cuts": True}


def test_each_conversation_is_shown_live_and_replayed():
    made = demo_page([Shown("russian", ROWS, ROWS, SAME)], FINDINGS, where="russian")
    assert made.count('class="curve live"') == made.count('class="curve replay"') == 1
    assert made.count("✓ the same") == 3


def test_a_difference_is_said_and_not_only_coloured():
    made = demo_page([Shown("russian", ROWS, ROWS, {**SAME, "cuts": False})], FINDINGS, where="russian")
    assert made.count("✗ different") == 1


def test_the_finding_on_the_broken_chunk_is_there():
    made = demo_page([Shown("russian", ROWS, ROWS, SAME)], FINDINGS, where="russian")
    assert "chunk-field-removed" in made
    assert "In a copy of 'russian'" in made


def test_only_all_the_same_agrees():
    assert Shown("x", ROWS, ROWS, SAME).agrees
    assert not Shown("x", ROWS, ROWS, {**SAME, "text": False}).agrees
