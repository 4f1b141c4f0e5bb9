"""How an exchange came out, and what was asked."""

from __future__ import annotations

import msgspec
import pytest

from harness.cassette.model import Interaction, Request, Response
from harness.drift.exchange import class_of, look_at_request, outcome_of
from harness.drift.notes import Notes
from harness.upstreams import get_upstream
from tests.drift.corpus import URL, corpus

UPSTREAM = get_upstream("vitalentum")
JSON, HTML = (("Content-Type", "application/json"),), (("Content-Type", "text/html"),)


@pytest.mark.parametrize(
    ("response", "outcome"),
    [
        (Response(400, "Bad", JSON, b'{"message":"no"}'), "error"),
        (Response(401, "No", JSON, b'{"error":{"message":"no"}}'), "error"),
        (Response(401, "No", JSON, b'{"detail":"Authentication required"}'), "error"),
        (Response(401, "No", JSON, b'{"error":{"message":"Incorrect API key provided."}}'), "blocked"),
        (
            Response(
                401, "No", JSON, b'{"error":{"message":"No API key given.","type":"invalid_request_error"}}'
            ),
            "error",
        ),
        (Response(403, "No", JSON, b'{"error":{"message":"You exceeded your current quota"}}'), "blocked"),
        (
            Response(
                200, "OK", JSON, b'{"error":{"message":"Your account is not active, check your billing"}}'
            ),
            "blocked",
        ),
        (Response(402, "Pay", JSON, b'{"error":{"message":"no"}}'), "blocked"),
        (Response(401, "No", HTML, b"<html>"), "blocked"),
        (Response(429, "Slow", JSON, b'{"error":{"message":"slow"}}'), "blocked"),
        (Response(503, "Down", HTML, b"<html>"), "blocked"),
        (Response(200, "OK", HTML, b"<title>Just a moment...</title>"), "blocked"),
        (Response(302, "Found", (("Location", "/x"),), b""), "redirect"),
        (Response(200, "OK", JSON, b'{"error":{"message":"bad"}}'), "error"),
        (Response(200, "OK", JSON, b"data: x\n\n"), "reply"),
    ],
)
def test_how_it_came_out(response, outcome):
    assert outcome_of(UPSTREAM, Interaction(Request("POST", URL), response)) == outcome


def test_a_key_that_was_refused_tells_nothing():
    request = Request("POST", URL, (("Authorization", "Bearer x"),))
    response = Response(401, "No", JSON, b'{"error":{"message":"no"}}')
    assert outcome_of(UPSTREAM, Interaction(request, response)) == "blocked"


def test_the_conversation_is_read_out_of_its_string():
    notes = Notes()
    look_at_request(notes, UPSTREAM, corpus(1, 1)[0].request)
    assert notes.summary().count("present", "request", "", "$.conversation.history") == 1


def test_a_question_has_one_name_in_every_spelling():
    request = corpus(1, 1)[0].request
    document = msgspec.json.decode(request.body)
    turned = dict(reversed(document.items()))
    other = msgspec.structs.replace(request, body=msgspec.json.encode(turned))
    names = [look_at_request(Notes(), UPSTREAM, each) for each in (request, other)]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("value", "kind"),
    [("30", "digits"), ("120ms", "duration"), ("Thu, 26 Nov 2026 12:00:00 GMT", "date"), ("abc/1.0", "text")],
)
def test_headers_have_classes(value, kind):
    assert class_of(value) == kind
