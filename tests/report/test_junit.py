"""JUnit XML as CI servers read it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from harness.report.junit import render_junit
from tests.report.samples import CLEAN, CONTEXT, FINDINGS, HOSTILE, HOSTILE_TEXT


def parsed(report):
    return ET.fromstring(render_junit(report, CONTEXT).encode())


def test_what_clients_would_notice_fails_and_the_rest_passes():
    suites = parsed(FINDINGS)
    assert (suites.get("tests"), suites.get("failures")) == ("3", "2")
    assert [case.find("failure") is not None for case in suites.iter("testcase")] == [True, True, False]


def test_a_clean_report_is_one_passed_case():
    assert [case.get("name") for case in parsed(CLEAN).iter("testcase")] == ["clean"]


def test_text_that_xml_forbids_still_gives_xml():
    assert HOSTILE_TEXT.startswith("</script>")
    (failure,) = parsed(HOSTILE).iter("failure")
    assert "</script><script>alert(1)</script>\\x1b]0;owned" in failure.get("message")
