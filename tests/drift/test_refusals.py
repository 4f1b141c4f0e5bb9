"""How exchanges come out."""

from __future__ import annotations

import json

import msgspec
import pytest

from harness.cassette.model import Response
from harness.drift.refusals import outcome_changes
from harness.drift.shape import Summary
from harness.drift.summarise import summarise
from harness.upstreams import get_upstream
from tests.drift.corpus import corpus

UPSTREAM = get_upstream("vitalentum")
JSON, HTML = (("Content-Type", "application/json"),), (("Content-Type", "text/html"),)


def error(status, message="no", headers=JSON):
    body = json.dumps({"message": message}).encode() if headers is JSON else b"<html>no</html>"
    return Response(status, "No", headers, body)


def answered(recordings, response):
    return [msgspec.structs.replace(each, response=response) for each in recordings]


def told(before, now):
    found = outcome_changes(summarise(before, UPSTREAM), summarise(now, UPSTREAM))
    return {change.rule for change in found}


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        (404, {"request-refused", "endpoint-gone"}),
        (410, {"request-refused", "endpoint-gone"}),
        (401, {"request-refused", "credentials-required"}),
        (422, {"request-refused"}),
        (200, {"error-as-success"}),
        (429, set()),
        (503, set()),
    ],
)
def test_all_questions_are_refused(status, rules):
    assert told(corpus(1, 5), answered(corpus(2, 4), error(status))) == rules


def test_one_question_that_was_fine_is_enough():
    before = corpus(1, 8)
    now = [*before[1:], *answered(before[:1], error(422))]
    assert told(before, now) == {"request-refused"}


def test_one_strange_question_in_ten_may_have_deserved_it():
    assert told(corpus(1, 8), [*corpus(2, 9), *answered(corpus(3, 1), error(422))]) == set()


def test_errors_in_another_dress():
    good, bad = corpus(1, 4), corpus(2, 4)
    old = [*good, *answered(bad, error(400))]
    assert told(old, [*good, *answered(bad, error(422))]) == {"error-status-changed"}
    assert told(old, [*good, *answered(bad, error(500))]) == {"error-status-changed"}
    assert told(old, [*good, *answered(bad, error(200))]) == {"error-as-success"}
    assert told(old, [*good, *answered(bad, error(400, headers=HTML))]) == {
        "error-body-changed",
        "error-content-type-changed",
    }


def test_a_failure_on_the_way_is_no_news():
    good, bad = corpus(1, 4), corpus(2, 4)
    old = [*good, *answered(bad, error(400))]
    assert told(old, [*good, *answered(corpus(3, 3), error(502, headers=HTML))]) == set()
    assert told(old, [*good, *answered(corpus(3, 3), error(429))]) == set()


def test_a_redirect_is_another_status():
    moved = Response(308, "Moved", (("Location", "https://elsewhere.example/"),), b"")
    assert told(corpus(1, 4), answered(corpus(2, 4), moved)) == {"status-changed"}


def test_where_nothing_works_it_breaks():
    found = outcome_changes(
        summarise(corpus(1, 5), UPSTREAM), summarise(answered(corpus(2, 4), error(200)), UPSTREAM)
    )
    assert [(change.rule, change.severity) for change in found] == [("error-as-success", "breaking")]


@pytest.mark.parametrize(
    ("status", "rules"),
    [
        (401, {"request-refused", "credentials-required"}),
        (405, {"request-refused", "endpoint-gone"}),
        (422, {"request-refused"}),
    ],
)
def test_good_questions_are_refused_where_others_always_were(status, rules):
    bad = answered(corpus(9, 2), error(400))
    assert rules <= told([*corpus(1, 8), *bad], [*answered(corpus(2, 8), error(status)), *bad])


def test_no_endpoint_is_left_beside_questions_that_deserved_their_404():
    before = [*corpus(1, 8), *answered(corpus(9, 2), error(404))]
    assert {"request-refused", "endpoint-gone"} <= told(before, answered(corpus(2, 10), error(404)))


