"""The values of an exchange."""

import pytest

from tests.cassette.samples import tape


def test_the_words_of_the_contract_compare_with_the_values():
    stream = tape().interactions[0].response.stream
    assert stream.end == "complete"
    assert stream.source == "stand-in"


def test_values_are_immutable():
    with pytest.raises(AttributeError):
        tape().interactions[0].request.method = "PUT"
