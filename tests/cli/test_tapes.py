"""Cassettes by the path a person typed. What each command says of a wrong one is tested in tests/cli/test_show.py."""

from __future__ import annotations

import pytest

from harness.cli.tapes import cassette_paths, one_cassette, one_path
from harness.disk.cassettes import load_cassette
from harness.errors import UsageError


def test_a_file_is_itself_and_a_folder_all_below_it(tape, tmp_path):
    below = tmp_path / "a" / "b.json"
    below.parent.mkdir()
    below.write_text("{}")
    assert cassette_paths(tape) == [tape]
    assert cassette_paths(tmp_path) == [below, tape]


def test_one_cassette_comes_with_its_path(tape, tmp_path):
    assert one_cassette(tmp_path) == (tape, load_cassette(tape))


def test_many_names_are_cut_short(tmp_path):
    for number in range(9):
        (tmp_path / f"{number}.yaml").write_text("")
    with pytest.raises(UsageError, match=r"9 cassettes(.|\n)*4.yaml, \.\.\.$"):
        one_path(tmp_path)


def test_in_a_folder_that_is_not_there_nothing_is_near(tmp_path):
    with pytest.raises(UsageError) as refused:
        cassette_paths(tmp_path / "no" / "such.yaml")
    assert refused.value.help is None
