"""The plan of a probe: what is asked again and what is not, in which form, and when to stop."""

from __future__ import annotations

import json

import msgspec
import pytest

from harness.cassette.model import Interaction, Request, Response, Source, StreamRecord
from harness.drift.probe import confirmed, numbered, outgoing, plan, rests_on_chance, stopped, why_stop
from harness.errors import UsageError
from harness.finding import Evidence, Finding, Layer, Report, Severity, Verdict
from harness.upstreams.registry import get_upstream

VITALENTUM = get_upstream("vitalentum")
HERE, THERE = "http://127.0.0.1:8080", "https://a.example/base"


def asked(text="Hello", **parts):
    conversation = json.dumps({"history": [{"speaker": "human", "text": text}]})
    body = json.dumps({"conversation": conversation, "temperature": 0.7}).encode()
    request = Request("POST", f"{HERE}/api/converse-edge", (("Content-Type", "application/json"),), body)
    return msgspec.structs.replace(request, **parts)


def recording(request, upstream=None):
    stream = StreamRecord((), "complete", 0.0, upstream=upstream, source=Source.STAND_IN)
    return "hello", Interaction(request, Response(200, "OK", (), b"", stream))


def planned(*requests, **options):
    return plan(map(recording, requests), VITALENTUM, THERE, **{"budget": 50, **options})


def test_a_question_that_was_asked_often_is_asked_once():
    body = asked().body.replace(b": ", b":  ")
    found = planned(asked(), asked("Bye"), asked(), asked(body=body))
    assert [question.name for question in found.questions] == ["0001-hello", "0002-hello"]
    assert found.distinct == 2


def test_every_question_is_asked_before_any_is_asked_again():
    found = planned(asked("one"), asked("two"), repeat=2)
    assert [question.request.body for question in found.questions] == [
        asked(t).body for t in ("one", "two") * 2
    ]


def test_a_budget_leaves_the_rest_out_and_says_so():
    found = planned(*(asked(str(number)) for number in range(5)), repeat=2, budget=3)
    assert (len(found.questions), found.distinct, found.over_budget) == (3, 5, 7)


def test_questions_to_another_upstream_are_not_asked():
    other = Request("POST", "http://127.0.0.1/v1/chat/completions", (), b"{}")
    tapes = [recording(asked(), "openai-chat"), recording(other), recording(asked("mine"), "vitalentum")]
    assert [each.request.body for each in plan(tapes, VITALENTUM, THERE, budget=9).questions] == [
        asked("mine").body
    ]


@pytest.mark.parametrize(
    "request_",
    [
        asked(uri=f"{HERE}/api/converse-edge?key=REDACTED"),
        asked(body=b'{"conversation": "", "api_key": "REDACTED"}'),
    ],
    ids=["in the address", "in the body"],
)
def test_a_question_that_lost_its_credential_is_left_out(request_):
    found = planned(request_, asked())
    assert (len(found.questions), found.redacted) == (1, 1)
    with pytest.raises(UsageError, match="credentials"):
        planned(request_)


def test_a_baseline_without_a_question_is_refused():
    with pytest.raises(UsageError, match="no question to Vitalentum"):
        planned()


KEYED = asked(headers=(("Authorization", "REDACTED"), ("X-Client", "REDACTED"), ("Accept", "*/*")))


def test_a_header_that_lost_its_value_must_be_handed_in():
    with pytest.raises(UsageError, match="authorization, x-client") as caught:
        planned(KEYED)
    assert "--header" in caught.value.help


def test_headers_handed_in_take_the_place_of_recorded_ones():
    (question,) = planned(KEYED, headers=(("authorization", "Bearer k"), ("x-client", ""))).questions
    assert question.request.headers == (
        ("Accept", "*/*"),
        ("authorization", "Bearer k"),
        ("Content-Type", "application/json"),
    )


def test_a_request_goes_to_the_new_address_with_what_names_it():
    headers = (("Host", "x"), ("Origin", HERE), ("Referer", f"{HERE}/"), ("Content-Length", "2"), ("A", "b"))
    sent = outgoing(asked(headers=headers, body=None), VITALENTUM, f"{THERE}/")
    assert sent.uri == "https://a.example/base/api/converse-edge"
    assert sent.headers == (("Origin", "https://a.example"), ("Referer", "https://a.example/"), ("A", "b"))


def test_a_query_and_a_path_of_its_own_stay():
    sent = outgoing(asked(uri=f"{HERE}/health?a=b"), VITALENTUM, THERE)
    assert sent.uri == "https://a.example/base/health?a=b"


