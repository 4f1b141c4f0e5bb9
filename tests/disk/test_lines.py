"""Lines of a tape's text."""

from __future__ import annotations

import json

import pytest

from harness.cassette.model import Cassette
from harness.disk.cassettes import save_cassette
from harness.disk.lines import TapeLines, lines_of
from tests.drift.corpus import corpus


@pytest.fixture(params=["yaml", "json"])
def tape(tmp_path, request):
    path = tmp_path / f"tape.{request.param}"
    save_cassette(Cassette(tuple(corpus(1, 3))), path)
    if request.param == "json":
        path.write_text(json.dumps(json.loads(path.read_text()), indent=1))
    return path


def test_each_interaction_has_the_line_on_which_it_begins(tape):
    lines, tape_lines = tape.read_text().split("\n"), lines_of(tape)
    numbers = [tape_lines.line_of(number) for number in (1, 2, 3)]
    assert numbers == sorted(set(numbers))
    assert [lines[number - 1].strip() in ("- request:", "{") for number in numbers] == [True] * 3
    assert '"request": {' in lines[numbers[1]] or lines[numbers[1] - 1] == "- request:"


def test_a_line_of_a_body_is_found_in_its_own_interaction(tmp_path):
    path = tmp_path / "tape.yaml"
    recordings = corpus(1, 2)
    save_cassette(Cassette(tuple(recordings)), path)
    lines, said = lines_of(path), recordings[1].response.body.decode().splitlines()[2]
    number, first = lines.line_of(2, said), lines.line_of(2)
    assert path.read_text().split("\n")[number - 1].strip() == said
    assert first < lines.line_of(2, said[:40] + "…") <= number
    assert lines.line_of(2, "nothing says this") == first


@pytest.mark.parametrize(
    "text", ["", '{"interactions": [{}]}', "interactions: []\n", "a: b\n- c\n", "interactions:\n"]
)
def test_what_is_written_in_another_way_has_no_line(text):
    assert TapeLines(text.split("\n")).line_of(1) is None


@pytest.mark.parametrize("interaction", [0, 4, -1])
def test_an_interaction_that_is_not_there_has_no_line(tape, interaction):
    assert lines_of(tape).line_of(interaction) is None


def test_a_file_that_cannot_be_read_has_no_lines(tmp_path):
    assert lines_of(tmp_path).line_of(1) is lines_of(tmp_path / "none.yaml").line_of(1) is None
