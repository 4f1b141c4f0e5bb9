"""Pairs that show a finding: for every change that the tests of drift know."""

from __future__ import annotations

from functools import cache

import msgspec
import pytest

from harness.disk.comparison import compare
from harness.drift.showing import pair_for, sheet_of
from harness.drift.showing.pair import BLOCKS_AROUND, WIDEST
from harness.finding import Evidence, Finding, Layer, Severity
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS
from tests.report.recordings import VITALENTUM, exchange, reply

FIELDS = {
    "text gone": ('"content":""', None),
    "finish word": ('"finish_reason":"stop"', '"finish_reason":"end_turn"'),
    "created string": ('"created":1704972605', '"created":"1706608298"'),
    "text list": ('"content":""', '"content":[""]'),
    "cumulative": ('"content":" rises"', '"content":"Every pull"'),
    "speaker": ('"speaker": "human"', '"speaker": "user"'),
    "request field gone": ('"temperature": 0.7', None),
}
"""The marked field before and now; None where it is not there."""

LINES = {
    "status 201": ("HTTP/1.1 200 OK", "HTTP/1.1 201 OK"),
    "server": ("Server: Vercel", "Server: nginx"),
    "crlf": (None, "\r"),
    "comments": (None, ": keep-alive"),
    "sentinel changed": ("data: [DONE]", "data: [END]"),
    "invalid utf-8": (None, "\\xff"),
    "error page": ("{", "<html>no</html>"),
}
"""What a marked line holds."""


@cache
def sheets(name):
    return [[sheet_of(each, VITALENTUM) for each in side] for side in OPERATORS[name].sides(1)]


@cache
def findings(name):
    return compare(*OPERATORS[name].sides(1)).findings


def pair(name, number=0):
    return pair_for(findings(name)[number], *sheets(name))


def marked(excerpt):
    return [line for line in excerpt.lines if line.marked]


@pytest.mark.parametrize("name", OPERATORS)
def test_every_finding_is_shown_on_both_sides(name):
    for finding in findings(name):
        found = pair_for(finding, *sheets(name))
        assert found, finding
        assert found.before.lines
        assert found.now.lines
        assert found.before.marks or found.now.marks


@pytest.mark.parametrize("name", FIELDS)
def test_the_field_itself_is_marked(name):
    fields = tuple(next((line.parts[1] for line in marked(side) if line.parts), None) for side in pair(name))
    assert fields == FIELDS[name]


@pytest.mark.parametrize("name", LINES)
def test_the_line_is_marked(name):
    for side, words in zip(pair(name), LINES[name], strict=True):
        assert words is None or any(words in line.text for line in marked(side))


def test_a_new_word_is_shown_where_it_stands_even_where_more_has_moved():
    before, now = OPERATORS["finish word"].sides(1)
    now = [OPERATORS["text renamed"].change(each) for each in now]
    (finding,) = [each for each in compare(before, now).findings if each.rule == "chunk-field-word-new"]
    found = pair_for(finding, *([sheet_of(each, VITALENTUM) for each in side] for side in (before, now)))
    assert [line.parts[1] for line in marked(found.now)] == ['"finish_reason":"end_turn"']


def test_what_is_gone_is_shown_where_it_would_be():
    found = pair("text gone")
    assert (found.before.event, found.now.event) == (1, 1)


def test_an_excerpt_is_the_place_and_a_little_around_it():
    found = pair("sentinel missing")
    assert len(found.now.lines) == BLOCKS_AROUND + 1
    assert [line.number for line in found.now.lines] == [
        found.now.event - 2,
        found.now.event - 1,
        found.now.event,
    ]


def test_times_are_shown_by_the_ordinary_recording():
    (finding,) = [each for each in findings("slow start") if each.where == "ttft"]
    found = pair_for(finding, *sheets("slow start"))
    (before,), (now,) = (marked(side) for side in found)
    assert now.at_ms > 3 * before.at_ms


def test_the_same_question_is_shown_on_both_sides_where_there_is_one():
    olds = [sheet_of(each, VITALENTUM) for each in corpus(1, 4)]
    like = msgspec.structs.replace(sheets("field new")[1][0], question=olds[3].question)
    assert pair_for(findings("field new")[0], olds, [like]).before.recording == 3


@pytest.mark.parametrize("turned", [False, True])
def test_what_came_to_be_more_often_is_shown_beside_a_recording_without_it(turned):
    broken = OPERATORS["finish word"].change
    often = [broken(each) if number % 4 else each for number, each in enumerate(corpus(1, 12))]
    seldom = [broken(each) if number == 5 else each for number, each in enumerate(corpus(2, 12))]
    sides = [[sheet_of(each, VITALENTUM) for each in side] for side in (seldom, often)]
    finding = told("$.choices[*].finish_reason", "chunk-field-word-new")
    assert (
        pair_for(finding, *sides) is None
    )  # without chance in it, a difference is in all of them or in none
    chancy = msgspec.structs.replace(finding, evidence=Evidence("1 of 12", "9 of 12", p=0.001))
    found = pair_for(chancy, *(reversed(sides) if turned else sides))
    fields = tuple(next(line.parts[1] for line in marked(side) if line.parts) for side in found)
    assert sorted(fields) == ['"finish_reason":"end_turn"', '"finish_reason":"stop"']


def test_a_line_that_is_very_long_is_cut_around_the_field():
    long = sheet_of(exchange(reply("x" * 5_000)), VITALENTUM)
    finding = told("$.choices[*].finish_reason", "chunk-field-word-new")
    found = pair_for(finding, [long], sheets("finish word")[1])
    assert all(
        len("".join(line.parts or (line.text,))) <= 2 * WIDEST for side in found for line in side.lines
    )


@pytest.mark.parametrize("where", ["sideways", "$.never.there"])
def test_a_place_that_nobody_has_shows_nothing(where):
    olds = [sheet_of(each, VITALENTUM) for each in corpus(1, 2)]
    assert pair_for(told(where), olds, olds) is None


def test_one_side_alone_shows_nothing():
    assert pair_for(told("status"), [], sheets("status 201")[1]) is None


def told(where, rule="some-rule"):
    return Finding(
        rule=rule,
        severity=Severity.RISKY,
        layer=Layer.CHUNK,
        where=where,
        message="m",
        help="h",
        evidence=Evidence(),
    )
