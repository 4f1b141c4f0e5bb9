"""Two corpora in, a report out: the verdicts."""

from __future__ import annotations

import msgspec
import pytest

from harness import compare
from harness.cassette.model import Frame, Response, StreamRecord
from harness.finding import Verdict
from tests.drift.controls import CONTROLS, sides
from tests.drift.corpus import Style, corpus
from tests.drift.operators import each

STYLES = [Style(), Style(usage=True), Style(keep_alive=0.6), Style(nullable=True), Style(map=True)]


@pytest.mark.parametrize("style", STYLES, ids=["plain", "usage", "keep-alive", "nullable", "map"])
@pytest.mark.parametrize("seed", range(4))
def test_the_same_upstream_is_silent(style, seed):
    report = compare(corpus(seed, 8, style), corpus(seed + 100, 8, style))
    assert report.findings == ()
    assert report.verdict is Verdict.CLEAN


@pytest.mark.parametrize("sides", [([], []), (corpus(1, 3), []), ([], corpus(1, 3))])
def test_nothing_is_never_clean(sides):
    assert compare(*sides).verdict is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    "response",
    [
        Response(429, "Slow", (), b'{"error":{"message":"rate limit"}}'),
        Response(503, "Down", (("Content-Type", "text/html"),), b"<html>"),
        Response(403, "No", (("Content-Type", "text/html"),), b"<title>Just a moment...</title>"),
    ],
    ids=["rate", "down", "challenge"],
)
def test_what_could_not_be_seen_is_inconclusive(response):
    now = [msgspec.structs.replace(each, response=response) for each in corpus(2, 4)]
    assert compare(corpus(1, 4), now).verdict is Verdict.INCONCLUSIVE


def test_refusals_that_were_asked_for_do_not_make_up_for_answers_that_were_held_up():
    refused = Response(
        400, "No", (("Content-Type", "application/json"),), b'{"message":"Invalid temperature"}'
    )
    limited = Response(429, "Slow", (), b'{"error":{"message":"rate limit"}}')
    bad = [msgspec.structs.replace(each, response=refused) for each in corpus(9, 2)]
    late = [msgspec.structs.replace(each, response=limited) for each in corpus(2, 4)]
    assert compare([*corpus(1, 4), *bad], [*late, *bad]).verdict is Verdict.INCONCLUSIVE
    assert compare([*corpus(1, 4), *bad], [*late, *corpus(3, 1), *bad]).verdict is Verdict.CLEAN


def test_lines_of_json_that_become_events_are_another_kind_of_stream():
    lines = (
        b'{"message":{"role":"assistant","content":"a"},"done":false}\n{"done":true,"done_reason":"stop"}\n'
    )
    events = b"".join(b"data: " + line + b"\n\n" for line in lines.splitlines())
    (recording,) = corpus(1, 1)
    before, now = (
        [msgspec.structs.replace(recording, response=Response(200, "OK", (), body))] * 2
        for body in (lines, events)
    )
    (found,) = compare(before, now, upstream="ollama-chat").findings
    assert (found.rule, found.where) == ("framing-lost", "framing")


def test_replies_that_their_reader_left_miss_nothing():
    line = b'{"message":{"role":"assistant","content":"a"},"done":false}\n'
    end = b'{"message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","eval_count":2}\n'
    (recording,) = corpus(1, 1)

    def replies(body, ending):
        stream = StreamRecord((Frame(1.0, len(body)),), ending, 2.0)
        return [msgspec.structs.replace(recording, response=Response(200, "OK", (), body, stream))] * 4

    report = compare(replies(line * 5 + end, "complete"), replies(line * 5, "closed"), upstream="ollama-chat")
    assert report.findings == ()


@pytest.mark.parametrize("same", ["msg_01", None])
def test_where_an_id_is_repeated_its_own_place_is_told(same):
    def recordings(ids):
        for recording, name in zip(corpus(1, 4), ids, strict=True):
            start = f'{{"type":"message_start","message":{{"id":"{name}","role":"assistant"}}}}'
            body = f"event: message_start\ndata: {start}\n\nevent: message_stop\ndata: {{}}\n\n".encode()
            yield msgspec.structs.replace(recording, response=Response(200, "OK", (), body))

    before = [f"msg_{number}a" for number in range(4)]
    now = [same or f"msg_{number}b" for number in range(4)]
    report = compare(recordings(before), recordings(now), upstream="anthropic-messages")
    assert [found.where for found in report.findings if found.rule == "id-repeated"] == [
        "$.message.id"
    ] * bool(same)


@pytest.mark.parametrize("name", CONTROLS)
def test_what_is_ordinary_is_silent(name):
    report = compare(*sides(name, 1))
    assert [(finding.rule, finding.message) for finding in report.findings] == []
    assert report.verdict is Verdict.CLEAN


@pytest.mark.slow
def test_two_halves_of_one_corpus_alarm_in_one_of_a_hundred_at_most():
    false = 0
    for seed in range(200):
        whole = corpus(seed, 24, STYLES[seed % len(STYLES)])
        false += bool(compare(whole[::2], whole[1::2]).findings)
    assert false <= 2


def test_one_id_for_all_streams_is_told_however_many_there_were():
    now = [
        each(lambda n, chunk, size: chunk.update(id="chatcmpl-0000000000aaaa"))(one) for one in corpus(2, 5)
    ]
    (found,) = compare(corpus(1, 60), now).findings
    assert found.rule == "id-repeated"
