"""`harness.compare`: recordings, and what the schemas on the disk excuse."""

from __future__ import annotations

import pytest

from harness import compare, get_upstream
from harness.errors import UsageError
from harness.finding import Verdict
from tests.drift.corpus import corpus
from tests.drift.operators import swap


def test_a_word_that_the_schema_lists_is_not_new():
    stopped = [swap(b'"length"', b'"stop"')(each) for each in corpus(1, 6)]
    filtered = [swap(b'"stop"', b'"content_filter"')(each) for each in corpus(2, 6)]
    strange = [swap(b'"stop"', b'"end_turn"')(each) for each in corpus(2, 6)]
    assert compare(stopped, filtered).verdict is Verdict.CLEAN
    assert [finding.where for finding in compare(stopped, strange).findings] == ["$.choices[*].finish_reason"]


def test_an_unknown_upstream_is_refused():
    with pytest.raises(UsageError):
        compare([], [], upstream="nobody")


@pytest.mark.parametrize("name", ["vitalentum", "openai-chat", "anthropic-messages", "ollama-chat"])
def test_every_upstream_can_be_compared(name):
    assert get_upstream(name)
    assert compare([], [], upstream=name).verdict is Verdict.INCONCLUSIVE
