"""The table of laws: each has a sentence, a reason, inputs of its own, and holds for what is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.errors import UsageError
from harness.fuzz.law import Part
from harness.fuzz.laws import LAWS, law_named, laws_for
from harness.fuzz.targets import Kind, our_target
from tests.fuzz.sides import a_parser, an_encoder, found_by
from tests.laws import oracle
from tests.laws.planted import encoders, parsers

if TYPE_CHECKING:
    from harness.sse import Event

EVERY = [law for laws in LAWS.values() for law in laws.values()]


@pytest.mark.parametrize("law", EVERY, ids=lambda law: f"{law.kind}-{law.name}")
def test_a_law_is_a_sentence_with_a_reason(law):
    assert law.says.endswith(".")
    assert law.why.endswith(".")
    assert "|" not in law.says + law.why


def by_the_oracle(stream: bytes) -> list[Event]:
    return oracle.parse(stream).events


def test_our_parser_keeps_every_law_beside_a_parser_written_from_the_prose():
    ours = our_target("parser")
    assert found_by(a_parser(ours.call, ours=True, reference=by_the_oracle), number=20) == ()


def test_the_prose_keeps_every_law_beside_our_parser():
    assert found_by(a_parser(lambda pieces: by_the_oracle(b"".join(pieces))), number=15) == ()


def test_our_encoder_keeps_every_law():
    assert found_by(our_target("encoder"), number=30) == ()


def test_a_parser_and_an_encoder_of_somebody_else_keep_every_law_when_they_are_right():
    assert found_by(a_parser(parsers.right), number=15) == ()
    assert found_by(an_encoder(encoders.right), number=15) == ()


def test_a_parser_that_gives_data_alone_can_be_right():
    assert found_by(a_parser(lambda pieces: (event.data for event in parsers.right(pieces))), number=10) == ()


def test_a_reader_that_ends_at_done_can_be_right():
    def read(pieces):
        for event in parsers.right(pieces):
            if event.data == "[DONE]":
                return
            yield event.data

    assert found_by(a_parser(read), number=10) == ()


def test_laws_can_be_skipped_by_name():
    target = a_parser(parsers.right)
    assert {law.name for law in laws_for(target)} - {
        law.name for law in laws_for(target, skip=frozenset({"cr", "bom"}))
    } == {"cr", "bom"}


def test_a_law_that_is_none_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match="expected: conversation, encodes, count"):
        law_named(Kind.ENCODER, "cut")
    with pytest.raises(UsageError, match="'nix'"):
        laws_for(a_parser(parsers.right), skip=frozenset({"nix"}))


def test_what_is_found_by_the_way_is_not_searched_and_ours_is_for_ours():
    names = [law.name for law in laws_for(a_parser(parsers.right))]
    assert "hang" not in names
    assert "bounded" not in names
    assert "bounded" in [law.name for law in laws_for(our_target("parser"))]
    assert law_named(Kind.PARSER, "hang").part is Part.NAMED
