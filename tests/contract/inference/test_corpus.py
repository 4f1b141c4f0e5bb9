"""A corpus: streams counted, documents by phase; the laws are those of the summaries in it."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.contract.inference import corpus as module
from harness.contract.inference.corpus import Corpus, merged, of_stream

documents = st.none() | st.tuples(
    st.sampled_from(["opener", "text", "a.text"]), st.sampled_from([1, "a", {"a": None}, [2]])
)
streams = st.lists(st.lists(documents, max_size=5), max_size=4)


@pytest.fixture(autouse=True, params=[40, 2], ids=["cap as it is", "small cap"])
def cap(request, monkeypatch):
    """The laws hold whatever the cap."""
    monkeypatch.setattr(module, "MOST_PHASES", request.param)


@given(streams, st.randoms(use_true_random=False))
def test_any_order_and_any_parts_give_the_same(several, random):
    corpora = [of_stream(stream) for stream in several]
    before = copy.deepcopy(corpora)
    whole = merged(*corpora)
    shuffled = random.sample(corpora, len(corpora))
    middle = len(shuffled) // 2
    assert merged(merged(*shuffled[:middle]), merged(*shuffled[middle:]), Corpus()) == whole
    assert corpora == before


def test_what_could_not_be_read_is_counted_and_nothing_else():
    corpus = merged(of_stream([("text", {}), None]), of_stream([]))
    assert (corpus.streams, corpus.documents, corpus.unread, list(corpus.phases)) == (2, 1, 1, ["text"])


def test_with_too_many_names_all_is_one_phase():
    corpus = merged(*(of_stream([(f"{n}.text", {"a": n})]) for n in range(100)))
    assert (corpus.is_crowded, corpus.documents, list(corpus.phases)) == (True, 100, ["other"])
    assert corpus.phases["other"].values == 100
