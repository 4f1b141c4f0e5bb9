"""An excerpt is bounded, printable, and hides what could be a key, wherever the cut falls."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.upstreams.excerpt import AT_MOST, excerpt

KEY = "sk-proj-4fG7hJ9kLmN2pQ5rS8tV1wX3yZ6aB0cD"


@given(st.text(max_size=600), st.integers(10, 200))
def test_an_excerpt_is_one_printable_line_of_bounded_length(text: str, at_most: int) -> None:
    shown = excerpt(text, at_most)
    assert shown.isprintable()
    assert len(shown) <= 10 * at_most + 1


@given(st.text(st.characters(codec="ascii", categories=["Ll", "Zs"]), max_size=19))
def test_a_short_plain_text_is_shown_as_it_is(text: str) -> None:
    assert excerpt(text) == text


@pytest.mark.parametrize("before", range(0, 700, 7))
def test_a_key_is_hidden_wherever_it_lies(before: int) -> None:
    text = "word " * (before // 5) + "x" * (before % 5) + " " + KEY + " and more" * 80
    shown = excerpt(text)
    assert not any(KEY[at : at + 8] in shown for at in range(len(KEY) - 8))


def test_a_key_is_hidden_after_another_one() -> None:
    text = " ".join(KEY[n:] + KEY[:n] for n in range(30))
    assert "4fG7" not in excerpt(text)
    assert excerpt(f"Incorrect API key provided: {KEY}.") == "Incorrect API key provided: [41 characters]"


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("a" * 18 + "1", "a" * 18 + "1"),
        ("a" * 19 + "1", "[20 characters]"),
        ("pneumonoultramicroscopic", "pneumonoultramicroscopic"),
        ("a" * 31, "a" * 31),
        ("a" * 32, "[32 characters]"),
    ],
)
def test_a_word_is_hidden_where_it_has_a_digit_or_is_longer_than_words_are(word: str, shown: str) -> None:
    assert excerpt(f"no {word}!") == f"no {shown}!"


def test_long_text_ends_in_an_ellipsis() -> None:
    assert excerpt("ab " * 100) == ("ab " * 100)[:AT_MOST] + "…"
    assert excerpt("a" * 10**6) == "…"
    assert excerpt("ab " * 40) == "ab " * 40  # as long as it may be, and whole


def test_what_can_be_printed_is_shown_in_any_script() -> None:
    assert excerpt("Привет, é 🙂") == "Привет, é 🙂"


def test_what_a_terminal_would_obey_is_escaped() -> None:
    assert excerpt("\x1b[31mred\x07\u202e\ud800\n") == r"\x1b[31mred\x07\u202e\ud800\n"
