"""Completeness comes from the protocol: the terminal event, or the upstream's own word that it failed."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.ending import EndingWatch
from harness.upstreams.registry import get_upstream

STREAM = (("content-type", "text/event-stream;charset=utf-8"),)
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"[DONE] \xf0\x9f\x99\x82"}}]}\n\n'
BODY = CHUNK * 2 + b"data: [DONE]\n\n"


def watched(*pieces: bytes, status: int = 200, headers=STREAM, upstream="vitalentum") -> EndingWatch:
    watch = EndingWatch(get_upstream(upstream) if upstream else None)
    watch.head(status, headers)
    for piece in pieces:
        watch.feed(piece)
    return watch


@given(st.lists(st.integers(0, len(BODY)), max_size=6))
def test_cuts_do_not_matter(places):
    edges = [0, *sorted(places), len(BODY)]
    watch = watched(*(BODY[a:b] for a, b in itertools.pairwise(edges)))
    assert (watch.ending(), watch.is_whole) == ("complete", True)


@given(st.integers(0, len(BODY) - 1))
def test_a_stream_cut_at_any_byte_is_truncated(end):
    watch = watched(BODY[:end])
    assert (watch.ending(), watch.is_whole) == ("truncated", False)


def test_done_inside_a_text_ends_nothing():
    assert watched(CHUNK).ending() == "truncated"


@pytest.mark.parametrize(
    "body",
    [b'{"error":{"message":"no key"}}', CHUNK + b'data: {"error":{"message":"overloaded"}}\n\n'],
    ids=["bare error", "error in the stream"],
)
def test_an_upstream_that_says_it_failed_has_said_all(body):
    assert watched(body).ending() == "complete"


@pytest.mark.parametrize(
    "word", [b'data: {"error": null, "choices": []}\n\n', b'data: "error"\n\n', b'data: {"error\n\n']
)
def test_the_word_error_alone_is_no_failure(word):
    assert watched(word).ending() == "truncated"


@pytest.mark.parametrize(
    "other",
    [
        {"status": 429},
        {"headers": (("Content-Type", "application/json"),)},
        {"headers": ()},
        {"upstream": None},
    ],
)
def test_only_a_stream_of_a_known_upstream_has_a_terminal_event(other):
    assert watched(b"anything", **other).ending() == "complete"


def test_an_event_past_the_parsers_limits_ends_the_watch_and_not_the_recording():
    watch = watched(*[b"data: " + b"x" * 1_000_000] * 20)
    assert watch.ending() == "complete"
