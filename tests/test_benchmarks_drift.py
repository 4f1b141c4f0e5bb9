"""The benchmark of drift keeps its word: each change is one, and what is ordinary leaves the contract alone."""

from __future__ import annotations

import re
from functools import cache

import pytest

from benchmarks.drift.case import sides
from benchmarks.drift.controls import AS_BEFORE, BLIND, CONTROLS, ODD
from benchmarks.drift.corpus import corpus, render
from benchmarks.drift.operators import OPERATORS
from harness import Cassette, validate
from harness.finding import Verdict

CASES = (*OPERATORS, *CONTROLS, *BLIND)
WORDS = {
    *(
        "status",
        "http_version",
        "error:status",
        "request:method",
        "request:path",
        "framing",
        "encoding",
        "sentinel",
    ),
    *("comments", "event", "id", "retry", "first-chunk", "last-chunk", "usage-chunk", "chunk-sequence"),
    *("chunk-count", "chunk-size", "ttft", "inter-chunk", "duration"),
}
PATH = re.compile(r"(?:request:|error:)?\$(?:\.\w+|\[\*\])*\Z|(?:request:|error:)?header:[a-z0-9-]+\Z")
"""The places of the contract's page on findings."""


ACCIDENTS = {
    "no-pieces-known": {"no-stream-record"},
    "one-client-left": {"stream-closed"},
    "one-recording-full": {"stream-limit"},
    "one-rate-limited": {"rate-limited"},
    "one-failure": {"upstream-failed"},
    "one-challenge": {"challenge-page"},
}
"""What befalls single recordings, and says nothing of the service."""


def named(cases):
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


@cache
def recordings(case, *edits):
    """Three recordings of the case after these edits; the third is an error where there are some."""
    soft = corpus(("twin", case.flavour), 3, case.flavour)
    for edit in edits:
        for each in soft:
            edit(each)
    return tuple(map(render, soft))


def breaches(found):
    report = validate(Cassette(found), upstream="vitalentum", reading="tolerant")
    return {each.rule for each in report.findings}


@named(OPERATORS)
def test_a_change_changes_the_recordings(case):
    assert recordings(case, case.always) != recordings(case, case.always, case.edit)


@named(OPERATORS)
def test_a_change_has_a_layer_and_places_of_the_contract(case):
    assert case.name.startswith(f"{case.layer}-")
    assert case.where
    assert [place for place in case.where if place not in WORDS and not PATH.match(place)] == []


def test_no_two_changes_are_the_same():
    made = {}
    for case in OPERATORS:
        both = recordings(case, case.always), recordings(case, case.always, case.edit), case.share
        twin = made.setdefault(both, case)
        assert twin is case, f"{case.name} is {twin.name}"


@named(CONTROLS)
def test_what_is_ordinary_leaves_the_contract_alone(case):
    before, now = recordings(case, case.always), recordings(case, case.always, case.edit)
    assert breaches(now) == breaches(before) | ACCIDENTS.get(case.name, set())


@named(BLIND)
def test_where_nobody_could_look_there_is_no_reply(case):
    bodies = [found.response.body for found in recordings(case, case.always, case.edit)]
    assert all(b"data:" not in body for body in bodies)


def test_there_are_enough_cases_and_enough_of_them_are_ordinary():
    assert len(CASES) >= 150
    assert 3 * len(CONTROLS) >= len(CASES)
    assert {case.verdict for case in CASES} == {*Verdict} - {Verdict.INVALID}


def test_every_case_has_a_name_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES)


def test_what_was_there_before_as_well_is_in_the_tables():
    assert {case.name for case in AS_BEFORE} == {f"as-before-{name}" for name in ODD}


def test_a_case_is_the_same_each_time_and_another_with_each_seed():
    case = next(case for case in CONTROLS if case.name == "key-order")
    assert sides(case, 1, 5) == sides(case, 1, 5)
    assert sides(case, 1, 5) != sides(case, 2, 5)


def test_a_change_touches_its_share_of_the_new_recordings():
    case = next(case for case in OPERATORS if case.name == "framing-some-done-gone")
    before, now = sides(case, 0, 10)
    assert all(b"[DONE]" in found.response.body for found in before)
    assert sum(b"[DONE]" not in found.response.body for found in now) == 3
