"""Cassettes to one corpus: which exchanges count, what is told of the others, and that memory stays flat."""

from __future__ import annotations

import tracemalloc

import pytest
from msgspec.structs import replace

from harness.cassette.model import Cassette
from harness.contract.inference.documents import Kind
from harness.disk.cassettes import save_cassette
from harness.disk.corpus import CorpusReader
from harness.errors import UsageError
from tests.cli.conftest import CHUNKS, ROOT, interaction


def of(upstream):
    """The small exchange, with another upstream's name on it and another address."""
    exchange = interaction()
    stream = replace(exchange.response.stream, upstream=upstream)
    return replace(
        exchange,
        request=replace(exchange.request, uri="http://127.0.0.1/elsewhere"),
        response=replace(exchange.response, stream=stream),
    )


@pytest.fixture
def save(tmp_path):
    def saved(*interactions, name="a.yaml"):
        save_cassette(Cassette(interactions), tmp_path / name)
        return tmp_path / name

    return saved


def test_every_exchange_of_every_cassette_counts(save):
    reader, heard = CorpusReader(), []
    reader.read_all(
        [save(interaction(), interaction()), save(interaction(), name="b.yaml")], progress=heard.append
    )
    assert (reader.upstream.name, heard) == ("vitalentum", [1, 2])
    assert (reader.corpus.streams, reader.corpus.documents) == (3, 9)
    assert list(reader.corpus.phases) == ["opener", "text", "finish"]


def test_flat_is_one_phase(save):
    reader = CorpusReader(flat=True)
    reader.read_all([save(interaction())])
    assert list(reader.corpus.phases) == ["chunk"]


def test_recordings_of_different_upstreams_make_no_one_schema(save):
    with pytest.raises(UsageError, match="vitalentum and an unknown one"):
        CorpusReader().read_all([save(interaction(), of("another"))])


def test_of_a_named_upstream_the_others_are_passed_over(save):
    elsewhere = of("vitalentum")
    unknown = replace(elsewhere, response=replace(elsewhere.response, stream=None))
    reader = CorpusReader("vitalentum")
    reader.read_all([save(interaction(), unknown)])
    assert (reader.corpus.streams, reader.passed_over) == (2, 0)


def test_unknown_upstreams_are_read_by_shape(save):
    reader = CorpusReader()
    reader.read_all([save(of("another"), of("another"))])
    assert reader.upstream is None
    assert (reader.corpus.documents, reader.corpus.unread) == (6, 2)


def test_an_exchange_without_such_documents_is_no_stream(save):
    reader = CorpusReader(kind=Kind.ERROR)
    reader.read_all([save(interaction())])
    assert reader.corpus.streams == 0


def test_a_damaged_cassette_does_not_hide_the_others(save, tmp_path):
    (tmp_path / "damaged.yaml").write_text("interactions: [\n")
    reader = CorpusReader()
    reader.read_all([tmp_path / "damaged.yaml", save(interaction())])
    assert (len(reader.damaged), reader.corpus.streams) == (1, 1)


def test_memory_is_flat_in_the_number_of_streams(save):
    """Every stream has an id and words of its own, and only counts of them are kept."""
    paths = [
        save(
            interaction([chunk.replace("chatcmpl-1", f"id-{number}") for chunk in CHUNKS]),
            name=f"{number}.json",
        )
        for number in range(60)
    ]
    reader = CorpusReader()
    reader.read_all(paths[:30])
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    reader.read_all(paths[30:])
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert reader.corpus.streams == 60
    assert grown < 50_000


def test_what_fuzzing_found_is_no_exchange():
    reader = CorpusReader()
    folders = (ROOT / "cassettes" / "vitalentum", ROOT / "cassettes" / "found")
    reader.read_all([tape for folder in folders for tape in sorted(folder.rglob("*.yaml"))])
    assert reader.upstream.name == "vitalentum"
