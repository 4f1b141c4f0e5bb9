"""A case as a cassette, and back: the same law, target, seed and input."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette import format as text_format
from harness.cassette.model import Cassette, Frame
from harness.errors import CassetteError
from harness.fuzz.campaign import Failure
from harness.fuzz.encoding import History
from harness.fuzz.found import Found, cassette_of, found_in, found_of
from harness.fuzz.law import Breach
from harness.fuzz.laws import law_named
from harness.fuzz.strategies import messages
from harness.fuzz.streams import Stream
from harness.fuzz.targets import Kind
from harness.upstreams.vitalentum import encode_conversation
from tests.cli.conftest import interaction

CUT, TEXT = law_named(Kind.PARSER, "cut"), law_named(Kind.ENCODER, "text")
CASE = Found(law=CUT, target="mine:parse", seed=7, given=Stream((b"data: a", b"", b"\n\n")))


def back(found: Found) -> Found:
    data = text_format.dumps(cassette_of(found), kind=text_format.kind_of("x.yaml"))
    return found_in(text_format.loads(data, name="x.yaml"), where="x.yaml")


@given(st.lists(st.binary(max_size=9), max_size=5), st.text(st.characters(codec="utf-8")))
def test_any_stream_and_its_pieces_come_back(pieces, target):
    found = Found(law=CUT, target=f"m:{target}", seed=7, given=Stream(tuple(pieces) or (b"",)))
    assert back(found) == found


@given(messages())
def test_any_messages_come_back(said):
    given = History(tuple((each["role"], each["content"]) for each in said))
    found = Found(law=TEXT, target="encoder", seed=7, given=given)
    again = back(found)
    assert again.law is TEXT
    assert encode_conversation(again.given.as_passed()) == encode_conversation(given.as_passed())


def test_a_failure_becomes_a_case():
    failure = Failure(CUT, CASE.given, Breach("framing", "x", "y"), 7)
    assert found_of(failure, "mine:parse") == CASE


def test_a_name_is_the_law_and_the_input():
    other = Found(law=CUT, target="yours:parse", seed=8, given=CASE.given)
    assert CASE.name == other.name
    assert CASE.name.startswith("cut-")
    assert str(other) == f"yours.parse/{CASE.name}"


def test_pieces_that_do_not_add_up_are_one_piece():
    (item,) = cassette_of(CASE).interactions
    import msgspec

    record = msgspec.structs.replace(item.response.stream, frames=(Frame(0.0, 3),))
    response = msgspec.structs.replace(item.response, stream=record)
    edited = Cassette((msgspec.structs.replace(item, response=response),))
    assert found_in(edited, where="x").given == Stream((b"data: a\n\n",))


@pytest.mark.parametrize(
    "cassette", [Cassette(), Cassette((interaction(),)), Cassette((interaction(), interaction()))]
)
def test_another_cassette_holds_no_case(cassette):
    with pytest.raises(CassetteError, match=r"no case(.|\n)*where: x\.yaml"):
        found_in(cassette, where="x.yaml")


def test_a_law_of_the_future_is_named():
    (item,) = cassette_of(CASE).interactions
    import msgspec

    request = msgspec.structs.replace(item.request, uri=item.request.uri.replace("law=cut", "law=knot"))
    with pytest.raises(CassetteError, match="no law 'knot'"):
        found_in(Cassette((msgspec.structs.replace(item, request=request),)), where="x")
