"""A kept case is told from a recording."""

from __future__ import annotations

from harness.cassette.cases import is_case
from harness.cassette.model import Cassette
from harness.fuzz.found import cassette_of
from tests.cli.conftest import interaction
from tests.disk.test_found import CASE


def test_a_case_is_one_and_a_recording_is_none():
    case = cassette_of(CASE)
    assert is_case(case)
    assert not is_case(Cassette((interaction(),)))
    assert not is_case(Cassette((*case.interactions, interaction())))
    assert not is_case(Cassette())
