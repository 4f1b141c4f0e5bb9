"""What is kept of a trial is what the client got."""

from __future__ import annotations

import pytest

from harness.cassette.cases import is_client_case
from harness.cassette.model import End
from harness.fuzz.trial import tape_of
from harness.fuzz.trials import trials_for
from harness.upstreams.registry import get_upstream, upstream_names


@pytest.mark.parametrize("upstream", upstream_names())
def test_a_cut_stream_is_kept_as_it_was_played(upstream):
    trial = next(
        each for each in trials_for(get_upstream(upstream), examples=0) if each.name == "cut-inside-event"
    )
    tape = tape_of(trial, "my client", "client-truncation-accepted")
    kept = tape.interactions[0].response
    assert is_client_case(tape)
    assert trial.interaction.response.body.startswith(kept.body)
    assert not kept.body.endswith((b"\n", b"}"))
    assert kept.stream is not None
    assert kept.stream.end is End.TRUNCATED
