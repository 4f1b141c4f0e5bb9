"""What makes a test fail although its asserts hold, and what the terms forgive."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from harness.cassette.model import End, Interaction, Request, Response, StreamRecord
from harness.errors import CassetteMiss
from harness.pytest_plugin.outcome import Outcome
from harness.pytest_plugin.terms import Terms
from harness.pytest_plugin.verdict import MANY, complaints, overdue

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
STREAM = StreamRecord((), End.COMPLETE, 0.0, recorded_at="2026-11-01T12:00:00Z")
TAPE = tuple(
    Interaction(Request("GET", f"http://x/{n}"), Response(200, "OK", (), b"", STREAM)) for n in range(5)
)
FINE = Outcome(where="t.yaml", on_tape=TAPE, passed=5, played=5)
TERMS = Terms(tape=Path("t.yaml"))


def miss(reason: str = "no-match") -> CassetteMiss:
    error = CassetteMiss("No recording answers.")
    error.reason = reason
    return error


def told(outcome: Outcome, **terms) -> list[str]:
    changed = Terms(tape=TERMS.tape, **terms)
    return list(
        map(str, complaints(outcome, changed, now=NOW, again=lambda mode: f"pytest x --harness-mode={mode}"))
    )


def like(outcome: Outcome = FINE, **changes) -> Outcome:
    return msgspec.structs.replace(outcome, **changes)


def test_a_test_that_plays_its_whole_tape_has_nothing_to_hear():
    assert told(FINE) == []


WRONGS = {
    "allow_misses": (like(misses=(miss(),)), "No recording answers"),
    "allow_nothing": (like(passed=0, played=0), "Nothing was recorded or played"),
    "allow_unplayed": (like(unplayed=TAPE[1:2]), "1 of 5 recorded interactions were never played"),
}


@pytest.mark.parametrize(("outcome", "said"), WRONGS.values(), ids=WRONGS)
def test_each_wrong_is_told(outcome, said):
    assert [said in complaint for complaint in told(outcome)] == [True]


@pytest.mark.parametrize(("term", "outcome"), [(term, outcome) for term, (outcome, _) in WRONGS.items()])
def test_each_wrong_can_be_allowed(term, outcome):
    assert told(outcome, **{term: True}) == []


def test_a_tape_past_its_age_is_told_and_can_be_allowed():
    assert "22 days old" in told(FINE, max_age="2w")[0]
    assert told(FINE, max_age="2w", allow_stale=True) == told(FINE, max_age="4w") == told(FINE) == []
    assert overdue(FINE, Terms(tape=TERMS.tape, max_age=21), NOW) == datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_tape_that_was_recorded_anew_is_not_past_its_age():
    assert told(like(recorded=1), max_age="2w") == []


def test_a_miss_explains_the_rest_and_is_told_alone():
    assert len(told(like(misses=(miss(),), unplayed=TAPE, passed=0), max_age="1d")) == 1


def test_nothing_played_explains_what_is_unplayed():
    assert len(told(like(unplayed=TAPE, passed=0))) == 1
    assert "never played" in told(like(unplayed=TAPE, passed=0), allow_nothing=True)[0]


@pytest.mark.parametrize(
    ("reason", "mode"),
    [("no-recording", "once"), ("no-match", "new_episodes"), ("already-played", "new_episodes")],
)
def test_a_miss_names_the_command_that_records_it(reason, mode):
    assert f"pytest x --harness-mode={mode}" in told(like(misses=(miss(reason),)))[0]


def test_of_many_misses_the_first_are_told_and_the_rest_counted():
    found = told(like(misses=tuple(miss() for _ in range(MANY + 4))))
    assert (len(found), found[-1]) == (MANY + 1, "4 more requests were not answered.")


def test_of_many_unplayed_the_first_are_named_and_the_rest_counted():
    assert told(like(unplayed=TAPE[1:]))[0].splitlines()[3] == (
        "  found: interaction 2, GET http://x/1; interaction 3, GET http://x/2; interaction 4, GET http://x/3; 1 more"
    )


def test_refused_hosts_are_named_where_nothing_passed():
    assert "refused: a:1, b:2" in told(like(passed=0, refused=("a:1", "b:2")))[0]
