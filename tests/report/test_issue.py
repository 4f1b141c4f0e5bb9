"""The body of an issue: found again by its mark, and short enough to be taken."""

from __future__ import annotations

import msgspec

from harness.finding import Report
from harness.report.issue import MOST, mark, render_issue
from tests.report.samples import CLEAN, CONTEXT, FINDINGS, HOSTILE, REMOVED


def test_the_first_line_is_a_mark_that_no_reader_sees():
    first = render_issue(FINDINGS, CONTEXT).splitlines()[0]
    assert first == mark(CONTEXT) == "<!-- harness:validate -->"
    assert render_issue(CLEAN, CONTEXT).startswith(first)


def test_each_finding_is_told_with_its_evidence():
    body = render_issue(FINDINGS, CONTEXT)
    assert body.count("\n#### ") == 3
    assert "- before: 40 of 40\n- now: 0 of 12\n" in body
    assert "- needed: 4 more recordings would settle it" in body


def test_hostile_words_end_no_comment_and_make_no_heading():
    body = render_issue(HOSTILE, CONTEXT)
    assert body.count("-->") == body.count("<!--") == 2
    assert body.count("\n#### ") == 1


def test_many_findings_are_cut_short_and_counted():
    many = tuple(msgspec.structs.replace(REMOVED, where=f"$.f{number}" * 30) for number in range(MOST + 5))
    body = render_issue(Report(FINDINGS.verdict, many), CONTEXT)
    assert len(body) < 65_536
    assert "\n5 more findings are in the full report.\n" in body


def test_a_body_of_the_longest_words_is_short_enough_to_be_taken():
    (hostile,) = HOSTILE.findings
    words = "<&*" * 200
    many = tuple(
        msgspec.structs.replace(hostile, where=words, message=words, help=words) for _ in range(MOST)
    )
    body = render_issue(Report(HOSTILE.verdict, many), CONTEXT)
    assert len(body) < 65_536
    assert "more findings are in the full report" in body
