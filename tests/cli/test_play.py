"""`harness play`: the reply's text in the terminal."""

from __future__ import annotations

import time

import pytest

from harness.cassette.model import Cassette
from harness.disk.cassettes import save_cassette
from tests.cli.conftest import CHUNKS, interaction


def test_the_text_is_played_and_the_ending_told(cli, tape):
    ended = cli("play", tape)
    assert ended.out == "Привет 🙂\n"
    assert ended.err == "(ended complete)\n"


def test_the_pace_of_the_recording_is_kept(cli, tape):
    began = time.monotonic()
    cli("play", tape)
    assert time.monotonic() - began >= 0.04
    assert cli("play", tape, "--pace", "instant").status == 0


@pytest.mark.parametrize("pace", ["fast", "0", "-1"])
def test_a_wrong_pace_is_refused(cli, tape, pace):
    assert cli("play", tape, "--pace", pace).status == 2


def test_a_reply_cannot_play_tricks_on_the_terminal(cli, tmp_path):
    chunk = CHUNKS[1].replace("Привет", "\\u001b[2J\\u202e")
    save_cassette(Cassette((interaction([chunk]),)), tmp_path / "hostile.yaml")
    assert cli("play", "hostile.yaml").out == "\\x1b[2J\\u202e 🙂\n"


def test_what_is_no_chunk_is_passed_over(cli, tmp_path):
    save_cassette(Cassette((interaction(["nonsense", CHUNKS[1]]),)), tmp_path / "odd.yaml")
    assert cli("play", "odd.yaml").out == "Привет 🙂\n"
