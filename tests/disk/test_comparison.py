"""`harness.compare`: the comparison with the schemas from the disk."""

import pytest

import harness
from harness.errors import UsageError
from harness.finding import Verdict
from tests.drift.exchanges import CHUNKS, chunk, several


def test_the_same_recordings_are_clean():
    assert harness.compare(several(), several()).verdict is Verdict.CLEAN


def test_the_schema_excuses_what_the_baseline_happens_to_lack():
    longer = [*CHUNKS[:4], chunk({}, "length"), "[DONE]"]
    assert harness.compare(several(), several(chunks=longer)).verdict is Verdict.CLEAN


def test_an_unknown_upstream_is_wrong_usage():
    with pytest.raises(UsageError, match="no upstream"):
        harness.compare([], [], upstream="nobody")
