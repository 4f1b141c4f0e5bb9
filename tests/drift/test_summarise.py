"""Parts summarised apart are the whole."""

from __future__ import annotations

import msgspec
import pytest

from harness import compare
from harness.drift.shape import merge
from harness.drift.summarise import summarise
from harness.upstreams import get_upstream
from tests.drift.corpus import corpus

UPSTREAM = get_upstream("vitalentum")


def test_parts_make_the_whole():
    whole = corpus(5, 9)
    assert merge(summarise(whole[:4], UPSTREAM), summarise(whole[4:], UPSTREAM)) == summarise(whole, UPSTREAM)


def test_every_recording_is_counted():
    assert summarise(corpus(5, 9), UPSTREAM).count("all") == 9


def cut(found, end):
    """The recording, cut in the middle."""
    response, stream = found.response, found.response.stream
    frames = stream.frames[: len(stream.frames) // 2]
    body = response.body[: sum(frame.size for frame in frames)]
    stream = msgspec.structs.replace(stream, frames=frames, end=end)
    return msgspec.structs.replace(
        found, response=msgspec.structs.replace(response, body=body, stream=stream)
    )


@pytest.mark.parametrize("end", ["reset", "short", "timeout", "closed", "limit", "crash"])
def test_one_connection_that_broke_is_bad_luck(end):
    now = corpus(2, 8)
    assert compare(corpus(1, 8), [cut(now[0], end), *now[1:]]).findings == ()


@pytest.mark.parametrize(
    ("end", "rule"),
    [("reset", "stream-broken"), ("timeout", "stream-broken"), ("truncated", "sentinel-missing")],
)
def test_all_connections_that_break_are_news(end, rule):
    report = compare(corpus(1, 8), [cut(each, end) for each in corpus(2, 5)])
    assert rule in {finding.rule for finding in report.findings}


def test_what_the_caller_closed_says_nothing_about_the_upstream():
    assert compare(corpus(1, 8), [cut(each, "closed") for each in corpus(2, 5)]).findings == ()
