"""What holds for every cassette: written and read it is the same, cut anew its bytes are the same, damaged it
is refused.
"""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest
import referencing
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from vcr.serialize import deserialize, serialize
from vcr.serializers import yamlserializer

from harness.cassette.digest import digest, digest_matches, sealed
from harness.cassette.format import Kind, dumps, loads
from harness.cassette.framing import CUTS, frames_add_up, playback
from harness.cassette.match import canonical, differences
from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.disk.cassettes import find_cassettes
from harness.disk.schemas import load_schema
from harness.errors import CassetteError
from tests.laws.cassettes import bodies, cassettes, interactions, responses, texts

ROOT = Path(__file__).parent.parent.parent

few = settings(max_examples=settings().max_examples * 2 // 5)
"""Whole cassettes are costly to draw."""

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)


def is_text(data: bytes | None) -> bool:
    try:
        return (data or b"").decode() is not None
    except UnicodeDecodeError:
        return False


@few
@given(cassettes)
def test_what_was_written_as_yaml_reads_as_the_same_cassette(cassette):
    assert loads(dumps(cassette)) == cassette


@few
@given(cassettes)
def test_other_readers_see_the_very_same_document(cassette):
    text = dumps(cassette).decode()
    document = cassette.to_document()
    assert yaml.load(text, Loader=yamlserializer._CassetteLoader) == document
    assert yaml.load(text, Loader=yaml.SafeLoader) == document


@few
@given(cassettes)
def test_what_was_written_as_json_reads_as_the_same_cassette(cassette):
    if all(is_text(item.request.body) and is_text(item.response.body) for item in cassette.interactions):
        assert loads(dumps(cassette, kind=Kind.JSON)) == cassette
        assert json.loads(dumps(cassette, kind=Kind.JSON)) == cassette.to_document()
    else:
        with pytest.raises(CassetteError, match="JSON cannot hold bytes"):
            dumps(cassette, kind=Kind.JSON)


@few
@given(cassettes)
def test_a_document_is_a_cassette_and_a_cassette_is_a_document(cassette):
    assert Cassette.from_document(cassette.to_document()) == cassette


SCHEMA = jsonschema.Draft7Validator(load_schema("harness", "cassette"), registry=referencing.Registry())


def as_editors_see_it(value: object) -> object:
    """The document with bytes as the base64 text that stands in the file."""
    if isinstance(value, dict):
        return {key: as_editors_see_it(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_editors_see_it(item) for item in value]
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@few
@given(cassettes)
def test_every_document_fits_the_published_schema(cassette):
    SCHEMA.validate(as_editors_see_it(cassette.to_document()))


@pytest.mark.parametrize("path", find_cassettes(ROOT / "cassettes"), ids=lambda path: path.stem)
def test_every_committed_cassette_fits_the_published_schema(path):
    SCHEMA.validate(as_editors_see_it(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_cassette_or_a_cassette_error(data):
    with suppress(CassetteError):
        assert isinstance(loads(data), Cassette)


@few
@given(interactions)
def test_a_rewrite_by_vcrpy_keeps_our_data(item):
    cassette = Cassette((sealed(item),))
    loaded = deserialize(dumps(cassette).decode(), yamlserializer)
    again = loads(serialize({"requests": loaded[0], "responses": loaded[1]}, yamlserializer))
    assert again.interactions[0].response.stream == cassette.interactions[0].response.stream
    assert again.interactions[0].response.body == item.response.body
    names = [name.lower() for name, _ in item.request.headers]
    if len(set(names)) == len(names):
        assert digest_matches(again.interactions[0]) in (True, None)


@few
@given(interactions, interactions)
def test_digests_tell_contents_apart(one, other):
    same = sealed(one).response.stream == sealed(other).response.stream and one == other
    assert (digest(one) == digest(other)) == (same or _without_order(one) == _without_order(other))


def _without_order(item: Interaction) -> object:
    def lists(headers):
        found: dict[str, list[str]] = {}
        for name, value in headers:
            found.setdefault(name.lower(), []).append(value)
        return found

    first = {name: values[0] for name, values in lists(item.request.headers).items()}
    request, response = item.request, item.response
    stream = response.stream and [
        getattr(response.stream, name) for name in response.stream.__struct_fields__ if name != "digest"
    ]
    return [
        request.method,
        request.uri,
        first,
        request.body,
        response.status,
        response.reason,
        lists(response.headers),
        response.body,
        stream,
    ]


@few
@given(responses, st.sampled_from([*CUTS]), st.integers(0, 5))
def test_the_bytes_are_the_same_whatever_the_cut(response, cut, seed):
    shown = playback(response, pace="recorded", cut=f"{cut}:{seed}" if cut == "random" else cut)
    assert b"".join(piece.data for piece in shown.pieces) == response.body
    assert all(piece.data for piece in shown.pieces)
    moments = [piece.at_s for piece in shown.pieces]
    assert moments == sorted(moments)
    assert shown.end_s >= max(moments, default=0.0)


@few
@given(responses)
def test_as_recorded_means_one_piece_a_frame(response):
    shown = playback(response, pace="recorded", cut="recorded")
    if response.stream is not None and frames_add_up(response):
        sizes = [frame.size for frame in response.stream.frames if frame.size]
        assert [len(piece.data) for piece in shown.pieces] == sizes
    else:
        assert len(shown.pieces) == bool(response.body)


@given(bodies)
def test_cut_into_characters_no_piece_decodes_on_its_own(body):
    pieces = [piece.data for piece in playback(Response(200, "OK", (), body), cut="character").pieces]
    assert all(not is_text(piece) for piece in pieces[:-1]) or not is_text(body)


@given(json_values)
def test_requests_match_however_their_json_is_spelled(value):
    def request(text: str) -> Request:
        return Request("POST", "http://h/x", (), text.encode())

    spellings = [
        json.dumps(value),
        json.dumps(value, ensure_ascii=False),
        json.dumps(value, indent=2, sort_keys=True),
        " " + json.dumps(value, separators=(",", ":")) + "\n",
    ]
    assert len({canonical(request(spelling)).key for spelling in spellings}) == 1


@given(json_values, json_values)
def test_requests_differ_exactly_where_a_difference_can_be_named(one, other):
    first, second = (
        canonical(Request("POST", "/", (), json.dumps(value).encode())) for value in (one, other)
    )
    assert (first.key == second.key) == (not differences(first, second))
