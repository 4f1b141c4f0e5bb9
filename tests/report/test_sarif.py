"""SARIF as code-scanning pages read it: the parts of the standard (OASIS SARIF 2.1.0) that they need."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from harness.report.sarif import render_sarif
from tests.report.samples import CONTEXT, FINDINGS, HOSTILE, every_report

SCHEMA = json.loads((Path(__file__).parents[1] / "vectors/forms/sarif-2.1.0.schema.json").read_text())


def run_of(report):
    log = json.loads(render_sarif(report, CONTEXT))
    assert log["version"] == "2.1.0"
    return log["runs"][0]


@pytest.mark.parametrize("name", ["clean", "findings", "hostile", "drift"])
def test_every_report_keeps_to_the_official_schema(name):
    validator = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)
    validator.validate(json.loads(render_sarif(every_report()[name], CONTEXT)))


def test_the_official_schema_refuses_a_level_that_it_does_not_know():
    log = json.loads(render_sarif(FINDINGS, CONTEXT))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not Draft4Validator(SCHEMA).is_valid(log)


def test_each_finding_is_a_result_with_its_level_and_fingerprint():
    results = run_of(FINDINGS)["results"]
    assert [result["level"] for result in results] == ["error", "warning", "note"]
    assert results[0]["partialFingerprints"] == {"harness/v1": FINDINGS.findings[0].fingerprint}


def test_each_rule_that_occurs_is_described_once():
    rules = [rule["id"] for rule in run_of(FINDINGS)["tool"]["driver"]["rules"]]
    assert rules == sorted({finding.rule for finding in FINDINGS.findings})


def test_a_result_points_at_its_cassette():
    location = run_of(FINDINGS)["results"][0]["locations"][0]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "cassettes/vitalentum/hello.yaml"
    assert location["logicalLocations"][0]["fullyQualifiedName"] == "$.choices[*].delta.content"


def test_a_strange_file_name_becomes_a_valid_uri():
    uri = run_of(HOSTILE)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri.isascii()
    assert not set(uri) & set(' <>"\\')
