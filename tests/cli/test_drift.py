"""`harness drift`: tapes against tapes."""

from __future__ import annotations

import json

import pytest

from harness.cassette.model import Cassette
from harness.disk.cassettes import save_cassette
from harness.report import Format
from tests.cli.conftest import CHUNKS, interaction


@pytest.fixture
def changed(tape, tmp_path):
    """A second tape beside the good one, its sentinel gone."""
    save_cassette(Cassette((interaction(CHUNKS[:-1]),)), tmp_path / "new.yaml")
    return tmp_path / "new.yaml"


def test_a_tape_against_itself_is_clean(cli, tape):
    ended = cli("drift", tape, "--against", tape)
    assert ended.status == 0
    assert ended.out.startswith("✓ clean: no findings")


def test_a_change_is_told_and_ends_in_status_1(cli, tape, changed):
    ended = cli("drift", tape, "--against", changed, "--format", "json")
    document = json.loads(ended.out)
    assert (ended.status, document["command"], document["verdict"]) == (1, "drift", "drift")
    (finding,) = document["findings"]
    assert (finding["rule"], finding["where"]) == ("framing-sentinel-missing", "sentinel")
    assert finding["evidence"]["p"] == "deterministic"


def test_from_which_severity_on_it_fails_can_be_said(cli, tape, tmp_path):
    crlf = interaction()
    body = crlf.response.body.replace(b"\n", b"\r\n")
    response = type(crlf.response)(200, "OK", crlf.response.headers, body)
    save_cassette(Cassette((type(crlf)(crlf.request, response),)), tmp_path / "crlf.yaml")
    assert cli("drift", tape, "--against", "crlf.yaml").status == 1
    assert cli("drift", tape, "--against", "crlf.yaml", "--fail-on", "risky").status == 1
    assert cli("drift", tape, "--against", "crlf.yaml", "--fail-on", "breaking").status == 0


def test_who_could_not_look_ends_in_status_3(cli, tape, tmp_path):
    limited = interaction()
    response = type(limited.response)(429, "Too Many Requests", (), b"{}")
    save_cassette(Cassette((type(limited)(limited.request, response),)), tmp_path / "limited.yaml")
    assert cli("drift", tape, "--against", "limited.yaml").status == 3


def test_a_damaged_tape_is_told(cli, tape, tmp_path):
    (tmp_path / "damaged.yaml").write_text("interactions: [\n")
    ended = cli("drift", tape, "--against", "damaged.yaml")
    assert ended.status == 4
    assert "damaged.yaml" in ended.err


@pytest.mark.parametrize("format", Format)
def test_every_format_can_be_written_to_a_file(cli, tape, changed, tmp_path, format):
    ended = cli("drift", tape, "--against", changed, "--format", format, "--output", "out")
    assert (ended.status, ended.out) == (1, "")
    assert "framing-sentinel-missing" in (tmp_path / "out").read_text()


def test_a_rule_of_drift_can_be_explained(cli):
    assert "layer chunk" in cli("explain", "chunk-field-removed").out
