"""What ini file, markers and flags say, folded: the nearest word wins, and a pinned tape stays pinned."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.cassette.modes import RecordMode
from harness.errors import UsageError
from harness.pytest_plugin import MODES
from harness.pytest_plugin.terms import FLAGS, KEYWORDS, Terms, agreed, read_marker

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("ini", "markers", "flags", "live", "mode"),
    [
        ({}, [], {}, False, None),
        ({"mode": "once"}, [], {}, False, "once"),
        ({"mode": "once"}, [{"mode": "all"}], {}, False, "all"),
        ({}, [{"mode": "all"}, {"mode": "once"}], {}, False, "once"),
        ({}, [{"mode": "once"}], {"mode": "all"}, False, "all"),
        ({}, [{"mode": "none"}], {"mode": "all"}, False, "none"),
        ({"mode": "none"}, [], {"mode": "all"}, False, "all"),
        ({}, [], {}, True, "all"),
        ({}, [{"mode": "once"}], {}, True, "all"),
        ({}, [], {"mode": "new_episodes"}, True, "new_episodes"),
        ({}, [{"mode": "none"}], {}, True, "none"),
    ],
)
def test_the_nearest_word_about_the_mode_wins(ini, markers, flags, live, mode):
    assert agreed(ini, markers, flags, live=live).get("mode") == mode


def test_a_pinned_mode_leaves_the_other_flags_alone():
    assert agreed({}, [{"mode": "none", "cut": "event"}], {"cut": "byte"}, live=False)["cut"] == "byte"


def test_a_marker_may_name_a_tape_and_terms():
    assert read_marker(("a.yaml",), {"cut": "byte"}) == (Path("a.yaml"), {"cut": "byte"})
    assert read_marker((), {"allow_hosts": "db.internal"}) == (None, {"allow_hosts": ("db.internal",)})


@pytest.mark.parametrize(
    ("args", "kwargs", "said"),
    [
        (("a", "b"), {}, "one path"),
        ((1,), {}, "one path"),
        ((), {"allow_unplayd": True}, "did you mean 'allow_unplayed'"),
        ((), {"record_mode": "once"}, "expected: one of mode"),
        ((), {"allow_unplayed": "no"}, "expected: bool"),
        ((), {"pace": True}, "expected: str or float or int"),
        ((), {"mode": None}, "expected: str"),
    ],
)
def test_a_marker_that_says_something_else_is_refused(args, kwargs, said):
    with pytest.raises(UsageError, match=said):
        read_marker(args, kwargs)


def test_the_terms_have_the_defaults_of_use_cassette():
    terms = Terms(tape=Path("a.yaml"))
    assert (terms.mode, terms.pace, terms.cut, terms.faults) == ("none", "instant", "recorded", ())


def test_the_modes_of_the_flag_are_the_record_modes():
    assert tuple(RecordMode) == MODES
    assert KEYWORDS.keys() > set(FLAGS)


def test_every_keyword_is_in_the_reference():
    page = (ROOT / "docs" / "reference" / "pytest.md").read_text(encoding="utf-8")
    assert [name for name in KEYWORDS if f"`{name}`" not in page] == []
