"""Kept cases on disk: written once, listed for pytest, tried again, with a watch on targets that hang."""

from __future__ import annotations

import signal
import threading

import pytest

import harness
from harness.disk.found import (
    found_cases,
    keep_found,
    load_found,
    load_target,
    replay_files,
    replay_found,
    target_of,
    watch_for,
)
from harness.errors import CassetteError, LawError, UsageError
from harness.fuzz.found import Found
from harness.fuzz.laws import law_named
from harness.fuzz.replaying import Outcome
from harness.fuzz.streams import whole
from harness.fuzz.targets import Hung, Kind
from tests.laws.planted import parsers

CASE = Found(
    law=law_named(Kind.PARSER, "bom"),
    target="tests.laws.planted.parsers:bom_kept",
    seed=1,
    given=whole(b"\xef\xbb\xbfdata: a\n\n"),
)


@pytest.fixture
def kept(tmp_path):
    return keep_found(CASE, tmp_path)


def test_a_case_is_kept_below_its_target_s_name(kept, tmp_path):
    assert kept.relative_to(tmp_path).as_posix() == f"{CASE.folder}/{CASE.name}.yaml"
    assert load_found(kept) == CASE


def test_the_same_case_is_kept_once(kept, tmp_path):
    before = kept.stat().st_mtime_ns
    assert keep_found(CASE, tmp_path).stat().st_mtime_ns == before


def test_cases_are_listed_for_pytest(kept, tmp_path):
    assert found_cases(tmp_path) == [CASE]
    assert found_cases(tmp_path, target=CASE.target) == [CASE]
    assert found_cases(tmp_path, target="other:parse") == []
    assert found_cases(tmp_path / "nowhere") == []


def test_a_broken_law_fails_a_test_and_says_what_to_see():
    with pytest.raises(AssertionError, match="no part of the stream") as failed:
        replay_found(CASE)
    assert isinstance(failed.value, LawError)
    assert (failed.value.expected, failed.value.found) == ("'a'", "no event")


def test_a_law_that_holds_passes():
    assert replay_found(CASE, parsers.right) is None


def test_the_public_names_are_these():
    assert harness.found_cases is found_cases
    assert harness.replay_found is replay_found


def test_each_file_has_its_outcome(kept, tmp_path):
    (tmp_path / "bad.yaml").write_text("interactions: []\nversion: 1\n")
    lost = Found(law=CASE.law, target="found_nix:f", seed=1, given=CASE.given)
    keep_found(lost, tmp_path)
    outcomes = {path.parent.name: each.outcome for path, _, each in replay_files(tmp_path)}
    assert outcomes == {
        tmp_path.name: Outcome.ERROR,
        CASE.folder: Outcome.FAILED,
        "found_nix.f": Outcome.ERROR,
    }
    with pytest.raises(CassetteError):
        found_cases(tmp_path)


def test_the_cases_of_one_target_alone(kept, tmp_path):
    keep_found(Found(law=CASE.law, target="parser", seed=1, given=CASE.given), tmp_path)
    assert [each.outcome for *_, each in replay_files(tmp_path, target="parser")] == [Outcome.FIXED]


def test_targets_have_names():
    assert load_target("parser").ours
    assert load_target("tests.laws.planted.encoders:right", Kind.ENCODER).kind is Kind.ENCODER
    with pytest.raises(UsageError):
        load_target("nix")


def test_a_watch_ends_what_hangs():
    with pytest.raises(Hung), watch_for(0.05)():
        while True:
            pass


def test_a_watch_ends_what_swallows_exceptions():
    def stubborn():
        while True:
            try:
                while True:
                    pass
            except Exception:
                continue

    with pytest.raises(Hung), watch_for(0.05)():
        stubborn()


def test_somebody_else_s_alarm_goes_on(monkeypatch):
    rung = []
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(True))
    left = signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with watch_for(5.0)():
            pass
        assert 0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 0.2
        signal.pause()
        assert rung == [True]
    finally:
        signal.signal(signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, *left)


def test_in_another_thread_nothing_is_watched():
    ran = []

    def other():
        with target_of(list).watch():
            ran.append(True)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert ran == [True]