def test_the_refusals_of_before_alone_are_no_news():
    bad = answered(corpus(9, 4), error(400))
    assert told([*corpus(1, 8), *bad], bad) == set()
    assert told([*corpus(1, 8), *bad], answered(corpus(9, 4), error(422))) == {"error-status-changed"}


def tally(answers, errors, *, blocked=0):
    """A summary of so many answers, and of errors by their status."""
    failed = sum(errors.values())
    tallies = {
        ("all",): answers + failed + blocked,
        ("outcome", "reply"): answers,
        ("outcome", "error"): failed,
    }
    return Summary(tallies, {("status", "error"): errors, ("error-status",): errors})


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (tally(0, {}, blocked=4), tally(0, {"422": 4}), []),
        (tally(12, {}), tally(0, {"422": 1}), ["status 422"]),
        (tally(12, {}), tally(11, {"422": 1}), []),
        (tally(11, {"400": 1}), tally(6, {"400": 1, "422": 5}), ["status 422"]),
        (tally(23, {"400": 1}), tally(15, {"400": 8, "422": 1}), ["status 400, 422"]),
        (tally(16, {"400": 4}), tally(10, {"400": 9, "422": 1}), []),
        (tally(20, {"400": 4}), tally(20, {"400": 1, "422": 3}), []),
    ],
)
def test_refusals_that_grew_more_than_chance_allows(before, now, said):
    found = [change.detail for change in outcome_changes(before, now) if change.rule == "request-refused"]
    assert found == said


def test_each_status_is_counted_for_itself():
    found = outcome_changes(tally(11, {"400": 1}), tally(0, {"400": 1, "404": 4, "405": 3, "401": 4}))
    assert [(change.rule, change.before, change.now, change.detail) for change in found][:3] == [
        ("request-refused", "0 of 12", "11 of 12", "status 401, 404, 405"),
        ("credentials-required", "0 of 12", "4 of 12", "status 401"),
        ("endpoint-gone", "0 of 12", "7 of 12", "status 404, 405"),
    ]


def test_a_redirect_that_was_known_is_no_news():
    moved = Response(308, "Moved", (("Location", "https://elsewhere.example/"),), b"")
    before, now = ([*corpus(1, 4), *answered(corpus(seed, 2), moved)] for seed in (2, 3))
    assert told(before, now) == set()


def told_of_questions(before, now, old, new):
    """What is told where the same questions were answered so, beside these tallies."""
    for side, answers in ((before, old), (now, new)):
        side.words.update(
            {("answer", question): dict.fromkeys(said, 6) for question, said in answers.items()}
        )
    return [(change.rule, change.now, change.detail) for change in outcome_changes(before, now)]


def test_questions_that_are_refused_in_two_ways_are_told_with_both():
    answers = {"a": ["reply 200"], "b": ["reply 200"]}
    refusals = {"a": ["error 422"], "b": ["error 400"]}
    found = told_of_questions(tally(12, {}), tally(0, {"422": 6, "400": 6}), answers, refusals)
    assert found == [("request-refused", "12 of 12", "status 400, 422")]


def test_a_question_that_was_answered_once_did_not_earn_its_refusals():
    now = {"a": ["reply 200", "error 422"]}
    found = told_of_questions(tally(12, {}), tally(6, {"422": 6}), {"a": ["reply 200"]}, now)
    assert found == [("request-refused", "6 of 12", "status 422")]


def test_a_refusal_that_became_an_error_under_200_is_told_of_a_question_that_was_answered_too():
    before, now = tally(6, {"400": 6}), tally(0, {"200": 1, "400": 5})
    found = told_of_questions(before, now, {"a": ["reply 200", "error 400"]}, {"a": ["error 200"]})
    assert ("error-as-success", "200", "") in found
