"""All forms of a report at once: against golden files, and against an upstream that means harm.

After a wanted change, write the golden files anew with `UPDATE_GOLDEN=1 pytest tests/report` and read the difference.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from harness.finding import Finding, Layer, Report, Severity, Verdict
from harness.report import FORMATS, Format, render
from tests.report.samples import REPORTS, drift_report

GOLDEN = Path(__file__).parent / "golden"
ENDING = {Format.TEXT: "txt", Format.JUNIT: "xml", Format.MARKDOWN: "md", Format.GITHUB: "github.txt"}
ENDING |= {Format.GITLAB: "gitlab.json", Format.ISSUE: "issue.md"}
INVISIBLE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def without_assets(text):
    """Of a page all but its style, its script and their hashes, which have tests of their own."""
    return re.sub(r"(<(style|script)>).*?(</\2>)|sha256-[^&]*", r"\1\3", text, flags=re.DOTALL)


@pytest.mark.parametrize("format", Format)
@pytest.mark.parametrize("name", REPORTS)
def test_a_report_looks_as_its_golden_file(name, format):
    golden = GOLDEN / f"{name}.{ENDING.get(format, format.value)}"
    printed = without_assets(render(REPORTS[name], command="validate", format=format))
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(printed, encoding="utf-8", newline="")
    assert printed == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("format", Format)
def test_nothing_invisible_reaches_the_screen(format):
    assert not INVISIBLE.search(render(REPORTS["hostile"], command="validate", format=format))


@pytest.mark.parametrize("format", Format)
def test_every_form_ends_with_one_line_feed(format):
    printed = render(REPORTS["findings"], command="validate", format=format)
    assert printed.endswith("\n")
    assert not printed.endswith("\n\n")


@pytest.mark.parametrize("format", sorted(set(Format) - {Format.GITHUB}))
def test_no_line_is_taken_for_a_command_by_a_ci_server(format):
    text = render(REPORTS["hostile"], command="drift", format=format)
    assert [line for line in text.splitlines() if line.lstrip().startswith("::")] == []


def test_the_table_holds_every_format():
    assert list(FORMATS) == list(Format)


def test_a_format_may_be_given_as_its_word():
    assert render(REPORTS["clean"], command="validate", format="text").startswith("✓ clean")


@pytest.mark.parametrize("format", Format)
def test_any_rule_is_named_in_every_form(format):
    finding = Finding(
        rule="some-rule", severity=Severity.RISKY, layer=Layer.ERROR, where="status", message="m", help="h"
    )
    assert "some-rule" in render(Report(Verdict.INVALID, (finding,)), command="validate", format=format)


@pytest.mark.parametrize("format", [each for each in Format if each is not Format.HTML])
def test_what_drift_found_is_told_with_its_evidence_in_every_form(format):
    printed = render(drift_report(), command="drift", format=format)
    assert "8 of 8" in printed
    assert "new/0.yaml" in printed
    assert "deterministic" in printed
