"""Pieces as one line of text."""

import time

import pytest

from harness.cassette import frames
from harness.cassette.frames import Frame


def test_one_word_is_one_piece():
    assert frames.from_text("12.4/210 31.0/96") == (Frame(12.4, 210), Frame(31.0, 96))
    assert frames.to_text([Frame(12.4, 210), Frame(31.0, 96)]) == "12.4/210 31.0/96"


def test_no_pieces_are_no_words():
    assert frames.from_text("") == ()
    assert frames.to_text([]) == ""


def test_a_folded_line_is_the_same_pieces():
    assert frames.from_text("1.0/2\n  3.0/4 ") == (Frame(1.0, 2), Frame(3.0, 4))


@pytest.mark.parametrize("ms", [0.0, 5e-324, 1e-5, 0.1 + 0.2, 1e22, 1.7976931348623157e308])
def test_every_time_comes_back_exactly(ms):
    assert frames.from_text(frames.to_text([Frame(ms, 1)])) == (Frame(ms, 1),)


def test_a_whole_number_of_milliseconds_is_a_time():
    assert frames.to_text([Frame(12, 1)]) == "12.0/1"


@pytest.mark.parametrize(
    "word",
    ["1", "1/", "/1", "-1/1", "1/-1", "1/1.5", "nan/1", "inf/1", "1_0/1", "٣/1", "9e999/1", "1/1/1", "0x1/1"],
)
def test_other_words_are_refused(word):
    with pytest.raises(ValueError, match="milliseconds/bytes"):
        frames.from_text(f"1.0/1 {word}")


def test_more_pieces_than_the_limit_are_refused(monkeypatch):
    monkeypatch.setattr(frames, "MAX_FRAMES", 2)
    with pytest.raises(ValueError, match="more than 2"):
        frames.from_text("1/1 1/1 1/1")
    with pytest.raises(ValueError, match="more than 2"):
        frames.to_text([Frame(1.0, 1)] * 3)


def test_a_hundred_thousand_pieces_are_quick():
    found = tuple(Frame(number * 1.5, 80) for number in range(100_000))
    before = time.process_time()
    assert frames.from_text(frames.to_text(found)) == found
    assert time.process_time() - before < 2