def test_a_name_and_password_in_the_address_do_not_get_into_headers():
    sent = outgoing(asked(headers=(("Origin", HERE),)), VITALENTUM, "http://me:secret@a.example")
    assert sent.headers[0] == ("Origin", "http://a.example")


@pytest.mark.parametrize(
    "url",
    [
        *("a.example", "ftp://a.example", "http://", "http://[::1", "http://:80"),
        *("http://a.example:99999", "http://a.example:0", "http://a.example?a=b", "http://a.example#a"),
    ],
)
def test_what_is_no_base_url_is_refused(url):
    with pytest.raises(UsageError, match="no base URL"):
        plan([recording(asked())], VITALENTUM, url, budget=1)


@pytest.mark.parametrize("url", ["ftp://me:secret@a.example", "me:secret@a.example", "http://me:secret@[::1"])
def test_a_refused_url_is_shown_without_its_name_and_password(url):
    with pytest.raises(UsageError) as refused:
        plan([recording(asked())], VITALENTUM, url, budget=1)
    assert "secret" not in str(refused.value)


PAGE = Response(403, "No", (("Content-Type", "text/html"),), b"<title>Just a moment...</title>")


@pytest.mark.parametrize(
    ("response", "why"),
    [
        (Response(200, "OK"), None),
        (Response(503, "Down"), None),
        (Response(429, "Slow down"), "429, too many requests"),
        (Response(429, "Slow down", (("Retry-After", "20"),)), "429, too many requests; Retry-After: 20"),
        (PAGE, "the page of a guard"),
    ],
    ids=["a reply", "a failure", "too many", "too many, with a time", "a guard"],
)
def test_asking_stops_where_the_upstream_asks_for_it(response, why):
    assert why_stop(response) == why


def test_a_second_batch_has_numbers_of_its_own():
    questions = planned(asked("one"), asked("two")).questions
    again = numbered(questions, after=2)
    assert [question.name for question in again] == ["0003-hello", "0004-hello"]
    assert [question.request for question in again] == [question.request for question in questions]


def told(rule, p="deterministic", severity=Severity.RISKY):
    return Finding(
        rule=rule,
        severity=severity,
        layer=Layer.SEQUENCE,
        where="somewhere",
        message="It is so.",
        help="look",
        evidence=Evidence(p=p),
    )


SURE, BAD = told("sure"), told("bad", severity=Severity.BREAKING)
SLOW, MORE_SLOW, ODD = told("slow", 0.001), told("slow", 0.004), told("odd", 0.002)


@pytest.mark.parametrize(
    ("first", "second", "kept", "verdict"),
    [
        ((SLOW,), (MORE_SLOW,), (SLOW,), Verdict.DRIFT),
        ((SLOW,), (), (), Verdict.CLEAN),
        ((SLOW,), (ODD,), (), Verdict.CLEAN),
        ((SURE, SLOW), (), (SURE,), Verdict.DRIFT),
        ((SLOW,), (BAD,), (BAD,), Verdict.DRIFT),
        ((SURE, SLOW), (BAD, SURE, SLOW), (BAD, SLOW, SURE), Verdict.DRIFT),
    ],
    ids=["said twice", "said once", "something else", "sure once", "sure later", "worst first"],
)
def test_what_rests_on_chance_must_be_said_by_both_batches(first, second, kept, verdict):
    report = confirmed(Report(Verdict.DRIFT, first), Report(Verdict.DRIFT, second))
    assert (report.verdict, set(report.findings)) == (verdict, set(kept))
    assert report.findings[:1] == kept[:1]


def test_only_chance_is_a_reason_to_ask_once_more():
    assert rests_on_chance(Report(Verdict.DRIFT, (SURE, SLOW)))
    assert not rests_on_chance(Report(Verdict.DRIFT, (SURE, BAD)))


def test_a_probe_that_was_stopped_is_inconclusive_and_keeps_what_it_found():
    found = Finding(
        rule="sentinel-missing",
        severity=Severity.BREAKING,
        layer=Layer.SEQUENCE,
        where="sentinel",
        message="It does not come.",
        help="look",
    )
    blind = msgspec.structs.replace(found, rule="could-not-look")
    report = stopped(Report(Verdict.DRIFT, (found, blind), {"a": 1}), "429", answered=1, planned=4)
    assert (report.verdict, report.summary) == (Verdict.INCONCLUSIVE, {"a": 1})
    assert [each.rule for each in report.findings] == ["probe-stopped", "sentinel-missing"]
    assert "before 4 planned, now 1 answered" in report.findings[0].message
