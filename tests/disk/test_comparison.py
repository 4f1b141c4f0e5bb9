"""`harness.compare`: recordings, and what the schemas on the disk excuse."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from harness import compare, get_upstream
from harness.cassette.model import Frame, Interaction, Request, Response, StreamRecord
from harness.errors import UsageError
from harness.finding import Verdict
from harness.fuzz.strategies import chat_streams
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS, swap


def test_a_word_that_the_schema_lists_is_not_new():
    stopped = [swap(b'"length"', b'"stop"')(each) for each in corpus(1, 6)]
    filtered = [swap(b'"stop"', b'"content_filter"')(each) for each in corpus(2, 6)]
    strange = [swap(b'"stop"', b'"end_turn"')(each) for each in corpus(2, 6)]
    assert compare(stopped, [*filtered[:3], *stopped[3:]]).verdict is Verdict.CLEAN
    assert [finding.where for finding in compare(stopped, strange).findings] == ["$.choices[*].finish_reason"]


def test_an_unknown_upstream_is_refused():
    with pytest.raises(UsageError):
        compare([], [], upstream="nobody")


def streams(name, count=40):
    """Recordings of valid streams, as the grammar allows them; each differs in all that is open."""
    upstream, bodies = get_upstream(name), []
    quiet = settings(
        max_examples=count, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    quiet(given(chat_streams(upstream=name))(lambda body: bodies.append(body)))()
    question = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hello!"}]}).encode()
    request = Request(
        "POST", upstream.base_url + upstream.path, (("Content-Type", "application/json"),), question
    )
    head = (("Content-Type", upstream.reply_type),)
    return [
        Interaction(
            request, Response(200, "OK", head, body, StreamRecord((Frame(9.0, len(body)),), "complete", 9.0))
        )
        for body in bodies
        if body
    ]


NAMES = ["vitalentum", "openai-chat", "anthropic-messages", "ollama-chat"]


@pytest.mark.parametrize("name", NAMES)
def test_a_part_of_the_baseline_is_no_drift_from_it(name):
    recordings = streams(name)
    assert compare(recordings, recordings[::2], upstream=name).findings == ()


@pytest.mark.parametrize("name", NAMES)
def test_another_word_for_the_text_is_told_of_every_upstream(name):
    word = {"ollama-chat": "content", "anthropic-messages": "text"}.get(name, "content")
    recordings = streams(name)
    renamed = [swap(f'"{word}"'.encode(), b'"txt"')(each) for each in recordings[1::2]]
    report = compare(recordings[::2], renamed, upstream=name)
    assert report.verdict is Verdict.DRIFT
    assert any(word in found.where for found in report.findings)


def test_whose_compatibility_matters_can_be_said():
    before, now = OPERATORS["field new"].sides(1)
    assert [finding.severity for finding in compare(before, now).findings] == ["additive"]
    assert [finding.severity for finding in compare(before, now, clients="strict-typed").findings] == [
        "breaking"
    ]
    assert compare(before, now, severities={"chunk-field-added": "off"}).verdict is Verdict.CLEAN
