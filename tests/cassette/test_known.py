"""Known values and their spellings."""

import base64
import json
from urllib.parse import quote

import pytest

from harness.cassette.known import Known, is_telling, spellings

VALUE = "pa+ss/wörd 12"


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "x", "xy", "xyz"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_of_a_text_that_holds_the_value_holds_a_spelling(before, after, encode):
    text = encode(f"{before}{VALUE}{after}".encode()).decode()
    assert any(spelling in text for spelling in spellings(VALUE))


@pytest.mark.parametrize(
    "text",
    [
        VALUE.encode().decode("latin-1"),
        quote(VALUE, ""),
        json.dumps('"' + VALUE)[3:-1],
        VALUE.encode().hex(),
        VALUE.encode().hex().upper(),
    ],
)
def test_the_common_spellings_are_known(text):
    assert text in spellings(VALUE)


def test_the_longest_spelling_comes_first():
    lengths = [len(spelling) for spelling in spellings(VALUE)]
    assert lengths == sorted(lengths, reverse=True)


def test_no_spelling_is_short_enough_to_be_a_word():
    assert min(len(spelling) for spelling in spellings("abcd-123")) >= 8
    assert spellings("short") == ()


@pytest.mark.parametrize(
    "value", ["postgres", "password", "12345678", "/run/secrets/key", "C:\\keys", "abc-123", ""]
)
def test_a_word_a_number_or_a_path_tells_nothing(value):
    assert not is_telling(value)


@pytest.mark.parametrize(
    "value", ["hunter2-swordfish", "correcthorsebatterystaple", "Passw0rd", "1234567890123"]
)
def test_other_values_can_be_looked_for_everywhere(value):
    assert is_telling(value)


def test_every_place_is_found_also_where_places_overlap():
    found = list(Known("abab").find("xababab", 0))
    assert [(each.start, each.end) for each in found] == [(1, 5), (3, 7)]
