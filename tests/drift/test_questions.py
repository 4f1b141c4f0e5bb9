"""How questions are asked."""

from __future__ import annotations

import msgspec
import pytest

from harness.drift.questions import media_types, question_changes
from harness.drift.summarise import summarise
from harness.upstreams import get_upstream
from tests.drift.corpus import corpus
from tests.drift.operators import request_parts

UPSTREAM = get_upstream("vitalentum")


def told(**parts):
    before, now = corpus(1, 4), [request_parts(**parts)(each) for each in corpus(2, 3)]
    found = question_changes(summarise(before, UPSTREAM), summarise(now, UPSTREAM))
    return [(change.rule, change.where) for change in found]


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        ({}, None),
        ({"method": "PUT"}, ("request-method-changed", "")),
        ({"uri": "https://app.vitalentum.io/api/v2/chat"}, ("request-path-changed", "")),
        ({"uri": "https://other.example/base/api/converse-edge"}, None),
        ({"uri": "https://app.vitalentum.io/api/converse-edge?v=2"}, ("query-added", "")),
        ({"body": b"conversation=hello"}, ("request-not-json", "")),
        (
            {"headers": (("Accept", "application/json"), ("Content-Type", "application/json"))},
            ("request-header-changed", "request:header:accept"),
        ),
        (
            {"headers": (("Accept", "text/event-stream"), ("Content-Type", "text/plain"))},
            ("request-type-changed", "request:header:content-type"),
        ),
    ],
)
def test_a_question_asked_in_another_way(parts, rule):
    assert told(**parts) == ([rule] if rule else [])


def test_parameters_do_not_make_another_media_type():
    assert media_types(summarise(corpus(1, 3), UPSTREAM), "reply", "content-type") == {"text/event-stream"}


def test_the_version_that_a_question_speaks_is_part_of_it():
    upstream, (recording,) = get_upstream("anthropic-messages"), corpus(1, 1)

    def asked(*versions):
        headers = (*(("Anthropic-Version", each) for each in versions), ("Accept", "text/event-stream"))
        request = msgspec.structs.replace(recording.request, headers=headers)
        return summarise([msgspec.structs.replace(recording, request=request)], upstream)

    (change,) = question_changes(asked("2023-06-01"), asked("2026-01-01"))
    assert (change.rule, change.where) == ("request-header-changed", "request:header:anthropic-version")
    assert (change.before, change.now) == ("2023-06-01", "2026-01-01")
    (change,) = question_changes(asked("1", "2"), asked("4", "3"))
    assert (change.before, change.now) == ("1, 2", "3, 4")
    assert list(question_changes(asked("2023-06-01"), asked("2023-06-01"))) == []
