"""GitLab's code quality JSON, in the shape that GitLab documents."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from jsonschema import Draft202012Validator

from harness.finding import Report
from harness.report.gitlab import NO_FILE, render_gitlab
from tests.report.samples import CLEAN, CONTEXT, FINDINGS, REMOVED, every_report

SCHEMA = json.loads((Path(__file__).parents[1] / "vectors/forms/gitlab.schema.json").read_text())


def entries(report):
    return json.loads(render_gitlab(report, CONTEXT))


def of(*findings):
    return Report(FINDINGS.verdict, findings)


@pytest.mark.parametrize("name", ["clean", "findings", "hostile", "drift"])
def test_every_report_has_the_documented_shape(name):
    Draft202012Validator(SCHEMA).validate(entries(every_report()[name]))


def test_a_clean_report_is_an_empty_array():
    assert entries(CLEAN) == []


def test_severities_are_gitlabs():
    assert [entry["severity"] for entry in entries(FINDINGS)] == ["blocker", "major", "minor"]


def test_the_description_says_where_how_sure_and_what_to_do():
    assert entries(FINDINGS)[0]["description"] == (
        "$.choices[*].delta.content: The chunk has no content any more. "
        "(before: 40 of 40; now: 0 of 12; p: deterministic) Help: harness explain chunk-field-removed"
    )


def test_the_same_finding_in_two_files_are_two_entries():
    other = msgspec.structs.replace(REMOVED, cassette="other.yaml")
    one, two, again = (entry["fingerprint"] for entry in entries(of(REMOVED, other, REMOVED)))
    assert len({one, two, again}) == 3


def test_a_fingerprint_does_not_depend_on_what_else_is_found():
    assert entries(of(REMOVED)) == entries(FINDINGS)[:1]


def test_a_path_is_relative_and_never_missing():
    here = msgspec.structs.replace(REMOVED, cassette="./hello.yaml")
    nowhere = msgspec.structs.replace(REMOVED, cassette=None)
    paths = [entry["location"]["path"] for entry in entries(of(here, nowhere))]
    assert paths == ["hello.yaml", NO_FILE]
