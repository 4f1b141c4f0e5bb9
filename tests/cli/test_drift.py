"""`harness drift`: old recordings against new ones."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from harness.cassette.model import Cassette, Response
from harness.cassette.redact import PLACEHOLDER
from harness.disk.cassettes import save_cassette
from harness.report import Format
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS, replaced

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas/harness/report.schema.json").read_text())
SECRET = "sk-proj-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg"


@pytest.fixture
def folders(tmp_path):
    """A function that keeps a baseline and new recordings."""

    def keep(before, now):
        for name, recordings in (("old", before), ("new", now)):
            (tmp_path / name).mkdir()
            for number, each in enumerate(recordings):
                save_cassette(Cassette((each,)), tmp_path / name / f"{number}.yaml")

    return keep


def test_the_same_upstream_is_clean(cli, folders):
    folders(corpus(1, 6), corpus(2, 6))
    ended = cli("drift", "old", "--against", "new")
    assert (ended.status, ended.out.split(";")[0]) == (0, "✓ clean: no findings")


def test_a_change_is_told_with_its_evidence(cli, folders):
    folders(*OPERATORS["text gone"].sides(1))
    ended = cli("drift", "old", "--against", "new", "--format", "json")
    document = json.loads(ended.out)
    assert (ended.status, document["verdict"]) == (1, "drift")
    finding = document["findings"][0]
    assert (finding["rule"], finding["where"]) == ("chunk-field-removed", "$.choices[*].delta.content")
    assert (finding["cassette"], finding["evidence"]["now"]) == ("new/0.yaml", "0 of 8")
    assert (finding["interaction"], finding["event"]) == (1, 1)
    assert "harness replay new/0.yaml;" in finding["help"]
    Draft7Validator(SCHEMA).validate(document)


@pytest.mark.parametrize(("limit", "status"), [("breaking", 0), ("risky", 0), ("additive", 1)])
def test_fail_on_sets_the_limit(cli, folders, limit, status):
    folders(*OPERATORS["field new"].sides(1))
    assert cli("drift", "old", "--against", "new", "--fail-on", limit).status == status


def test_what_is_benign_ends_in_0(cli, folders):
    folders(*OPERATORS["server"].sides(1))
    assert cli("drift", "old", "--against", "new").status == 0


def test_an_upstream_that_could_not_be_seen_ends_in_3(cli, folders):
    down = Response(503, "Down", (("Content-Type", "text/html"),), b"<html>")
    folders(corpus(1, 3), [replaced(each, status=503, body=down.body, stream=None) for each in corpus(2, 3)])
    assert cli("drift", "old", "--against", "new").status == 3


def test_a_side_that_is_missing_is_refused(cli):
    assert cli("drift", "nowhere", "--against", "nowhere").status == 2


def test_the_report_is_written_beside_what_is_printed(cli, folders, tmp_path):
    folders(*OPERATORS["text gone"].sides(1))
    ended = cli("drift", "old", "--against", "new", "--report", "drift.html")
    page = (tmp_path / "drift.html").read_text()
    assert ended.status == 1
    assert "✗ breaking  chunk-field-removed" in ended.out
    assert page.count('class="pair"') == 1
    assert not re.search(r"""(src|href|action)=|url\(|@import| style=| on\w+=""", page)


def test_the_page_can_be_the_result_itself(cli, folders):
    folders(*OPERATORS["text gone"].sides(1))
    ended = cli("drift", "old", "--against", "new", "--format", "html")
    assert (ended.status, ended.out[:15]) == (1, "<!doctype html>")
    assert "new/0.yaml, interaction 1, event 1" in ended.out


def test_a_clean_comparison_has_a_page_too(cli, folders, tmp_path):
    folders(corpus(1, 6), corpus(2, 6))
    assert cli("drift", "old", "--against", "new", "--report", "drift.html").status == 0
    page = (tmp_path / "drift.html").read_text()
    assert "Nothing moved." in page
    assert 'class="heat"' in page


def test_a_secret_on_a_tape_of_another_tool_is_not_shown(cli, folders, tmp_path):
    before, now = OPERATORS["field new"].sides(1)
    folders(before, [])
    for number, each in enumerate(now):
        document = json.dumps(Cassette((replaced(each, stream=None),)).to_document())
        (tmp_path / "new" / f"{number}.json").write_text(document.replace("default", SECRET))
    ended = cli("drift", "old", "--against", "new", "--format", "html")
    assert "service_tier" in ended.out
    assert SECRET not in ended.out


def test_a_summary_is_not_kept_where_it_would_be_taken_for_a_cassette(cli, folders, tmp_path):
    folders(corpus(1, 3), corpus(2, 3))
    ended = cli("drift", "old", "--against", "new", "--summary", "old/all.json")
    assert (ended.status, "taken for a cassette" in ended.err) == (2, True)
    assert [cli("drift", "old", "--against", "new", "--summary", "old/all.summary").status for _ in "12"] == [
        0,
        0,
    ]


def test_a_summary_takes_the_place_of_no_other_file(cli, folders, tmp_path):
    folders(corpus(1, 3), corpus(2, 3))
    tape = (tmp_path / "new/0.yaml").read_bytes()
    ended = cli("drift", "old", "--against", "new", "--summary", "new/0.yaml")
    assert (ended.status, "something else where the summary" in ended.err) == (2, True)
    assert (tmp_path / "new/0.yaml").read_bytes() == tape


def test_a_summary_of_the_baseline_says_the_same(cli, folders, tmp_path):
    folders(*OPERATORS["text gone"].sides(1))
    words = ("drift", "old", "--against", "new", "--format", "json")
    plain, first, again = (
        cli(*words),
        cli(*words, "--summary", "kept.json"),
        cli(*words, "--summary", "kept.json"),
    )
    assert plain.out == first.out == again.out
    assert json.loads((tmp_path / "kept.json").read_text())["upstream"] == "vitalentum"


def test_no_form_shows_a_secret_of_recordings_that_others_made(cli, folders, tmp_path):
    folders(corpus(1, 4), corpus(2, 4))
    for file in (tmp_path / "new").iterdir():
        text = file.read_text().replace("chat.completion.chunk", SECRET).replace("no-cache", SECRET)
        file.write_text(text.replace('"model"', f'"{SECRET}"'))
    shown = {name: cli("drift", "old", "--against", "new", "--format", name).out for name in Format}
    assert [name for name, text in shown.items() if SECRET.lower() in text.lower()] == []
    assert PLACEHOLDER in shown[Format.TEXT]


def test_one_comparison_is_told_in_several_forms(cli, folders, tmp_path):
    folders(*OPERATORS["text gone"].sides(1))
    words = ("drift", "old", "--against", "new")
    ended = cli(*words, "--format", "github", "--also", "issue=a=b.md", "--also", "html=drift.html")
    assert (ended.status, ended.out.startswith("::error file=new/0.yaml")) == (1, True)
    assert (tmp_path / "a=b.md").read_text() == cli(*words, "--format", "issue").out
    assert (tmp_path / "drift.html").read_text() == cli(*words, "--format", "html").out


@pytest.mark.parametrize(
    ("said", "says"),
    [("drift.md", "no FORM=FILE"), ("issue=", "no FORM=FILE"), ("isue=a", "Did you mean 'issue'?")],
)
def test_a_form_for_a_file_that_is_wrong_is_refused(cli, tape, said, says):
    ended = cli("drift", tape, "--against", tape, "--also", said)
    assert (ended.status, says in ended.err) == (2, True)


def test_forms_that_stand_beside_a_file_point_at_the_line_that_shows_it(cli, tmp_path):
    before, now = OPERATORS["text gone"].sides(1)
    for name, recordings in (("old", before), ("new", now)):
        save_cassette(Cassette(tuple(recordings)), tmp_path / f"{name}.yaml")
    words = ("drift", "old.yaml", "--against", "new.yaml", "--format")
    (first, *_) = json.loads(cli(*words, "gitlab").out)
    line = first["location"]["lines"]["begin"]
    assert (tmp_path / "new.yaml").read_text().split("\n")[line - 1].strip().startswith("data: {")
    (run,) = json.loads(cli(*words, "sarif").out)["runs"]
    assert run["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": line}
    assert cli(*words, "github").out.startswith(f"::error file=new.yaml,line={line},title=")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (".", "new", "new lies within ."),
        ("old", ".", "old lies within ."),
        ("old", "new", ""),
        ("old", "old", ""),
    ],
)
def test_recordings_on_both_sides_are_told(cli, folders, old, new, says):
    folders(corpus(1, 2), corpus(2, 2))
    ended = cli("drift", old, "--against", new)
    assert ended.err.partition(":")[0] == says
