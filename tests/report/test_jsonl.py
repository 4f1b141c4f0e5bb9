"""One finding a line, the verdict last."""

from __future__ import annotations

import json

from harness.report.document import document
from harness.report.jsonl import render_jsonl
from tests.report.samples import CONTEXT, FINDINGS


def test_the_lines_together_are_the_document():
    *findings, last = map(json.loads, render_jsonl(FINDINGS, CONTEXT).splitlines())
    assert {**last, "findings": findings} == document(FINDINGS, CONTEXT)
