"""The form for terminals."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harness.finding import Report, Verdict
from harness.report.text import render_text
from tests.report.samples import CLEAN, CONTEXT, FINDINGS, REMOVED


def test_without_colour_there_is_no_escape_sequence():
    assert "\x1b" not in render_text(FINDINGS, CONTEXT)


def test_colour_marks_the_sign_and_nothing_is_said_by_colour_alone():
    colored = render_text(FINDINGS, msgspec.structs.replace(CONTEXT, color=True))
    assert colored.startswith("\x1b[31m✗\x1b[0m breaking")


def test_a_screen_without_signs_gets_ascii():
    assert render_text(CLEAN, msgspec.structs.replace(CONTEXT, signs=False)).isascii()


@given(st.text(st.characters(), max_size=40))
def test_no_line_can_pass_for_a_ci_command(text):
    finding = msgspec.structs.replace(REMOVED, message=text, help=text, cassette=text)
    printed = render_text(Report(Verdict.INVALID, (finding,)), CONTEXT)
    assert not any(line.strip().startswith("::") for line in printed.splitlines())
