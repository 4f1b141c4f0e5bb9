"""Where a finding of drift can be seen: a recording of before with the old way, one of now with the new one. Pure.

A recording becomes a sheet of lines (`sheet`); what a sheet says at the place of a finding are signs (`signs`); the
first sign that only one side shows makes the pair (`pair`). `days` counts who shows what on which day. Knows places
(`where`), and of rules only whether they speak of values, so that a new rule needs nothing here.
"""

from __future__ import annotations

from harness.drift.showing.pair import Excerpt, Pair, pair_for
from harness.drift.showing.sheet import Sheet, sheet_of

__all__ = ["Excerpt", "Pair", "Sheet", "pair_for", "sheet_of"]
