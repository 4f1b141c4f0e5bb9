"""Summaries add up: the laws, and the written form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drift.summary import MAX_MARKS, MAX_WORDS, Notes, Summary, from_document, merge, to_document
from harness.errors import UsageError

words = st.text("abcdefgh", min_size=1, max_size=3)


@st.composite
def summaries(draw: st.DrawFn) -> Summary:
    notes = Notes()
    for word in draw(st.lists(words, max_size=12)):
        notes.saw("fact", word)
        notes.word(word, "place")
        notes.mark(word, "id")
    notes.size(draw(st.floats(0, 1e6)), "pace", "ttft")
    return notes.summary()


@given(summaries(), summaries())
def test_the_order_does_not_matter(one, other):
    assert merge([one, other]) == merge([other, one])


@given(summaries(), summaries(), summaries())
def test_the_grouping_does_not_matter(one, two, three):
    assert merge([merge([one, two]), three]) == merge([one, merge([two, three])]) == merge([one, two, three])


@given(summaries())
def test_an_empty_summary_is_neutral(summary):
    assert merge([summary, Summary()]) == merge([Summary(), summary]) == merge([summary]) == summary


@given(st.lists(summaries(), max_size=4))
def test_what_is_written_is_read_again(parts):
    whole = merge(parts)
    assert from_document(json.loads(json.dumps(to_document(whole)))) == whole


def test_merging_leaves_the_parts_as_they_were():
    one, other = Summary({("a",): 1}), Summary({("a",): 2})
    merge([one, other])
    assert (one.facts, other.facts) == ({("a",): 1}, {("a",): 2})


def of_words(*values: str) -> Summary:
    notes = Notes()
    for value in values:
        notes.word(value, "place")
        notes.mark(value, "id")
    return notes.summary()


def test_a_vocabulary_past_its_cap_is_open_for_good():
    full = merge(of_words(str(number)) for number in range(MAX_WORDS))
    assert full.vocabulary("place") is not None
    assert merge([full, of_words("more")]).vocabulary("place") is None
    assert merge([full, of_words("more"), of_words("0")]).vocabulary("place") is None


def test_marks_stay_few_and_their_counts_exact():
    many = merge(of_words(str(number % 500)) for number in range(1000))
    assert len(many.marks[("id",)]) == MAX_MARKS
    assert set(many.marks[("id",)].values()) == {2}


def test_a_thing_seen_twice_in_an_exchange_is_counted_once():
    notes = Notes()
    notes.saw("fact")
    notes.saw("fact")
    assert notes.summary().count("fact") == 1


def test_sizes_come_back_as_exact_as_their_bins():
    notes = Notes()
    notes.size(250, "pace", "ttft")
    assert notes.summary().values("pace", "ttft") == [pytest.approx(250, rel=0.05)]


@pytest.mark.parametrize("document", [None, {}, {"version": 2}, {"version": 1}, {"version": 1, "facts": [["a", "b"]]}])
def test_what_is_no_summary_is_refused(document):
    with pytest.raises(UsageError, match="no summary"):
        from_document(document)
