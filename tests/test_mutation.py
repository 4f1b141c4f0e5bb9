"""The gate of mutation testing: what passes, what does not, and what the page says of it."""

from __future__ import annotations

import json

import pytest

from tests.mutation import __main__ as gate
from tests.mutation import page
from tests.mutation.rooms import ROOMS
from tests.mutation.score import (
    Outcome,
    Survivor,
    alive,
    change_of,
    faults,
    function_of,
    outcome_of,
    survivors,
    table,
    told,
    unneeded,
)

LIVING = Survivor("harness.sse.lines.split", "a < b → a <= b")
WHY = {LIVING.function: {LIVING.change: "a is never b"}}
GOOD = Outcome({"killed": 9, "survived": 1}, (LIVING,))


def test_nothing_ran_is_nothing_proved():
    assert faults(Outcome({}), {}, 0) == ["nothing ran"]


def test_a_run_that_was_never_begun_does_not_pass():
    assert faults(Outcome({"not checked": 40}), {}, 0) == ["nothing ran", "40 mutants were not tried"]


def test_a_run_that_was_broken_off_does_not_pass():
    broken_off = Outcome({"killed": 99, "check was interrupted by user": 1})
    assert faults(broken_off, {}, 90) == ["1 mutants were not tried"]


def test_the_floor_itself_is_enough_and_less_is_not():
    assert faults(GOOD, WHY, 90) == []
    assert faults(GOOD, WHY, 91) == ["90.0 per cent killed, 91 wanted"]


def test_a_survivor_without_a_reason_does_not_pass():
    assert faults(GOOD, {}, 90) == ["1 survivors without a reason"]
    assert faults(GOOD, {LIVING.function: {"another change": "true"}}, 90) == ["1 survivors without a reason"]


def test_hanging_and_falling_are_noticed_and_what_no_test_runs_lives():
    outcome = Outcome({"killed": 1, "timeout": 1, "segfault": 1, "no tests": 1, "suspicious": 1})
    assert (outcome.ran, outcome.killed, outcome.score) == (5, 3, 60)


def test_what_was_not_noticed_is_asked_for_and_nothing_else():
    fates = {"a": "killed", "b": "survived", "c": "no tests", "d": "not checked", "e": "timeout"}
    assert alive(fates) == ["b", "c"]


def test_an_outcome_counts_fates_and_names_the_living():
    fates = {"harness.a.x_f__mutmut_1": "survived", "harness.a.x_f__mutmut_2": "killed"}
    outcome = outcome_of(fates, {"harness.a.x_f__mutmut_1": "1 → 2"})
    assert outcome == Outcome({"killed": 1, "survived": 1}, (Survivor("harness.a.f", "1 → 2"),))


@pytest.mark.parametrize(
    ("mutant", "function"),
    [
        ("harness.sse.lines.x_split__mutmut_7", "harness.sse.lines.split"),
        ("harness.sse.lines.x__split__mutmut_7", "harness.sse.lines._split"),
        ("harness.sse.parser.xǁParserǁfeed__mutmut_12", "harness.sse.parser.Parser.feed"),
        ("harness.sse.parser.xǁ_Stateǁ__init____mutmut_1", "harness.sse.parser._State.__init__"),
    ],
)
def test_a_function_has_its_own_name_again(mutant, function):
    assert function_of(mutant) == function


def test_a_change_is_told_without_what_stayed():
    shown = "--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n def f(a):\n-    return a + 1\n+    return a - 1\n"
    assert change_of(shown) == "return a + 1 → return a - 1"


def test_the_terminal_hears_of_gaps_alone():
    assert list(told("sse", GOOD, WHY, 90)) == ["sse: 9 of 10 killed; passes"]
    assert list(told("sse", GOOD, {}, 90)) == [
        "sse: 9 of 10 killed; 1 survivors without a reason",
        "  harness.sse.lines.split: a < b → a <= b",
    ]


def test_a_reason_is_told_when_nothing_needs_it_any_more():
    assert unneeded({"sse": GOOD}, WHY) == []
    assert unneeded({"sse": Outcome({"killed": 10})}, WHY) == ["harness.sse.lines.split: a < b → a <= b"]


def test_the_page_has_a_row_a_room_and_a_row_a_survivor():
    assert table({"sse": GOOD})[2:] == ["| `sse` | 10 | 9 | 90.0 | 1 |"]
    assert survivors({"sse": GOOD}, WHY)[-1] == "| `sse.lines.split` | `` a < b → a <= b `` | a is never b |"


def test_a_bar_in_a_change_does_not_end_its_cell():
    split = Outcome({"survived": 1}, (Survivor("harness.a.f", "a | b → a & b"),))
    assert "`` a \\| b → a & b ``" in survivors({"a": split}, {})[-1]


def test_the_gate_says_0_when_all_rooms_pass_and_1_when_one_does_not(monkeypatch):
    outcomes = {"sse": Outcome({"killed": 10}), "chat": Outcome({})}
    monkeypatch.setattr(gate, "run", lambda name, options: outcomes[name])
    assert gate.main(["sse"]) == 0
    assert gate.main(["sse", "chat"]) == 1


def test_a_room_that_is_not_there_is_refused(capsys):
    with pytest.raises(SystemExit):
        gate.main(["cellar"])
    assert "no such room: cellar" in capsys.readouterr().err


def test_a_room_that_was_run_again_leaves_the_figures_of_the_others(monkeypatch, tmp_path):
    for name in ("MEASURED", "PAGE"):
        monkeypatch.setattr(page, name, tmp_path / name)
    page.MEASURED.write_text(json.dumps({"chat": {"counts": {"killed": 3}, "survivors": []}}))
    page.keep({"sse": Outcome({"killed": 4})})
    assert {name: outcome.ran for name, outcome in page.measured().items()} == {"sse": 4, "chat": 3}
    assert "| `sse` | 4 | 4 | 100.0 | 0 |" in page.PAGE.read_text()


def test_every_room_and_its_tests_are_there():
    patterns = [(room, pattern) for room in ROOMS.values() for pattern in (*room.mutated, *room.tests)]
    assert all(list(gate.ROOT.glob(pattern)) for _, pattern in patterns)


def test_the_page_is_what_was_measured():
    assert page.PAGE.read_text() == page.page(), "run: python -m tests.mutation.page"


def test_what_was_measured_would_pass():
    outcomes, reasons = page.measured(), page.reasons()
    assert [name for name in outcomes if faults(outcomes[name], reasons, gate.FLOOR)] == []
    assert unneeded(outcomes, reasons) == []
