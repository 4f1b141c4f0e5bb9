"""Reply, refusal, or nothing seen."""

import json

import pytest

from harness.drift.outcomes import Outcome, is_challenge, outcome_of
from tests.drift.exchanges import UPSTREAM, asked, exchange

PAGE = b"<!DOCTYPE html><title>Just a moment...</title>"
JSON = (("Content-Type", "application/json"),)
HTML = (("Content-Type", "text/html"),)


def came_of(status, body, headers=JSON, request=None):
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return outcome_of(UPSTREAM, exchange(body=text, status=status, headers=headers, request=request))


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (422, {"error": {"message": "field required"}}, Outcome.REFUSED),
        (401, {"error": {"message": "Authentication required"}}, Outcome.REFUSED),
        (403, {"message": "Not available in your country"}, Outcome.REFUSED),
        (404, b"gone", Outcome.REFUSED),
        (410, b"", Outcome.REFUSED),
        (400, b"<html>Bad Request</html>", Outcome.BLOCKED),
        (401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, Outcome.BLOCKED),
        (403, {"error": {"message": "You exceeded your quota"}}, Outcome.BLOCKED),
        (429, {"error": {"message": "slow down"}}, Outcome.BLOCKED),
        (500, {"error": {"message": "oops"}}, Outcome.BLOCKED),
        (403, PAGE, Outcome.BLOCKED),
        (200, PAGE, Outcome.BLOCKED),
        (200, {"error": {"message": "passed on"}}, Outcome.BLOCKED),
        (200, {"object": "chat.completion", "choices": []}, Outcome.REPLY),
        (307, b"", Outcome.REDIRECT),
    ],
)
def test_what_came_of_a_question(status, body, outcome):
    assert came_of(status, body) is outcome


def test_a_stream_is_a_reply():
    assert outcome_of(UPSTREAM, exchange()) is Outcome.REPLY


def test_a_key_that_was_sent_and_is_refused_is_the_keys_affair():
    keyed = asked(headers=(("Authorization", "Bearer x"),))
    assert came_of(401, {"error": {"message": "Unauthorized"}}, request=keyed) is Outcome.BLOCKED
    assert came_of(401, {"error": {"message": "Unauthorized"}}) is Outcome.REFUSED


def test_a_guard_is_known_by_its_header_too():
    assert is_challenge(exchange(headers=(("cf-mitigated", "challenge"),)).response)
    assert not is_challenge(exchange(body=b"data: Just a moment\n\n").response)
    assert is_challenge(exchange(body=PAGE, headers=HTML).response)
