"""`harness validate`: files and folders against the contract."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from harness.cassette.cases import ADDRESS
from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.disk.cassettes import save_cassette
from harness.report import Format
from tests.cli.conftest import CHUNKS, interaction


def found_case(bug):
    """A cassette that is no recording."""
    request = Request("GET", f"{ADDRESS}?kind=parser&law=bom&seed=1&target={bug}")
    return Cassette((Interaction(request, Response(200, "OK", (), b"data: a\n\n")),))


@pytest.fixture
def folder(tape, tmp_path):
    """One good cassette, one with a field renamed."""
    chunks = [CHUNKS[0], CHUNKS[1].replace('"delta"', '"dleta"'), *CHUNKS[2:]]
    (tmp_path / "below").mkdir()
    save_cassette(Cassette((interaction(chunks),)), tmp_path / "below" / "bad.yaml")
    return tmp_path


def test_a_good_cassette_is_clean(cli, tape):
    ended = cli("validate", tape)
    assert ended.status == 0
    assert ended.out == "✓ clean: no findings; 1 cassette; 1 interaction; 4 events\n"


def test_findings_of_a_folder_name_their_file_and_end_in_status_1(cli, folder):
    ended = cli("validate", ".", "--format", "json")
    document = json.loads(ended.out)
    assert ended.status == 1
    assert document["verdict"] == "invalid"
    assert {finding["cassette"] for finding in document["findings"]} == {"below/bad.yaml"}
    assert document["summary"]["cassettes"] == 2


@pytest.mark.parametrize("format", Format)
def test_every_format_can_be_written_to_a_file(cli, folder, format):
    ended = cli("validate", ".", "--format", format, "--output", "out")
    assert (ended.status, ended.out) == (1, "")
    assert "chunk-field-missing" in (folder / "out").read_text()


def test_the_setting_decides_the_format(cli, folder, monkeypatch):
    monkeypatch.setenv("HARNESS_FORMAT", "junit")
    assert ET.fromstring(cli("validate", ".").out).tag == "testsuites"
    assert cli("explain").status == 0


def test_findings_can_be_told_and_passed_over(cli, folder):
    ended = cli("validate", ".", "--exit-zero")
    assert (ended.status, "chunk-field-missing" in ended.out) == (0, True)


def test_a_damaged_cassette_does_not_hide_the_others(cli, folder):
    (folder / "damaged.yaml").write_text("interactions: [\n")
    ended = cli("validate", ".")
    assert ended.status == 4
    assert "chunk-field-missing" in ended.out
    assert "damaged.yaml" in ended.err


def test_what_harness_fuzz_keeps_is_passed_over(cli, tape, tmp_path):
    for bug in ("bom_kept", "nul_id"):
        case = found_case(bug)
        save_cassette(case, tmp_path / "found" / f"{bug}.yaml")
    ended = cli("validate", ".")
    assert (ended.status, "1 cassette;" in ended.out) == (0, True)
    assert cli("validate", "found").status == 3


@pytest.mark.parametrize("good", [True, False])
def test_nothing_is_clean_beside_what_could_not_be_read(cli, tmp_path, good):
    if good:
        save_cassette(Cassette((interaction(CHUNKS),)), tmp_path / "good.yaml")
    (tmp_path / "damaged.yaml").write_text("interactions: [\n")
    ended = cli("validate", ".", "--format", "json")
    document = json.loads(ended.out)
    assert (ended.status, document["verdict"]) == (4, "inconclusive")
    assert (document["summary"]["cassettes"], document["summary"]["unreadable_files"]) == (int(good), 1)
    assert "1 unreadable file" in cli("validate", ".").out


def test_colour_is_a_choice(cli, folder):
    assert "\x1b[31m" in cli("validate", ".", "--color", "always").out
    assert "\x1b" not in cli("validate", ".").out


def test_read_tolerantly_an_unknown_field_is_no_finding(cli, tmp_path):
    chunks = [CHUNKS[0].replace('"object"', '"new":1,"object"'), *CHUNKS[1:]]
    save_cassette(Cassette((interaction(chunks),)), tmp_path / "new.yaml")
    assert "chunk-field-unknown" in cli("validate", tmp_path / "new.yaml").out
    assert "no findings" in cli("validate", tmp_path / "new.yaml", "--reading", "tolerant").out
    assert cli("validate", tmp_path / "new.yaml", "--reading", "loose").status == 2
