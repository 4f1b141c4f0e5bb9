"""The faults of streams: what is asked for comes, and what does not fit is refused."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis.errors import NoSuchExample
from msgspec.structs import replace

from harness.errors import UsageError
from harness.fuzz.faults import FAULTS, Broken, broken_streams, faults_for
from harness.upstreams.registry import get_upstream, upstream_names

VITALENTUM = get_upstream("vitalentum")


@given(broken_streams(faults=["terminal-missing", "role-twice"]))
def test_only_the_faults_asked_for_come(broken: Broken) -> None:
    assert broken.fault in {"terminal-missing", "role-twice"}
    assert broken.rules == set(FAULTS[broken.fault].breaks)


def test_each_fault_turns_up() -> None:
    missing = set(faults_for("vitalentum"))
    look = settings(phases=[Phase.generate], max_examples=2000, database=None, derandomize=True)
    with suppress(NoSuchExample):
        find(broken_streams(), lambda broken: missing.discard(broken.fault) or not missing, settings=look)
    assert missing == set()


def test_every_fault_fits_some_upstream() -> None:
    assert {fault for upstream in upstream_names() for fault in faults_for(upstream)} == FAULTS.keys()


def test_what_cannot_be_done_is_refused() -> None:
    with pytest.raises(UsageError, match="'usage-twice' is no fault of ollama-chat streams"):
        broken_streams("ollama-chat", faults=["usage-twice"])


def test_an_upstream_without_templates_is_refused() -> None:
    bare = replace(VITALENTUM, events=(replace(VITALENTUM.events[0], templates=()),))
    with pytest.raises(UsageError, match="no broken streams are known"):
        broken_streams(bare)
