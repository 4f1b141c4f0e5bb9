"""Findings as a page."""

from __future__ import annotations

from harness.finding import Report
from harness.report.html import findings_section, render_html
from tests.report.samples import CLEAN, CONTEXT, FINDINGS


def test_every_finding_is_a_row():
    assert render_html(FINDINGS, CONTEXT).count("<tr>") == 1 + len(FINDINGS.findings)


def test_a_few_findings_need_no_filter():
    many = Report(FINDINGS.verdict, FINDINGS.findings * 3)
    assert 'type="search"' not in render_html(FINDINGS, CONTEXT)
    assert 'data-filter="findings"' in render_html(many, CONTEXT)


def test_a_clean_report_says_so_without_an_empty_table():
    assert findings_section(CLEAN.findings).content == ()
