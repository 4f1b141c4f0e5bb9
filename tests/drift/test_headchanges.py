"""What differs in heads; the catalogue of changes is walked by the benchmark's tables."""

import pytest
from harness.drift.difference import Pair
from harness.drift.headchanges import error_head_changes, reply_head_changes, request_head_changes

from harness.drift.shape import summarise
from tests.drift.exchanges import HEADERS, UPSTREAM, asked, exchange, several


def changes(finder, before, now):
    return {
        (each.rule, each.where)
        for each in finder(Pair(summarise(before, UPSTREAM), summarise(now, UPSTREAM)))
    }


def replies(*headers, count=4):
    return several(count, headers=(*HEADERS, *headers))


@pytest.mark.parametrize(
    "header",
    [
        ("Date", "x"),
        ("CF-Ray", "y"),
        ("Set-Cookie", "z"),
        ("Alt-Svc", "h3"),
        ("X-Cache", "HIT"),
        ("Age", "1"),
    ],
)
def test_headers_of_the_way_come_and_go(header):
    assert not changes(reply_head_changes, replies(header), replies())
    assert not changes(reply_head_changes, replies(), replies(header))


def test_a_header_that_only_some_have_is_not_missed():
    assert not changes(reply_head_changes, replies(("X-A", "1"), count=2) + replies(), replies())


def test_a_header_is_only_new_when_all_have_it():
    some = replies(("X-A", "1"), count=2) + replies()
    assert not changes(reply_head_changes, replies(), some)
    assert changes(reply_head_changes, replies(), replies(("X-A", "1"))) == {
        ("transport-header-added", "header:x-a")
    }


@pytest.mark.parametrize(
    "name", ["User-Agent", "Accept-Language", "X-Request-Id", "Sec-Fetch-Mode", "Traceparent"]
)
def test_clients_may_be_others(name):
    other = [
        exchange(
            request=asked(
                headers=(("Content-Type", "application/json"), ("Accept", "text/event-stream"), (name, "x"))
            )
        )
    ]
    assert not changes(request_head_changes, several(), other)


def test_the_date_of_an_end_is_told():
    now = Pair(
        summarise(replies(), UPSTREAM),
        summarise(replies(("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT")), UPSTREAM),
    )
    (change,) = reply_head_changes(now)
    assert (change.where, change.detail) == ("header:sunset", "Fri, 01 Jan 2027 00:00:00 GMT")


def test_headers_of_errors_have_a_place_of_their_own():
    errors = [several(2, status=429, body=b"{}", headers=heads) for heads in ((("Retry-After", "3"),), ())]
    assert changes(error_head_changes, *errors) == {("error-header-removed", "error:header:retry-after")}
