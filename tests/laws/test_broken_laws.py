"""Broken streams break what their fault says and nothing else, and no part of a stream passes for a whole one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.cassette.model import End
from harness.disk.validation import stream_check
from harness.fuzz.faults import faults_for
from harness.fuzz.strategies import broken_streams, chat_streams
from harness.upstreams.parsing import parser_for
from harness.upstreams.registry import get_upstream, upstream_names

UPSTREAMS = upstream_names()
FAULTS = [(upstream, fault) for upstream in UPSTREAMS for fault in faults_for(upstream)]


def rules(upstream: str, stream: bytes) -> set[str]:
    check = stream_check(upstream)
    check.feed(stream)
    check.close(End.COMPLETE)
    return {finding.rule for finding in check.findings}


@pytest.mark.parametrize(("upstream", "fault"), FAULTS)
@given(data=st.data())
@settings(max_examples=12)
def test_a_broken_stream_breaks_exactly_its_rules(upstream: str, fault: str, data: st.DataObject) -> None:
    """A stream broken in one named way gives exactly the findings of that way."""
    broken = data.draw(broken_streams(upstream, faults=[fault]))
    assert rules(upstream, broken.stream) == broken.rules


@pytest.mark.parametrize("upstream", UPSTREAMS)
@given(data=st.data())
@settings(max_examples=3)
def test_a_stream_cut_at_any_byte_gives_a_prefix_and_is_never_whole(
    upstream: str, data: st.DataObject
) -> None:
    """No part of a stream passes for a whole one: cut at any byte, it gives the first events, and is not complete."""
    stream = data.draw(chat_streams(upstream, longest=4))
    whole = parser_for(get_upstream(upstream)).feed(stream)
    for cut in range(len(stream.rstrip(b"\r\n"))):
        events = parser_for(get_upstream(upstream)).feed(stream[:cut])
        assert events == whole[: len(events)]
        check = stream_check(upstream)
        check.feed(stream[:cut])
        check.close(End.TRUNCATED)
        assert not check.complete
        assert check.findings or not events
