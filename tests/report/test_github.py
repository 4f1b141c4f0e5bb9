"""Workflow commands: one a finding, and no way to smuggle in another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.report.github import data, render_github, value
from tests.report.samples import CONTEXT, FINDINGS, HOSTILE

ANYTHING = st.text(st.characters(), max_size=40)


def test_each_severity_has_its_command():
    commands = [line.split(" ")[0] for line in render_github(FINDINGS, CONTEXT).splitlines()]
    assert commands == ["::error", "::warning", "::notice", "harness"]


def test_hostile_text_stays_inside_its_own_command():
    lines = render_github(HOSTILE, CONTEXT).splitlines()
    assert len(lines) == 2
    assert [line.startswith("::") for line in lines] == [True, False]


@given(ANYTHING)
def test_a_message_is_one_line(text):
    assert len(data(text).splitlines()) <= 1


@given(ANYTHING)
def test_a_property_ends_only_where_it_should(text):
    assert not set(value(text)) & set(":,\n\r")
