"""Differences, and what only follows from another."""

from harness.drift.difference import Difference

from harness.drift.diff import causes, differences
from harness.drift.shape import summarise
from tests.drift.exchanges import CHUNKS, UPSTREAM, several


def test_the_same_recordings_do_not_differ():
    summary = summarise(several(), UPSTREAM)
    assert differences(summary, summary, UPSTREAM, {}) == []


def test_a_cut_stream_is_told_as_cut():
    found = differences(
        summarise(several(), UPSTREAM), summarise(several(chunks=CHUNKS[:3]), UPSTREAM), UPSTREAM, {}
    )
    told = {each.rule for each in causes(found, UPSTREAM)}
    assert told == {"framing-stream-truncated", "framing-sentinel-missing"}


def test_a_cause_does_not_silence_itself():
    (left,) = causes(
        [Difference(rule="framing-form-changed"), Difference(rule="sequence-answer-missing")], UPSTREAM
    )
    assert left.rule == "framing-form-changed"


def test_a_pattern_with_a_place_means_that_place_only():
    found = [
        Difference(rule="sequence-usage-gone"),
        Difference(rule="chunk-field-removed", where="$.usage"),
        Difference(rule="chunk-field-removed", where="$.id"),
    ]
    assert [each.where for each in causes(found, UPSTREAM)] == ["", "$.id"]


def test_without_the_field_its_order_cannot_be_told():
    found = [
        Difference(rule="chunk-field-removed", where="$.choices[*].finish_reason"),
        Difference(rule="sequence-finish-missing"),
    ]
    assert [each.rule for each in causes(found, UPSTREAM)] == ["chunk-field-removed"]
