"""Drift: what moved between two sets of recordings of one upstream, and how bad that is.

Recordings become summaries (`shape`), two summaries become differences (`diff`), differences become findings
(`judge`) by a table of rules (`rules`). Pure: no clock, no file, no network.
"""

from __future__ import annotations

from harness.drift.compare import compare, compare_summaries
from harness.drift.shape import EMPTY, Summary, merge
from harness.drift.summarise import summarise

__all__ = ["EMPTY", "Summary", "compare", "compare_summaries", "merge", "summarise"]
