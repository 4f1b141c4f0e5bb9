"""What differs in streams; the catalogue of changes is walked by the benchmark's tables."""

from harness.drift.difference import Pair
from harness.drift.streamchanges import form_changes, framing_changes, pace_changes, sequence_changes

from harness.drift.shape import summarise
from tests.drift.exchanges import CHUNKS, UPSTREAM, body_of, exchange, several


def pair(before, now):
    return Pair(summarise(before, UPSTREAM), summarise(now, UPSTREAM))


def test_the_same_recordings_do_not_differ():
    same = pair(several(), several())
    found = [
        *form_changes(same),
        *framing_changes(same),
        *sequence_changes(same, UPSTREAM),
        *pace_changes(same),
    ]
    assert found == []


def test_one_stream_without_its_end_is_enough():
    (change,) = sequence_changes(pair(several(), [*several(5), exchange(CHUNKS[:-1], number=9)]), UPSTREAM)
    assert (change.rule, change.now, change.p) == ("framing-sentinel-missing", "1 of 6", "deterministic")


def test_what_was_seen_before_is_no_news():
    some = [*several(5), exchange(CHUNKS[:-1], number=9)]
    assert not list(sequence_changes(pair(some, several(6, chunks=CHUNKS[:-1])), UPSTREAM))


def test_comments_seen_before_are_no_news():
    hello = [exchange(body=b": hi\n\n" + body_of(CHUNKS))]
    assert [each.rule for each in sequence_changes(pair(several(), hello), UPSTREAM)] == [
        "framing-comment-new"
    ]
    assert not list(sequence_changes(pair([*several(), *hello], hello), UPSTREAM))


def test_twice_as_slow_is_told_with_its_chance():
    (change,) = pace_changes(pair(several(12), several(12, gap=30.0)))
    assert change.rule == "timing-gap-slower"
    assert isinstance(change.p, float)
    assert "12 recordings" in change.before


def test_the_same_id_in_two_replies_is_told():
    (change,) = sequence_changes(pair(several(), [exchange(), exchange()]), UPSTREAM)
    assert (change.rule, change.where) == ("sequence-id-reused", "$.id")
