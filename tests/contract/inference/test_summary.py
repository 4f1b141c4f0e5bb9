"""The laws of the summary: any order, any parts, nothing changed that was handed in; and what the caps do."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.inference import summary as module
from harness.contract.inference.summary import Summary, merged

names = st.sampled_from(["id", "role", "content", "a", "b", "c", "d", "e"])
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["stop", "length", "", "2026-11-22", "2026-11-22T12:00:00Z", "x" * 41])
    | st.text(max_size=3)
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner), max_leaves=8
)
streams = st.lists(st.lists(values, max_size=4), max_size=5)


def of(stream):
    """The summary of one stream."""
    made = Summary()
    for value in stream:
        made.add(value)
    return made


@pytest.fixture(autouse=True, params=["as they are", "small"])
def caps(request, monkeypatch):
    """The laws hold whatever the caps; small ones are met more often."""
    if request.param == "small":
        for name, cap in {"MOST_WORDS": 2, "LONGEST_WORD": 5, "MOST_FIELDS": 3, "DEEPEST": 2}.items():
            monkeypatch.setattr(module, name, cap)


@given(streams, st.randoms(use_true_random=False))
def test_the_order_of_streams_does_not_matter(corpus, random):
    shuffled = random.sample(corpus, len(corpus))
    assert merged(*map(of, corpus)) == merged(*map(of, shuffled))


@given(streams, st.integers(0, 5), st.integers(0, 5))
def test_parts_put_together_are_the_whole(corpus, one, other):
    first, last = sorted((one, other))
    parts = [merged(*map(of, part)) for part in (corpus[:first], corpus[first:last], corpus[last:])]
    whole = merged(*map(of, corpus))
    assert merged(*parts) == whole
    assert (
        merged(parts[0], merged(parts[1], parts[2])) == merged(merged(parts[0], parts[1]), parts[2]) == whole
    )


@given(st.lists(values))
def test_nothing_seen_is_neutral(stream):
    assert merged(of(stream), Summary()) == merged(Summary(), of(stream)) == of(stream)


@given(st.lists(values, max_size=5), st.randoms(use_true_random=False))
def test_the_order_within_a_stream_does_not_matter(stream, random):
    assert of(stream) == of(random.sample(stream, len(stream)))


@given(st.lists(values), st.lists(values))
def test_what_is_put_together_stays_as_it_was(one, other):
    parts = of(one), of(other)
    before = copy.deepcopy(parts)
    whole = merged(*parts)
    whole.add({"id": ["a new value"], "z": 1})
    assert parts == before


def test_presence_is_counted_by_value_and_by_stream():
    seen = merged(of([{"a": 1}, {"a": 2}, {}]), of([{}]))
    assert (seen.kinds, seen.fields["a"].values, seen.fields["a"].streams) == ({"object": 4}, 2, 1)


def test_a_word_knows_its_streams():
    assert merged(of(["stop", "stop"]), of(["stop"]), of(["x"])).words == {"stop": 2, "x": 1}


def test_the_same_number_is_the_same_however_it_is_written():
    assert repr(of([1.0, -0.0]).numbers) == repr(of([1, 0]).numbers) == "(0, 1)"
