"""Markdown tables that hostile text cannot leave."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from harness.report.markdown import cell, render_markdown
from tests.report.samples import CONTEXT, HOSTILE


@given(st.text(st.characters(), max_size=40))
def test_a_cell_never_ends_early_and_holds_no_tag(text):
    shown = cell(text)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(\\\\)*[|`@]", shown)
    assert not set(shown) & set("<>")


def test_a_hostile_finding_is_still_one_row():
    assert len(render_markdown(HOSTILE, CONTEXT).splitlines()) == 7
