"""Lines to events: what the vectors cannot say."""

import sys

import pytest

from harness.sse import Event
from harness.sse.fields import RETRY_DIGITS, interpret, reconnection_time


def test_the_last_event_id_and_the_time_go_in_and_come_out():
    assert interpret(b"data: a\n\n", "7", 50) == ([Event("a", id="7")], "7", 50)
    assert interpret(b"id: 8\nretry: 60\n\n", "7", 50) == ([], "8", 60)


def test_lines_without_a_blank_one_fire_nothing_but_their_retry_acts():
    assert interpret(b"data: a\nretry: 5\n", "", None).events == []
    assert interpret(b"data: a\nretry: 5\n", "", None).retry == 5


@pytest.mark.parametrize(
    ("value", "milliseconds"), [("0", 0), ("3000", 3000), ("0010", 10), ("9" * 20, 10**20 - 1)]
)
def test_ascii_digits_are_a_time(value, milliseconds):
    assert reconnection_time(value) == milliseconds


@pytest.mark.parametrize("value", ["", " 1", "1 ", "+1", "-1", "1_0", "1.0", "²", "٣", "０", "x", "1\0"])
def test_anything_else_is_none(value):
    assert reconnection_time(value) is None


def test_a_time_has_as_many_digits_as_every_python_reads():
    assert sys.int_info.str_digits_check_threshold == RETRY_DIGITS
    assert reconnection_time("9" * RETRY_DIGITS) == 10**RETRY_DIGITS - 1
    assert reconnection_time("0" * 9 + "9" * RETRY_DIGITS) == 10**RETRY_DIGITS - 1
    assert reconnection_time("9" * (RETRY_DIGITS + 1)) is None
