"""What strings and numbers look like."""

import pytest

from harness.drift.formats import format_of, is_word, magnitude_of


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", "empty"),
        ("stop", "word"),
        ("chat.completion.chunk", "word"),
        ("chatcmpl-7Qy1abc", "chatcmpl-*"),
        ("fp_44709d6fcb", "fp_*"),
        ("0f8fad5b-d9cb-469f-a165-70867728950e", "uuid"),
        ("1693526400", "digits"),
        ("2026-11-22T12:00:00Z", "date"),
        ("Fri, 01 Jan 2027 00:00:00 GMT", "http-date"),
        ("6m0s", "duration"),
        ("deadbeef01", "hex"),
        ("https://a.example", "address"),
        ("it is 5 o'clock", "text"),
    ],
)
def test_a_form_is_told_by_its_look(text, form):
    assert format_of(text) == form


def test_an_id_without_digits_is_an_id_where_ids_are():
    assert format_of("chatcmpl-abcdef", identifier=True) == "chatcmpl-*"


@pytest.mark.parametrize(("text", "word"), [("tool_calls", True), ("", True), ("x" * 60, False), ("a1", False)])
def test_words_are_letters_and_short(text, word):
    assert is_word(text) is word


@pytest.mark.parametrize(
    ("number", "size"), [(0, "zero"), (-1, "negative"), (7, "e0"), (1693526400, "e9"), (1693526400000, "e12"), (0.5, "e-1")]
)
def test_a_magnitude_is_a_power_of_ten(number, size):
    assert magnitude_of(number) == size
