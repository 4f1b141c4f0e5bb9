"""An exchange for a terminal."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.model import Response
from harness.report.listing import listing
from harness.report.stream import rows_of
from tests.report.recordings import VITALENTUM, exchange, reply

GOLDEN = Path(__file__).parent / "golden"
RUSSIAN = exchange(reply("При", "вет", " 🙂"))


def printed(interaction, *, width=100, signs=True):
    rows = rows_of(interaction.response, VITALENTUM)
    return listing("hello.yaml, interaction 1 of 1", interaction, rows, width=width, signs=signs)


@pytest.mark.parametrize(
    ("name", "interaction"),
    [
        ("listing", RUSSIAN),
        ("listing-cut", exchange(reply("x")[:2], tail=b"data: {")),
        ("listing-untimed", exchange(reply("x"), timed=False)),
    ],
)
def test_a_listing_looks_as_its_golden_file(name, interaction):
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(printed(interaction), encoding="utf-8")
    assert printed(interaction) == golden.read_text(encoding="utf-8")


def test_an_answer_without_events_shows_how_its_body_begins():
    refusal = Response(
        400, "Bad Request", (("Content-Type", "application/json"),), b'{"message":"Invalid\x1b[2J"}'
    )
    shown = printed(msgspec.structs.replace(RUSSIAN, response=refusal))
    assert '  | {"message":"Invalid\\x1b[2J"}' in shown
    assert "400 Bad Request, application/json" in shown
    assert "never ended" not in shown


def test_an_ascii_screen_gets_ascii():
    assert printed(exchange(reply("x")), signs=False).isascii()


@given(st.text(st.characters(), min_size=1, max_size=30), st.integers(40, 200))
def test_no_line_is_wider_than_the_screen_or_moves_its_cursor(text, width):
    lines = printed(exchange([text.replace("\n", " ").replace("\r", " ")]), width=width).split("\n")
    assert all("\x1b" not in line and "\r" not in line for line in lines)
    assert max(map(len, lines[6:])) <= max(width, 75)
