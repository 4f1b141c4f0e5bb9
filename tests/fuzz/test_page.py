"""The page of the laws names each of them once."""

from __future__ import annotations

from harness.fuzz.laws import LAWS
from harness.fuzz.page import render_laws


def test_every_law_has_its_row():
    rows = [line for line in render_laws().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(map(len, LAWS.values()))
    assert all(row.count("|") == 4 for row in rows)
