"""`harness convert`: there and back again."""

from __future__ import annotations

import pytest

from harness.disk.cassettes import load_cassette


def test_json_and_back_is_the_same_cassette(cli, tape, tmp_path):
    assert cli("convert", tape, "--to", "json").out == f"{tmp_path}/hello.json\n"
    assert cli("convert", "hello.json", "--to", "yaml", "-o", "again.yaml").out == "again.yaml\n"
    assert load_cassette(tmp_path / "again.yaml") == load_cassette(tape)
    assert (tmp_path / "again.yaml").read_bytes() == tape.read_bytes()


def test_nothing_is_written_over_unasked(cli, tape, tmp_path):
    (tmp_path / "hello.json").write_text("mine")
    assert cli("convert", tape, "--to", "json").status == 2
    assert (tmp_path / "hello.json").read_text() == "mine"


def test_even_with_force_a_file_that_is_no_cassette_stays(cli, tape, tmp_path):
    (tmp_path / "hello.json").write_text("mine")
    assert cli("convert", tape, "--to", "json", "--force").status == 4
    assert (tmp_path / "hello.json").read_text() == "mine"


@pytest.mark.parametrize("out", ["x.yaml", "x"])
def test_the_name_must_fit_the_form(cli, tape, out):
    assert cli("convert", tape, "--to", "json", "--output", out).status == 2


def test_a_wrong_form_is_answered_with_the_nearest(cli, tape):
    assert "Did you mean 'json'?" in cli("convert", tape, "--to", "jsn").err


def test_har_and_back_keeps_bytes_pieces_and_ending(cli, tape, tmp_path):
    assert cli("convert", tape, "--to", "har").out == f"{tmp_path}/hello.har\n"
    assert cli("convert", "hello.har", "--to", "yaml", "-o", "again.yaml").status == 0
    before, after = (
        load_cassette(tape).interactions[0],
        load_cassette(tmp_path / "again.yaml").interactions[0],
    )
    assert (after.request, after.response.body) == (before.request, before.response.body)
    assert after.response.stream.frames == before.response.stream.frames
    assert after.response.stream.source == "imported"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"log": 1}', "\xff"])
def test_a_file_that_is_no_har_is_refused(cli, tmp_path, text):
    (tmp_path / "x.har").write_text(text)
    assert cli("convert", "x.har", "--to", "yaml").status == 4
    assert cli("convert", "none.har", "--to", "yaml").status in (2, 4)
