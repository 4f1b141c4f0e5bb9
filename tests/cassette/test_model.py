"""A cassette and its document."""

import pytest

import harness
from harness.cassette import model
from harness.cassette.model import Cassette
from harness.errors import CassetteError
from tests.cassette.samples import tape


def test_a_cassette_is_what_its_document_says():
    assert Cassette.from_document(tape("a", "b").to_document()) == tape("a", "b")


def test_an_empty_cassette_has_a_document_too():
    assert Cassette().to_document() == {"interactions": [], "version": 1}
    assert Cassette.from_document({"interactions": [], "version": 1}) == Cassette()


@pytest.mark.parametrize("document", [None, [], "x", 5, {}, {"version": 1}, {"interactions": []}])
def test_anything_else_is_refused(document):
    with pytest.raises(CassetteError):
        Cassette.from_document(document)


def test_every_value_of_the_contract_has_its_name_here():
    assert {name for name in model.__all__ if hasattr(harness, name)} == {
        *("Cassette", "Frame", "Interaction", "Request", "Response", "StreamRecord")
    }
