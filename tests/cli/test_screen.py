"""What a screen can show, and what is told to it."""

from __future__ import annotations

import io

import pytest

from harness.cli.screen import Screen, be_lenient, result, say, screen_of


class Stream(io.StringIO):
    """A stream that is a terminal or not, in some encoding."""

    def __init__(self, *, tty: bool, encoding: str | None = "utf-8") -> None:
        super().__init__()
        self.tty, self.name_of_encoding = tty, encoding

    def isatty(self) -> bool:
        return self.tty

    @property
    def encoding(self):
        return self.name_of_encoding


@pytest.mark.parametrize(
    ("tty", "choice", "environ", "color"),
    [
        (True, "auto", {}, True),
        (False, "auto", {}, False),
        (True, "auto", {"NO_COLOR": "1"}, False),
        (True, "auto", {"NO_COLOR": ""}, True),  # no-color.org: "when present and not an empty string"
        (True, "auto", {"TERM": "dumb"}, False),
        (False, "auto", {"FORCE_COLOR": "1"}, True),
        (True, "auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (False, "always", {"NO_COLOR": "1"}, True),
        (True, "never", {"FORCE_COLOR": "1"}, False),
    ],
    ids=str,
)
def test_colour_is_the_flags_then_the_environments_then_the_streams_to_decide(tty, choice, environ, color):
    assert screen_of(Stream(tty=tty), choice, environ).color is color


@pytest.mark.parametrize(
    ("encoding", "signs"), [("utf-8", True), ("ascii", False), (None, False), ("nonsense", False)]
)
def test_signs_are_for_screens_that_have_them(encoding, signs):
    assert screen_of(Stream(tty=True, encoding=encoding), environ={}).signs is signs


def test_a_mark_is_a_sign_or_a_word():
    assert Screen(color=False, signs=True, live=False).mark(True) == "✓"
    assert Screen(color=False, signs=False, live=False).mark(False) == "FAILED"


def test_results_and_words_go_apart_and_words_cannot_play_tricks(capsys):
    result("a\x1b[0m\n")
    say("b\x1b[2J\nc")
    assert capsys.readouterr() == ("a\x1b[0m\n", "b\\x1b[2J\nc\n")


def test_no_character_stops_a_command(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    be_lenient()
    result("✓ \ud83d")
    assert raw.getvalue() == b"\\u2713 \\ud83d"
