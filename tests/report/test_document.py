"""The JSON document keeps to its published schema, and carries every value unharmed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from harness.finding import Evidence, Finding, Layer, Report, Severity, Verdict
from harness.report.document import render_json
from tests.report.samples import CONTEXT, FINDINGS, REPORTS, drift_report

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/harness/report.schema.json").read_text())
WORDS = st.text(st.characters(), min_size=1, max_size=20)
EVIDENCE = st.builds(
    Evidence,
    before=st.none() | WORDS,
    now=st.none() | WORDS,
    p=st.just("deterministic") | st.floats(0, 1),
    needed=st.none() | st.integers(1, 1000),
)
FINDING = st.builds(
    Finding,
    rule=st.from_regex(r"[a-z]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True),
    severity=st.sampled_from(Severity),
    layer=st.sampled_from(Layer),
    where=WORDS,
    message=WORDS,
    help=WORDS,
    evidence=EVIDENCE,
    interaction=st.none() | st.integers(1, 1000),
    event=st.none() | st.integers(1, 1000),
    cassette=st.none() | WORDS,
)
ANY_REPORT = st.builds(Report, st.sampled_from(Verdict), st.lists(FINDING, max_size=3).map(tuple))


def test_the_schema_is_a_schema():
    Draft7Validator.check_schema(SCHEMA)


@given(ANY_REPORT)
def test_every_report_keeps_to_the_schema_and_loses_nothing(report):
    document = json.loads(render_json(report, CONTEXT))
    Draft7Validator(SCHEMA).validate(document)
    assert [finding["message"] for finding in document["findings"]] == [f.message for f in report.findings]


@pytest.mark.parametrize("name", REPORTS)
def test_the_samples_keep_to_the_schema(name):
    Draft7Validator(SCHEMA).validate(json.loads(render_json(REPORTS[name], CONTEXT)))


def test_the_summary_begins_with_counts_by_severity():
    summary = json.loads(render_json(FINDINGS, CONTEXT))["summary"]
    assert summary["by_severity"] == {"breaking": 1, "risky": 1, "additive": 1}
    assert summary["interactions"] == 3


def test_what_drift_finds_keeps_to_the_schema():
    Draft7Validator(SCHEMA).validate(json.loads(render_json(drift_report(), CONTEXT)))
