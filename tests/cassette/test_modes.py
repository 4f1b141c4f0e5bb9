"""The table of record modes, beside vcrpy's own behaviour."""

import pytest
from vcr.record_mode import RecordMode as VcrMode

from harness.cassette.modes import RULES, OnMiss, RecordMode, parse_mode, rule_of
from harness.errors import UsageError


def test_every_mode_has_a_row_and_vcrpys_word():
    assert RULES.keys() == set(RecordMode)
    assert {str(mode) for mode in RecordMode} == {mode.value for mode in VcrMode} - {"any"}


@pytest.mark.parametrize(
    ("mode", "plays", "with_tape", "without_tape", "replaces"),
    [
        ("none", True, "refuse", "refuse", False),
        ("once", True, "refuse", "record", False),
        ("new_episodes", True, "record", "record", False),
        ("all", False, "record", "record", True),
    ],
)
def test_a_mode_means_what_vcrpy_means(mode, plays, with_tape, without_tape, replaces):
    rule = rule_of(mode)
    assert (rule.plays, rule.replaces) == (plays, replaces)
    assert rule.on_miss(tape_exists=True) == OnMiss(with_tape)
    assert rule.on_miss(tape_exists=False) == OnMiss(without_tape)


def test_another_word_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match="'rewrite' is no record mode") as caught:
        parse_mode("rewrite")
    assert "new_episodes" in caught.value.expected
