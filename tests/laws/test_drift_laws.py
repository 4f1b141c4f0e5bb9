"""Laws of the summaries that drift compares: they add up, so that recordings may be looked at in any parts and order.

Only what the room `harness.drift` offers to others is used here: a summary, its merge, and how one is made.
"""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cassette.model import End, Frame, Interaction, Request, Response, StreamRecord
from harness.drift import EMPTY, merge, summarise
from harness.fuzz.strategies import broken_streams, chat_streams, conversations
from harness.upstreams import get_upstream

UPSTREAM = get_upstream("vitalentum")
HEADERS = st.sampled_from(
    [(), (("Content-Type", "text/event-stream"),), (("Content-Type", "application/json"),)]
)

few = settings(max_examples=settings().max_examples // 4)
"""Several recordings are costly to draw."""


def _request(conversation: str) -> Request:
    body = json.dumps({"conversation": conversation, "temperature": 0.7}).encode()
    return Request("POST", "https://app.vitalentum.io/api/converse-edge", (), body)


def _record(body: bytes, times: tuple[float, float], end: End) -> StreamRecord:
    first, last = sorted(times)
    frames = (Frame(first, len(body) // 2), Frame(last, len(body) - len(body) // 2))
    return StreamRecord(frames=frames, end=end, end_ms=last)


bodies = (
    chat_streams(longest=4) | broken_streams(longest=4).map(lambda broken: broken.stream) | st.just(b"{}")
)
moments = st.floats(0, 60_000).map(lambda ms: round(ms, 1))
responses = bodies.flatmap(
    lambda body: st.builds(
        Response,
        st.sampled_from([200, 200, 200, 429, 503]),
        st.just("OK"),
        HEADERS,
        st.just(body),
        st.builds(_record, st.just(body), st.tuples(moments, moments), st.sampled_from([*End])),
    )
)
recordings = st.builds(Interaction, conversations(max_size=2).map(_request), responses)
some = st.lists(recordings, max_size=2)
summaries = some.map(lambda interactions: summarise(interactions, UPSTREAM))


@few
@given(summaries)
def test_an_empty_summary_changes_nothing(one):
    """The empty summary changes nothing that it is merged with."""
    assert merge(one, EMPTY) == merge(EMPTY, one) == one


@few
@given(summaries, summaries)
def test_order_does_not_matter(one, other):
    """Merged in another order, two summaries are the same."""
    assert merge(one, other) == merge(other, one)


@few
@given(summaries, summaries, summaries)
def test_grouping_does_not_matter(one, other, third):
    """Merged in other groups, three summaries are the same."""
    assert merge(merge(one, other), third) == merge(one, merge(other, third)) == merge(one, other, third)


@few
@given(some, some)
def test_the_parts_are_the_whole(before, after):
    """Two parts, summarised apart and merged, are what the whole is."""
    parts = merge(summarise(before, UPSTREAM), summarise(after, UPSTREAM))
    assert parts == summarise([*before, *after], UPSTREAM)


@few
@given(summaries, summaries)
def test_merging_takes_nothing_from_its_parts(one, other):
    """A summary is the same after it was merged as before."""
    kept = merge(one, EMPTY)
    merge(one, other)
    assert one == kept
